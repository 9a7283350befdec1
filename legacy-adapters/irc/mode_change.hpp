#pragma once
/// @file legacy-adapters/irc/mode_change.hpp
/// NAME       ModeChange: channel modes to set and unset, as the parameters of as few MODE lines as the server takes.
/// INVARIANTS A change asked for that the server has no mode for gives an error, and no part of the change.
/// TESTS      tests/unit/irc/moderation_test.cpp
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/model/room.hpp"
#include "legacy-adapters/irc/codec/isupport.hpp"

namespace causeway::irc {

class ModeChange {
public:
    void add(bool setting, char mode, std::string_view parameter = {}) {
        changes_.push_back({setting, mode, std::string(parameter)});
    }
    [[nodiscard]] bool empty() const noexcept { return changes_.empty(); }
    /// Parameters of each line, after the channel: `{"+o-q", "nick", "nick"}`.
    /// @param most changes with a parameter in one line
    [[nodiscard]] std::vector<std::vector<std::string>> lines(std::size_t most) const;

private:
    struct Change {
        bool setting;
        char mode;
        std::string parameter;
    };
    std::vector<Change> changes_;
};

/// What turns `now` into what is asked for; nothing of what is so already.
/// @param is_private `p` is set: hiding is undone by taking that too
/// @return unsupported, bad_input
[[nodiscard]] Result<ModeChange> mode_change_of(const Isupport& server, const model::RoomSettings& now,
                                                const model::RoomSettings& wanted, bool is_private);

}  // namespace causeway::irc
