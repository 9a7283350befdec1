#pragma once
/// @file component/xep/xep0319_idle.hpp
/// NAME       Last user interaction in presence. @source XEP-0319
#include <string_view>

#include "component/xml/element.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp::xep0319 {

inline constexpr std::string_view kNs = "urn:xmpp:idle:1";
[[nodiscard]] xml::Element make_idle(WallTime since);

}  // namespace causeway::xmpp::xep0319
