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

/// What a room is set to. Absent: the network does not say; in a change: leave it as it is.
struct RoomSettings {
    std::optional<bool> moderated;             ///< members of rank `none` cannot speak
    std::optional<bool> invite_only;           ///< one enters when asked in
    std::optional<bool> topic_protected;       ///< only moderators change the topic
    std::optional<bool> hidden;                ///< not in the network's list of rooms
    std::optional<bool> members_only_talk;     ///< who is not inside cannot speak into it
    std::optional<bool> registered_only;       ///< only people with an account at the network enter
    std::optional<std::string> password;       ///< "" = none is needed
    std::optional<std::uint32_t> max_members;  ///< 0 = no limit

    friend bool operator==(const RoomSettings&, const RoomSettings&) = default;
};

/// Somebody, or everybody whom a pattern of the network's fits, who may not enter.
struct Ban {
    std::string mask;    ///< in the network's writing; what unban() takes
    std::string set_by;  ///< "" = unknown
    std::optional<WallTime> set_at;
};

/// A room in the network's list.
struct RoomListing {
    RoomId room;
    std::string name;  ///< as people write it
    std::uint32_t members = 0;
    std::string topic;
};

/// A room as one finds it on entering. Members include oneself.
struct RoomSnapshot {
    RoomId room;
    std::string own_nick;
    std::vector<Member> members;
    Topic topic;
    RoomSettings settings;
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
