#pragma once
/// @file component/xep/xep0172_nick.hpp
/// NAME       User nickname. @source XEP-0172
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0172 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/nick";
[[nodiscard]] xml::Element make_nick(std::string_view nick);
[[nodiscard]] std::optional<std::string> read_nick(const xml::Element& stanza);

}  // namespace causeway::xmpp::xep0172
