#include "component/xep/xep0085_chat_states.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace causeway::xmpp::xep0085 {

std::optional<ChatState> read(const xml::Element& message) {
    using Entry = std::pair<std::string_view, ChatState>;
    static constexpr std::array<Entry, 5> kStates{{
        {"active", ChatState::active},
        {"composing", ChatState::composing},
        {"paused", ChatState::paused},
        {"inactive", ChatState::inactive},
        {"gone", ChatState::gone},
    }};
    const auto* state = message.child_in(kNs);
    if (!state) return std::nullopt;
    const auto found = std::ranges::find(kStates, state->name(), &Entry::first);
    return found == kStates.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace causeway::xmpp::xep0085
