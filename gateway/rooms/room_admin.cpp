#include "gateway/rooms/room_admin.hpp"

#include "gateway/rooms/room_voice.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using model::Rank;
using xmpp::Condition;
using xmpp::xep0045::Affiliation;
using xmpp::xep0045::Role;

xmpp::StanzaError nobody() {
    return translate::to_stanza_error(
        adapter::RoomError{make_error(Errc::bad_recipient), model::RoomRefusal::no_such_member, ""});
}

xmpp::StanzaError not_connected() {
    return translate::to_stanza_error(make_error(Errc::not_connected));
}

Standing standing_in(const Room& room, const Occupant& occupant) {
    return standing_of(occupant.member.rank, room.settings.moderated.value_or(false));
}

/// The rank that a role or affiliation stands for.
Rank rank_for(const xmpp::xep0045::AdminItem& item, bool moderated) {
    if (item.role) {
        if (*item.role == Role::moderator) return Rank::moderator;
        return *item.role == Role::participant && moderated ? Rank::voiced : Rank::none;
    }
    switch (item.affiliation.value_or(Affiliation::none)) {
        case Affiliation::owner:
            return Rank::owner;
        case Affiliation::admin:
            return Rank::moderator;
        case Affiliation::member:
            return Rank::voiced;
        case Affiliation::none:
        case Affiliation::outcast:
            break;
    }
    return Rank::none;
}

/// Is the person already what the item asks for?
bool holds(const Standing& standing, const xmpp::xep0045::AdminItem& item) {
    if (item.role) return standing.role == to_string(*item.role);
    return item.affiliation && standing.affiliation == to_string(*item.affiliation);
}

}  // namespace

void RoomAdmin::on_iq(const xmpp::Stanza& stanza, const RoomPtr& room) {
    auto items = xmpp::xep0045::read_admin(stanza.element);
    if (!items) return face_.refuse(stanza.head, xmpp::make_condition(Condition::bad_request));
    if (room->state != Room::State::joined) return face_.refuse(stanza.head, not_connected());
    if (stanza.head.type == "set") {
        return spawn(face_.executor, change(room, stanza.head, std::move(*items)));
    }
    if (items->front().affiliation == Affiliation::outcast) {
        return spawn(face_.executor, list_bans(room, stanza.head));
    }
    list(*room, stanza.head, items->front());
}

RoomAdmin::Target RoomAdmin::target_of(Room& room, const Item& item) const {
    if (!item.nick.empty()) return {room.by_resource(item.nick), {}};
    const auto jid = xmpp::Jid::parse(item.jid);
    if (!jid || jid->domain() != face_.component().domain()) return {};
    Target target;
    const auto entity = face_.addresses.entity(*jid);
    if (entity && entity->kind == translate::Entity::Kind::room) {
        if (entity->bare == room.jid()) target.inside = room.by_resource(entity->resource);
        return target;
    }
    if (entity && entity->kind == translate::Entity::Kind::contact) {
        target.inside = room.by_contact(std::get<ContactId>(entity->address.target));
    }
    // Where addresses name a server too, a person's is no pattern that the server would know.
    const bool with_server = entity && !entity->address.endpoint.empty();
    if (!target.inside && !with_server) target.pattern = translate::decode_local(jid->local()).value_or("");
    return target;
}

Task<> RoomAdmin::change(RoomPtr room, xmpp::StanzaHead head, std::vector<Item> items) {
    for (auto& item : items) {
        const auto session = room->slot()->session();
        Refusal refusal = not_connected();
        if (session && session->rooms()) refusal = co_await apply(room, session->rooms(), std::move(item));
        if (!refusal) continue;
        face_.refuse(head, *refusal);
        co_return;
    }
    static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
}

