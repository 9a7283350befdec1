#pragma once
/// @file gateway/model/room.hpp
/// NAME       Room values: members, their rank, why one may not enter. No I/O.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::model {

/// From least to most. `none` may be in the room but not speak where the room is moderated.
enum class Rank : std::uint8_t { none, voiced, half_moderator, moderator, admin, owner };

struct Member {
    std::string nick;   ///< as the room shows it; unique in the room
    ContactId contact;  ///< the same person outside the room
    Rank rank = Rank::none;
    std::string account_address;  ///< what the network tells of the person ("user@host"); may be empty
    bool away = false;
};

struct Topic {
    std::string text;
    std::string set_by;  ///< nick; "" = unknown
    std::optional<WallTime> set_at;
};

/// A room as one finds it on entering. Members include oneself.
struct RoomSnapshot {
    RoomId room;
    std::string own_nick;
    std::vector<Member> members;
    Topic topic;
    bool moderated = false;  ///< members of rank `none` cannot speak
};

/// Why a room could not be entered, or a request in it was refused.
enum class RoomRefusal : std::uint8_t {
    other,
    password,  ///< a key is needed, or the one given is wrong
    banned,
    full,
    invite_only,
    registered_only,
    nick_in_use,
    bad_nick,
    no_such_room,
    too_many_rooms,
    not_permitted,  ///< one's rank is too low
    no_such_member,
};

}  // namespace causeway::model
