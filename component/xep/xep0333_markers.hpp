#pragma once
/// @file component/xep/xep0333_markers.hpp
/// NAME       Chat markers: that a message has been displayed. @source XEP-0333
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0333 {

inline constexpr std::string_view kNs = "urn:xmpp:chat-markers:0";
[[nodiscard]] bool is_markable(const xml::Element& message);
[[nodiscard]] xml::Element make_displayed(std::string_view id);

}  // namespace causeway::xmpp::xep0333
