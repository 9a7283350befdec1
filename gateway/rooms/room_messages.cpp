// RoomService, second part: what is said and done inside rooms, both ways.
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "gateway/rooms/room_service.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;

std::string private_key(const AccountId& account, const ContactId& contact) {
    return account.str() + '\n' + contact.str();
}

/// What was not known before and is told now has not changed.
bool has_changed(const model::RoomSettings& before, const model::RoomSettings& after) {
    const auto differs = [](const auto& old, const auto& now) { return old && old != now; };
    return differs(before.moderated, after.moderated) || differs(before.invite_only, after.invite_only) ||
           differs(before.topic_protected, after.topic_protected) || differs(before.hidden, after.hidden) ||
           differs(before.members_only_talk, after.members_only_talk) ||
           differs(before.registered_only, after.registered_only) ||
           differs(before.password, after.password) || differs(before.max_members, after.max_members);
}

xmpp::StanzaError not_in_the_room() {
    return xmpp::make_condition(Condition::not_acceptable, "You are not in this room.");
}

}  // namespace

// ------------------------------------------------------------------------------------------------ from the user

void RoomService::on_message(const xmpp::Stanza& stanza, const translate::Entity& entity,
                             const accounts::AccountPtr& account) {
    const auto& head = stanza.head;
    if (head.is_error()) return on_error(stanza);
    // A no to an invitation is for who invited: networks do not carry it (GW-MUC-020).
    if (xmpp::xep0045::is_decline(stanza.element)) return;
    const auto room = find(account, std::get<RoomId>(entity.address.target));
    if (!room || !room->seat(head.from)) return face_.refuse(head, not_in_the_room());
    if (!entity.resource.empty()) {
        if (head.type == "groupchat") {
            return face_.refuse(head,
                                xmpp::make_condition(Condition::bad_request,
                                                     "A message to one person cannot be of type groupchat."));
        }
        return take_private(stanza, entity, room);
    }
    if (head.type == "groupchat") return take_groupchat(stanza, room);
    if (const auto invites = xmpp::xep0045::read_invites(stanza.element); !invites.empty()) {
        return invites_.send(head, room, invites);
    }
    face_.refuse(head, xmpp::make_condition(Condition::service_unavailable,
                                            "Rooms take messages of type groupchat only."));
}

void RoomService::take_groupchat(const xmpp::Stanza& stanza, const RoomPtr& room) {
    const auto& head = stanza.head;
    auto body = stanza.body();
    if (const auto subject = stanza.element.child_text("subject"); subject && !body) {
        spawn(face_.executor, set_topic(room, head, *subject));
        return;
    }
    auto read =
        translate::read_message(stanza, room->id(), translate::message_key(stanza, face_.context.random));
    if (const auto* refusal = std::get_if<xmpp::StanzaError>(&read)) return face_.refuse(head, *refusal);
    if (room->state == Room::State::joined) chat_.typing().on_message(stanza, *room->slot(), room->id());
    if (std::holds_alternative<translate::Nothing>(read)) return;
    if (room->state != Room::State::joined) {
        return face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
    }
    sender_.send(room->slot(), std::move(std::get<model::OutgoingMessage>(read)),
                 [this, room, head, body = std::move(*body),
                  origin = xmpp::xep0359::origin_id(stanza.element)](Result<adapter::SendOutcome> result) {
                     reflect(room, head, body, origin.value_or(""), std::move(result));
                 });
}

void RoomService::reflect(const RoomPtr& room, const xmpp::StanzaHead& head, const std::string& body,
                          const std::string& origin_id, Result<adapter::SendOutcome> result) {
    if (!result) return face_.refuse(head, translate::to_stanza_error(result.error()));
    const auto* self = room->self();
    if (!self) return face_.refuse(head, not_in_the_room());
    voice_.said(*room, self, body, head.id.empty() ? face_.context.random.token() : head.id, origin_id,
                std::nullopt);
}