Task<RoomAdmin::Refusal> RoomAdmin::apply(RoomPtr room, adapter::Rooms* network, Item item) {
    const auto target = target_of(*room, item);
    const auto nick = target.inside ? target.inside->member.nick : std::string();
    const auto deadline = face_.in(within_);
    if (item.affiliation == Affiliation::outcast) {
        if (nick.empty() && target.pattern.empty()) co_return nobody();
        const auto done = co_await network->ban(room->id(), nick.empty() ? target.pattern : nick,
                                                std::move(item.reason), deadline);
        co_return done ? Refusal() : Refusal(translate::to_stanza_error(done.error()));
    }
    if (!target.inside) {
        if (item.affiliation != Affiliation::none || target.pattern.empty()) co_return nobody();
        co_return co_await unban(std::move(room), network, target.pattern);
    }
    if (item.role == Role::none) {
        const auto done = co_await network->kick(room->id(), nick, std::move(item.reason), deadline);
        co_return done ? Refusal() : Refusal(translate::to_stanza_error(done.error()));
    }
    if (holds(standing_in(*room, *target.inside), item)) co_return Refusal();
    const bool moderated = room->settings.moderated.value_or(false);
    if (item.role == Role::visitor && target.inside->member.rank == Rank::none) {
        co_return xmpp::make_condition(Condition::not_allowed,
                                       "Everybody may speak here: the room is not moderated.");
    }
    co_return co_await rank(std::move(room), network, nick, rank_for(item, moderated));
}

Task<RoomAdmin::Refusal> RoomAdmin::rank(RoomPtr room, adapter::Rooms* network, std::string nick, Rank to) {
    const auto done = co_await network->set_rank(room->id(), std::move(nick), to, face_.in(within_));
    co_return done ? Refusal() : Refusal(translate::to_stanza_error(done.error()));
}

Task<RoomAdmin::Refusal> RoomAdmin::unban(RoomPtr room, adapter::Rooms* network, std::string mask) {
    const auto bans = co_await network->bans(room->id(), face_.in(within_));
    if (!bans) co_return translate::to_stanza_error(bans.error());
    // JIDs have no upper case: the mask is taken in the network's own writing.
    for (const auto& ban : *bans) {
        const auto jid = face_.addresses.jid_of_text(ban.mask);
        if (ban.mask != mask && (!jid || translate::decode_local(jid->local()).value_or("") != mask))
            continue;
        const auto done = co_await network->unban(room->id(), ban.mask, face_.in(within_));
        co_return done ? Refusal() : Refusal(translate::to_stanza_error(done.error()));
    }
    co_return Refusal();  // who is not banned has no standing already
}

Task<> RoomAdmin::list_bans(RoomPtr room, xmpp::StanzaHead head) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms()) {
        face_.refuse(head, not_connected());
        co_return;
    }
    const auto bans = co_await session->rooms()->bans(room->id(), face_.in(within_));
    if (!bans) {
        face_.refuse(head, translate::to_stanza_error(bans.error()));
        co_return;
    }
    std::vector<xmpp::xep0045::AdminEntry> entries;
    for (const auto& ban : *bans) {
        // A mask too long for an address could be shown, but not be lifted by it.
        if (auto jid = face_.addresses.jid_of_text(ban.mask)) {
            entries.push_back({to_string(Affiliation::outcast), {}, jid->str(), {}});
        }
    }
    static_cast<void>(face_.outlet.send(xmpp::xep0045::make_admin_result(head, entries)));
}

void RoomAdmin::list(const Room& room, const xmpp::StanzaHead& head, const Item& wanted) {
    std::vector<xmpp::xep0045::AdminEntry> entries;
    for (const auto& occupant : room.occupants()) {
        const auto standing = standing_in(room, *occupant);
        if (!holds(standing, wanted)) continue;
        const auto jid = face_.addresses.jid(room.slot()->endpoint(), occupant->member.contact);
        entries.push_back({standing.affiliation, standing.role,
                           jid && !occupant->member.contact.empty() ? jid->str() : std::string(),
                           occupant->resource()});
    }
    static_cast<void>(face_.outlet.send(xmpp::xep0045::make_admin_result(head, entries)));
}

}  // namespace causeway::rooms
