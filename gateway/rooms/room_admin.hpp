#pragma once
/// @file gateway/rooms/room_admin.hpp
/// NAME       RoomAdmin: what moderators and admins ask of a room (muc#admin): ranks, kicks, bans, lists.
/// WHY        XMPP has affiliations and roles where networks have one rank; what becomes of what is decided here.
/// INVARIANTS Every request is answered once, by the network's own word; who has what is wanted already is not asked
///            for again.
/// TESTS      tests/unit/gateway/room_admin_test.cpp
#include <optional>
#include <string>
#include <vector>

#include "component/xep/xep0045_admin.hpp"
#include "gateway/rooms/room.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::rooms {

class RoomAdmin {
public:
    RoomAdmin(translate::Face face, Millis within) : face_(face), within_(within) {}

    /// A muc#admin request of somebody who is seated in the room.
    void on_iq(const xmpp::Stanza& stanza, const RoomPtr& room);

private:
    using Item = xmpp::xep0045::AdminItem;
    using Refusal = std::optional<xmpp::StanzaError>;  ///< nullopt: done
    /// Whom an item means.
    struct Target {
        const Occupant* inside = nullptr;
        std::string pattern;  ///< for bans, where nobody inside is meant; may be empty
    };

    [[nodiscard]] Target target_of(Room& room, const Item& item) const;
    [[nodiscard]] Task<> change(RoomPtr room, xmpp::StanzaHead head, std::vector<Item> items);
    [[nodiscard]] Task<Refusal> apply(RoomPtr room, adapter::Rooms* network, Item item);
    [[nodiscard]] Task<Refusal> rank(RoomPtr room, adapter::Rooms* network, std::string nick, model::Rank to);
    [[nodiscard]] Task<Refusal> unban(RoomPtr room, adapter::Rooms* network, std::string mask);
    [[nodiscard]] Task<> list_bans(RoomPtr room, xmpp::StanzaHead head);
    void list(const Room& room, const xmpp::StanzaHead& head, const Item& wanted);

    translate::Face face_;
    Millis within_;
};

}  // namespace causeway::rooms
