#pragma once
/// @file component/xep/xep0085_chat_states.hpp
/// NAME       Chat states. @source XEP-0085
#include <optional>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0085 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/chatstates";
enum class ChatState { active, composing, paused, inactive, gone };
[[nodiscard]] std::optional<ChatState> read(const xml::Element& message);

}  // namespace causeway::xmpp::xep0085
