#pragma once
/// @file gateway/rooms/room_memory.hpp
/// NAME       RoomMemory: who is in which room, kept so that after a crash of ours those who went can be told.
/// WHY        Clients believe what they were told last. Who leaves while we are not there is in no later list: only
///            who was shown before can be shown as gone.
/// INVARIANTS One record a room, however many users sit in it; written at once after a change, while no more than
///            so many bytes a second are written.
/// TESTS      tests/unit/gateway/room_memory_test.cpp, tests/chaos/test_faults.py
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/rooms/room.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::rooms {

class RoomMemory {
public:
    RoomMemory(translate::Face face, accounts::Accounts& accounts) : face_(face), accounts_(accounts) {}

    /// Somebody came or went: kept soon.
    void changed(const RoomPtr& room);

    using Left = std::map<RoomId, std::shared_ptr<const std::vector<std::string>>>;
    /// What a crash left of these rooms. What is left of others is removed.
    [[nodiscard]] Left take(const std::vector<store::JoinRow>& joins);

private:
    [[nodiscard]] Task<> keep();
    /// How long to write nothing, if too much was written of late.
    [[nodiscard]] std::optional<Millis> too_much();

    translate::Face face_;
    accounts::Accounts& accounts_;
    std::unordered_map<RoomId, std::weak_ptr<Room>> changed_;
    std::size_t debt_ = 0;  ///< bytes written of late
    SteadyTime counted_at_{};
    bool keeping_ = false;
};

}  // namespace causeway::rooms
