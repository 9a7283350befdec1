#pragma once
/// @file component/xep/xep0292_vcard4.hpp
/// NAME       vCard4 over XMPP: by IQ, and as the node that clients read it from. @source XEP-0292
#include <string_view>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0292 {

inline constexpr std::string_view kNs = "urn:ietf:params:xml:ns:vcard-4.0";
inline constexpr std::string_view kNode = "urn:xmpp:vcard4";

/// Is this a request for the items of the node?
[[nodiscard]] bool asks_node(const Stanza& iq);
/// A card with a name only.
[[nodiscard]] xml::Element make_result(const Stanza& request, std::string_view name);
/// The same as the node's one item.
[[nodiscard]] xml::Element make_node_result(const Stanza& request, std::string_view name);

}  // namespace causeway::xmpp::xep0292