void RoomService::take_private(const xmpp::Stanza& stanza, const translate::Entity& entity,
                               const RoomPtr& room) {
    const auto* occupant = room->by_resource(entity.resource);
    if (!occupant) {
        return face_.refuse(stanza.head, xmpp::make_condition(Condition::item_not_found,
                                                              "There is nobody of that name in the room."));
    }
    private_via_[private_key(room->account()->row.id, occupant->member.contact)] = room->id();
    chat_.on_message(stanza, room->account(), room->slot()->endpoint(), occupant->member.contact);
}

Task<> RoomService::set_topic(RoomPtr room, xmpp::StanzaHead head, std::string text) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms() || room->state != Room::State::joined) {
        face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
        co_return;
    }
    const auto done =
        co_await session->rooms()->set_topic(room->id(), std::move(text), face_.in(settings_.request_within));
    if (!done) face_.refuse(head, translate::to_stanza_error(done.error()));
}

// --------------------------------------------------------------------------------------------- from the network

bool RoomService::on_event(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event) {
    const auto& account = slot->account();
    const auto joined = [&](const RoomId& id) -> RoomPtr {
        auto room = find(account, id);
        return room && room->state == Room::State::joined ? room : nullptr;
    };
    if (const auto* said = std::get_if<adapter::EventMessage>(&event)) {
        const auto* id = std::get_if<RoomId>(&said->in);
        if (!id) return false;
        if (const auto room = joined(*id)) show(room, *said);
        return true;
    }
    if (const auto* came = std::get_if<adapter::EventMemberJoined>(&event)) {
        const auto room = joined(came->room);
        if (!room || came->member.nick == room->own_nick) return true;
        voice_.shows(*room, room->put(came->member));
        memory_.changed(room);
        return true;
    }
    if (const auto* changed = std::get_if<adapter::EventMemberChanged>(&event)) {
        if (const auto room = joined(changed->room)) voice_.shows(*room, room->put(changed->member));
        return true;
    }
    if (const auto* left = std::get_if<adapter::EventMemberLeft>(&event)) {
        if (const auto room = joined(left->room)) show(room, *left);
        return true;
    }
    if (const auto* renamed = std::get_if<adapter::EventMemberRenamed>(&event)) {
        if (const auto room = joined(renamed->room)) show(room, *renamed);
        return true;
    }
    if (const auto* topic = std::get_if<adapter::EventTopic>(&event)) {
        if (const auto room = joined(topic->room)) {
            room->topic = topic->topic;
            voice_.subject(*room);
        }
        return true;
    }
    if (const auto* changed = std::get_if<adapter::EventRoomChanged>(&event)) {
        if (const auto room = joined(changed->room)) take_settings(room, changed->settings);
        return true;
    }
    if (const auto* typing = std::get_if<adapter::EventTyping>(&event)) {
        const auto* id = std::get_if<RoomId>(&typing->in);
        if (!id) return false;
        if (const auto room = joined(*id)) show(room, *typing);
        return true;
    }
    if (const auto* lost = std::get_if<adapter::EventRoomLost>(&event)) {
        if (const auto room = joined(lost->room)) {
            lose(room, lost->reason);
            spawn(face_.executor,
                  join_later(room));  // for a session that lives on; else its return is heard of
        }
        return true;
    }
    return false;
}

void RoomService::show(const RoomPtr& room, const adapter::EventMessage& event) {
    const auto* speaker = event.nick.empty() ? nullptr : room->occupant(event.nick);
    if (speaker) chat_.typing().said(*room->slot(), room->id(), speaker->member.contact);
    if (!speaker && !event.nick.empty()) {
        // Some networks let people speak who are not inside: they are named in the text.
        voice_.said(*room, nullptr, event.nick + ": " + translate::body_of(event),
                    face_.context.random.token(), "", event.sent_at);
    } else {
        voice_.said(*room, speaker, translate::body_of(event),
                    event.id.empty() ? face_.context.random.token() : event.id.str(), "", event.sent_at);
    }
    shown_.Increment();
}

