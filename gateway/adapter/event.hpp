#pragma once
/// @file gateway/adapter/event.hpp
/// NAME       What networks tell the gateway.
/// TRUST      Texts, nicks and ids come from strangers; the adapter has made text valid UTF-8, nothing more.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/model/message.hpp"
#include "gateway/model/presence.hpp"
#include "gateway/model/room.hpp"

namespace causeway::adapter {

/// Somebody said something, to the user or in a room.
struct EventMessage {
    model::Conversation in;
    ContactId from;
    std::string nick;        ///< in a room: the speaker's nick there; "" = the room or server itself
    bool from_self = false;  ///< said by the user through another client of the network
    model::MessageKind kind = model::MessageKind::normal;
    LegacyMessageId id;  ///< "" where the network has none
    std::string text;
    std::optional<WallTime> sent_at;  ///< set when it is not "now"
};
/// Words of the endpoint itself for the user (a server's notice, an error that belongs to no request).
struct EventServerNotice {
    EndpointId endpoint;
    std::string text;
};

struct EventPresence {
    ContactId who;
    model::Presence presence;
};
struct EventTyping {
    model::Conversation in;
    ContactId from;
    bool typing = false;
};

struct EventMemberJoined {
    RoomId room;
    model::Member member;
};
struct EventMemberLeft {
    enum class How : std::uint8_t { left, disconnected, kicked, banned };
    RoomId room;
    std::string nick;
    How how = How::left;
    std::string actor;  ///< who kicked
    std::string reason;
    bool self = false;  ///< it is the user who is out now
};
/// Comes for each room the person is seen in.
struct EventMemberRenamed {
    RoomId room;
    std::string old_nick;
    model::Member member;
    bool self = false;
};
/// The rank changed, or whether they are away.
struct EventMemberChanged {
    RoomId room;
    model::Member member;
    bool self = false;
};
struct EventTopic {
    RoomId room;
    model::Topic topic;
};
/// The room's settings changed; `settings` is the whole of them.
struct EventRoomChanged {
    RoomId room;
    model::RoomSettings settings;
};
/// The room is gone from this session without a word of the room (connection lost). Rejoining is the gateway's.
struct EventRoomLost {
    RoomId room;
    std::string reason;
};
/// Somebody invites the user.
struct EventInvite {
    RoomId room;
    ContactId by;
    std::string nick;
    std::string reason;
};

using EventBody = std::variant<EventMessage, EventServerNotice, EventPresence, EventTyping, EventMemberJoined,
                               EventMemberLeft, EventMemberRenamed, EventMemberChanged, EventTopic,
                               EventRoomChanged, EventRoomLost, EventInvite>;

struct Event {
    EventKey key;
    EventBody body;
    std::vector<std::pair<std::string, std::string>> records;  ///< committed together with the event
};

}  // namespace causeway::adapter
