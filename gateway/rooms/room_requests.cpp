// RoomService, fourth part: requests to rooms (IQs), and invitations straight to a person.
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0249_direct_invite.hpp"
#include "gateway/rooms/room_service.hpp"
#include "gateway/translate/room_info.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;

xmpp::StanzaError not_in_the_room() {
    return xmpp::make_condition(Condition::not_acceptable, "You are not in this room.");
}

}  // namespace

bool RoomService::on_iq(const xmpp::Stanza& stanza, const translate::Entity& entity,
                        const accounts::AccountPtr& account) {
    const auto room = find(account, std::get<RoomId>(entity.address.target));
    const bool seated = room && room->seat(stanza.head.from);
    if (!entity.resource.empty()) {
        if (!stanza.payload(xmpp::xep0199::kNs)) return false;
        answer_ping(stanza.head, entity, seated ? room : nullptr);
        return true;
    }
    const bool admin = stanza.payload(xmpp::xep0045::kAdminNs) != nullptr;
    const bool owner = stanza.payload(xmpp::xep0045::kOwnerNs) != nullptr;
    if (admin || owner) {
        if (!seated) {
            face_.refuse(stanza.head, not_in_the_room());
        } else if (admin) {
            admin_.on_iq(stanza, room);
        } else {
            config_.on_iq(stanza, room);
        }
        return true;
    }
    return seated && room->state == Room::State::joined && answer_info(stanza, *room);
}

void RoomService::answer_ping(const xmpp::StanzaHead& head, const translate::Entity& entity,
                              const RoomPtr& room) {
    const auto* occupant = room ? room->by_resource(entity.resource) : nullptr;
    if (occupant != nullptr && occupant == room->self()) {
        static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
        return;
    }
    // To one's own nick this is the answer to "am I still in?" (XEP-0410); of others we know no more.
    auto error = occupant ? xmpp::make_condition(Condition::service_unavailable) : not_in_the_room();
    error.type = xmpp::ErrorType::cancel;  // as XEP-0410 §3.2 tells clients to expect it
    error.by = entity.bare.str();
    face_.refuse(head, error);
}

bool RoomService::answer_info(const xmpp::Stanza& stanza, const Room& room) {
    if (stanza.head.type != "get" || !stanza.payload(xmpp::xep0030::kInfoNs)) return false;
    if (!xmpp::xep0030::requested_node(stanza).empty()) return false;
    const translate::RoomView view{room.settings, room.occupants().size(), room.topic.text};
    const auto name = face_.network.format_address(model::Address{room.slot()->endpoint(), room.id()});
    const auto info = translate::room_info(face_.network.info(), name, &view);
    static_cast<void>(face_.outlet.send(xmpp::xep0030::make_info_result(stanza, info)));
    return true;
}

bool RoomService::on_invite(const xmpp::Stanza& stanza, const translate::Entity& contact,
                            const accounts::AccountPtr& account) {
    auto invite = xmpp::xep0249::read_invite(stanza.element);
    if (!invite || stanza.head.is_error()) return false;
    const auto jid = xmpp::Jid::parse(invite->room);
    const bool ours = jid && jid->domain() == face_.component().domain();
    const auto entity = ours ? face_.addresses.entity(*jid) : fail(Errc::bad_recipient);
    if (!entity || entity->kind != translate::Entity::Kind::room ||
        entity->address.endpoint != contact.address.endpoint) {
        face_.refuse(stanza.head,
                     xmpp::make_condition(Condition::item_not_found,
                                          "People of this network can be invited into its own rooms only."));
        return true;
    }
    const auto room = find(account, std::get<RoomId>(entity->address.target));
    if (!room || !room->seat(stanza.head.from)) {
        face_.refuse(stanza.head, not_in_the_room());
    } else {
        invites_.send(stanza.head, room, std::get<ContactId>(contact.address.target),
                      std::move(invite->reason));
    }
    return true;
}

}  // namespace causeway::rooms