void RoomService::show(const RoomPtr& room, const adapter::EventTyping& event) {
    const auto* speaker = room->by_contact(event.from);
    if (!speaker || speaker->member.nick == room->own_nick) return;
    chat_.typing().show(room->slot(), event, [this, room, nick = speaker->member.nick](bool typing) {
        const auto* occupant = room->occupant(nick);
        if (!occupant) return;  // gone meanwhile, which says it too
        const auto jid = room->jid_of(*occupant);
        for (const auto& seat : room->seats)
            static_cast<void>(face_.outlet.send(translate::Typing::make(jid, seat.jid, "groupchat", typing)));
    });
}

void RoomService::show(const RoomPtr& room, const adapter::EventMemberLeft& event) {
    if (event.self) return self_out(room, event);
    const auto* occupant = room->occupant(event.nick);
    // Somebody whom a server gives our own name, however it did that, cannot take us out of our place.
    if (!occupant || event.nick == room->own_nick) return;
    voice_.left(*room, *occupant, event);
    room->erase(event.nick);
    memory_.changed(room);
}

void RoomService::take_settings(const RoomPtr& room, const model::RoomSettings& settings) {
    if (settings == room->settings) return;
    const bool was_moderated = room->settings.moderated.value_or(false);
    const bool is_change = has_changed(room->settings, settings);
    room->settings = settings;
    if (settings.password) {  // to enter again with
        room->password = Secret<>(*settings.password);
        for (const auto& seat : room->seats) spawn(face_.executor, remember(room, seat));
    }
    if (is_change) voice_.reconfigured(*room);
    if (settings.moderated.value_or(false) == was_moderated) return;
    for (const auto& occupant : room->occupants()) {
        if (occupant->member.rank == model::Rank::none) voice_.shows(*room, *occupant);
    }
}

void RoomService::self_out(const RoomPtr& room, const adapter::EventMemberLeft& event) {
    if (const auto* self = room->self()) voice_.left(*room, *self, event);
    for (const auto& seat : room->seats) accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    room->seats.clear();
    refuse_waiting(room, xmpp::make_condition(Condition::forbidden, event.reason));
    remove(room);
}

void RoomService::show(const RoomPtr& room, const adapter::EventMemberRenamed& event) {
    if (!event.self && (event.old_nick == room->own_nick || event.member.nick == room->own_nick)) return;
    std::optional<xmpp::Jid> old_jid;
    if (const auto* before = room->occupant(event.old_nick)) old_jid = room->jid_of(*before);
    const auto& after = room->rename(event.old_nick, event.member);
    memory_.changed(room);
    if (event.self) {
        room->own_nick = event.member.nick;
        // After a crash it is this name that clients know.
        for (auto& seat : room->seats) {
            seat.wanted_nick = after.resource();
            spawn(face_.executor, remember(room, seat));
        }
    }
    if (old_jid)
        voice_.renamed(*room, *old_jid, after, event.self);
    else
        voice_.shows(*room, after);
}

bool RoomService::show_private(const std::shared_ptr<accounts::Slot>& slot,
                               const adapter::EventMessage& event) {
    const auto via = private_via_.find(private_key(slot->account()->row.id, event.from));
    if (via == private_via_.end()) return false;
    const auto room = find(slot->account(), via->second);
    const auto* occupant = room ? room->by_contact(event.from) : nullptr;
    if (!occupant || room->seats.empty()) {
        private_via_.erase(via);
        return false;
    }
    const std::vector<xml::Element> marks{xmpp::xep0045::make_user_marker(), voice_.id_of(*room, *occupant)};
    const auto jid = room->jid_of(*occupant);
    for (const auto& seat : room->seats) chat_.show(event, jid, seat.jid, marks);
    return true;
}

}  // namespace causeway::rooms
