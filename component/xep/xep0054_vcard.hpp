#pragma once
/// @file component/xep/xep0054_vcard.hpp
/// NAME       vcard-temp. @source XEP-0054
#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0054 {

inline constexpr std::string_view kNs = "vcard-temp";
/// A card with a name only; an empty one when `name` is empty (GW-PROF-001).
[[nodiscard]] xml::Element make_result(const Stanza& request, std::string_view name);

}  // namespace causeway::xmpp::xep0054
