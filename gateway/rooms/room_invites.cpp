#include "gateway/rooms/room_invites.hpp"

#include "gateway/translate/errors.hpp"

namespace causeway::rooms {

using xmpp::Condition;

void RoomInvites::send(const xmpp::StanzaHead& head, const RoomPtr& room,
                       const std::vector<xmpp::xep0045::InviteRequest>& invites) {
    std::vector<ContactId> people;
    for (const auto& invite : invites) {
        const auto jid = xmpp::Jid::parse(invite.to);
        const bool ours = jid && jid->domain() == face_.component().domain();
        const auto entity = ours ? face_.addresses.entity(*jid) : fail(Errc::bad_recipient);
        const bool person = entity && entity->kind == translate::Entity::Kind::contact &&
                            entity->address.endpoint == room->slot()->endpoint();
        if (!person) {
            // One message, one error: nobody is invited when not everybody can be.
            return face_.refuse(head,
                                xmpp::make_condition(Condition::item_not_found,
                                                     "Only people of this network can be invited here."));
        }
        people.push_back(std::get<ContactId>(entity->address.target));
    }
    for (std::size_t i = 0; i < people.size(); ++i) send(head, room, people[i], invites[i].reason);
}

void RoomInvites::send(const xmpp::StanzaHead& head, const RoomPtr& room, ContactId who, std::string reason) {
    spawn(face_.executor, invite(room, head, std::move(who), std::move(reason)));
}

Task<> RoomInvites::invite(RoomPtr room, xmpp::StanzaHead head, ContactId who, std::string reason) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms() || room->state != Room::State::joined) {
        face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
        co_return;
    }
    const auto done =
        co_await session->rooms()->invite(room->id(), std::move(who), std::move(reason), face_.in(within_));
    if (!done) face_.refuse(head, translate::to_stanza_error(done.error()));
}

}  // namespace causeway::rooms
