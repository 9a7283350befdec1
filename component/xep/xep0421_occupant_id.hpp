#pragma once
/// @file component/xep/xep0421_occupant_id.hpp
/// NAME       Occupant ids: who somebody in a room is, whatever they are called. @source XEP-0421
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0421 {

inline constexpr std::string_view kNs = "urn:xmpp:occupant-id:0";
[[nodiscard]] xml::Element make_occupant_id(std::string_view id);

}  // namespace causeway::xmpp::xep0421
