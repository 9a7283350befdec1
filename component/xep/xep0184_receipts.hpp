#pragma once
/// @file component/xep/xep0184_receipts.hpp
/// NAME       Message delivery receipts. @source XEP-0184; GW-RCPT-001 … -005
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0184 {

inline constexpr std::string_view kNs = "urn:xmpp:receipts";
[[nodiscard]] bool wants_receipt(const xml::Element& message);
[[nodiscard]] xml::Element make_received(std::string_view id);

}  // namespace causeway::xmpp::xep0184
