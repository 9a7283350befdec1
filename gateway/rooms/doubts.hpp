#pragma once
/// @file gateway/rooms/doubts.hpp
/// NAME       Doubts: whom in a room something was told of that may not have arrived.
/// WHY        After a lost link the seats get what changed and may be missing, and nothing else: neither a wrong list of
///            occupants nor the whole room again (GW-NF-001).
/// INVARIANTS What the XMPP server has taken is forgotten as more is noted: no larger than what is in doubt, twice.
/// TESTS      tests/unit/gateway/doubts_test.cpp, tests/unit/gateway/room_catch_up_test.cpp
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.hpp"

namespace causeway::rooms {

class Doubts {
public:
    struct About {
        SteadyTime told{};
        bool was_own = false;  ///< the user was called so, and is called otherwise now
    };
    using Resources = std::map<std::string, About, std::less<>>;

    /// Something was told of this occupant; everything told before `taken_until` has arrived.
    void note(std::string_view resource, SteadyTime now, SteadyTime taken_until, bool was_own = false);
    void note_subject(SteadyTime now) noexcept { subject_ = now; }

    /// What is in doubt is told again by whoever takes it.
    [[nodiscard]] Resources take(SteadyTime taken_until);
    [[nodiscard]] bool take_subject(SteadyTime taken_until) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return resources_.size(); }

private:
    void forget_taken(SteadyTime taken_until);

    Resources resources_;
    std::optional<SteadyTime> subject_;
    std::size_t look_again_at_ = 16;
};

}  // namespace causeway::rooms
