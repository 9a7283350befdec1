#pragma once
/// @file gateway/rooms/room_invites.hpp
/// NAME       RoomInvites: invitations that users send, through a room (mediated) or straight to a person (XEP-0249).
/// INVARIANTS Only the network's own people can be invited, and only by who is in the room; everything else is an
///            error for who asked.
/// TESTS      tests/unit/gateway/room_invites_test.cpp
#include <string>
#include <vector>

#include "component/xep/xep0045_invite.hpp"
#include "gateway/rooms/room.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::rooms {

class RoomInvites {
public:
    RoomInvites(translate::Face face, Millis within) : face_(face), within_(within) {}

    /// Invitations that a seated resource sent to its room.
    void send(const xmpp::StanzaHead& head, const RoomPtr& room,
              const std::vector<xmpp::xep0045::InviteRequest>& invites);
    void send(const xmpp::StanzaHead& head, const RoomPtr& room, ContactId who, std::string reason);

private:
    [[nodiscard]] Task<> invite(RoomPtr room, xmpp::StanzaHead head, ContactId who, std::string reason);

    translate::Face face_;
    Millis within_;
};

}  // namespace causeway::rooms
