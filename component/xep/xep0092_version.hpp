#pragma once
/// @file component/xep/xep0092_version.hpp
/// NAME       Software version. @source XEP-0092
#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0092 {

inline constexpr std::string_view kNs = "jabber:iq:version";
/// `os` empty is left out: what machine the gateway runs on is nobody's business.
[[nodiscard]] xml::Element make_result(const Stanza& request, std::string_view name, std::string_view version,
                                       std::string_view os = {});

}  // namespace causeway::xmpp::xep0092
