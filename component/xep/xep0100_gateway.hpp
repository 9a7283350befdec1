#pragma once
/// @file component/xep/xep0100_gateway.hpp
/// NAME       Gateway interaction: from a legacy address to a JID. @source XEP-0100 §6.3
#include <optional>
#include <string>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0100 {

inline constexpr std::string_view kNs = "jabber:iq:gateway";
/// The address that a client wants translated (an IQ set); nullopt: not that.
[[nodiscard]] std::optional<std::string> read_prompt(const Stanza& iq);
[[nodiscard]] xml::Element make_prompt_result(const Stanza& request, std::string_view description,
                                              std::string_view prompt);
/// With `<jid/>` as the schema has it, and `<prompt/>` as older clients read it (GW-PROMPT-002).
[[nodiscard]] xml::Element make_jid_result(const Stanza& request, std::string_view jid);

}  // namespace causeway::xmpp::xep0100
