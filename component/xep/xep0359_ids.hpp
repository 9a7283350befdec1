#pragma once
/// @file component/xep/xep0359_ids.hpp
/// NAME       Unique and stable stanza ids. @source XEP-0359
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0359 {

inline constexpr std::string_view kNs = "urn:xmpp:sid:0";
[[nodiscard]] std::optional<std::string> origin_id(const xml::Element& message);
[[nodiscard]] xml::Element make_stanza_id(std::string_view id, std::string_view by);
[[nodiscard]] xml::Element make_origin_id(std::string_view id);

}  // namespace causeway::xmpp::xep0359
