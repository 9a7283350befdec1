#pragma once
/// @file component/xep/xep0203_delay.hpp
/// NAME       Delayed delivery. @source XEP-0203
#include <string_view>

#include "component/xml/element.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp::xep0203 {

inline constexpr std::string_view kNs = "urn:xmpp:delay";
[[nodiscard]] xml::Element make_delay(WallTime stamp, std::string_view from);

}  // namespace causeway::xmpp::xep0203
