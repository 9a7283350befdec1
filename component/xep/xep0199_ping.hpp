#pragma once
/// @file component/xep/xep0199_ping.hpp
/// NAME       Ping. @source XEP-0199
#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0199 {

inline constexpr std::string_view kNs = "urn:xmpp:ping";
[[nodiscard]] xml::Element make_ping();

}  // namespace causeway::xmpp::xep0199
