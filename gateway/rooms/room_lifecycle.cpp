// RoomService, third part: connections that are lost and found, resources that are gone, the way out.
#include "component/xep/xep0199_ping.hpp"
#include "gateway/rooms/room_service.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;

constexpr int kVerifyTries = 3;

/// Does this error say that the resource is not there? Others speak of one stanza only (GW-MUC-014).
bool says_gone(const xml::Element& stanza) {
    const auto error = xmpp::read_error(stanza);
    if (!error) return true;
    switch (error->condition) {
        case Condition::gone:
        case Condition::item_not_found:
        case Condition::recipient_unavailable:
        case Condition::redirect:
        case Condition::remote_server_not_found:
        case Condition::remote_server_timeout:
        case Condition::service_unavailable:
        case Condition::internal_server_error:
        case Condition::jid_malformed:
            return true;
        default:
            return false;
    }
}

}  // namespace

void RoomService::on_slot_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) {
    using adapter::SessionState;
    const auto concerned = rooms_of(slot);
    for (const auto& room : concerned) {
        if (slot->state() == SessionState::connected) {
            if (room->state != Room::State::lost) continue;
            room->state = Room::State::joining;
            spawn(face_.executor, join(room, room->own_nick, true));
        } else if (slot->state() == SessionState::needs_user ||
                   slot->state() == SessionState::bad_credentials) {
            dismiss(room, slot->last_error() ? face_.say(translate::user_jid(slot->account()->row.user),
                                                         translate::sentence(slot->last_error()->code))
                                             : reason);
        } else if (room->state == Room::State::joined) {
            lose(room, reason);
        }
    }
}

void RoomService::dismiss(const RoomPtr& room, const std::string& reason) {
    if (room->state == Room::State::joining && room->seats.empty()) return;  // its join is answered by itself
    for (const auto& seat : room->seats) {
        voice_.farewell(*room, seat, {333}, reason);
        accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    }
    room->seats.clear();
    refuse_waiting(room, xmpp::make_condition(Condition::remote_server_timeout, reason));
    remove(room);
}

void RoomService::lose(const RoomPtr& room, const std::string& reason) {
    room->state = Room::State::lost;
    const auto why = reason.empty() ? std::string() : " (" + reason + ")";
    voice_.said(*room, nullptr, "The connection to the network was lost" + why + ". Trying again.",
                face_.context.random.token(), "", std::nullopt);
}

void RoomService::on_error(const xmpp::Stanza& stanza) {
    if (says_gone(stanza.element)) on_gone(stanza.head.from);
}

void RoomService::on_gone(const xmpp::Jid& resource) {
    std::vector<RoomPtr> left;
    for (const auto& [key, room] : rooms_) {
        if (room->seat(resource)) left.push_back(room);
    }
    for (const auto& room : left) {
        if (const auto* seat = room->seat(resource)) voice_.farewell(*room, *seat, {333}, "");
        room->unseat(resource);
        accounts_.drop_join(room->account(), room->id(), resource.str());
        leave_if_empty(room, "");
    }
}

Task<bool> RoomService::answers(xmpp::Jid room, xmpp::Jid resource) {
    // A server may still give an answer to the connection that a crash has just ended: silence is asked again.
    for (int tries = 0; tries < kVerifyTries; ++tries) {
        auto from = room;
        auto to = resource;
        const auto reply =
            co_await requests_.ask(std::move(from), std::move(to), "get", xmpp::xep0199::make_ping(),
                                   face_.in(settings_.verify_within / kVerifyTries));
        if (!reply && reply.error().code == Errc::timed_out) continue;
        if (!reply) co_return true;  // the link's loss says nothing about the seat
        if (reply->attr("type") != "error") co_return true;
        const auto error = xmpp::read_error(*reply);
        // A client without ping still answers; its server answers for one that is gone.
        co_return error && error->condition == Condition::feature_not_implemented;
    }
    co_return false;
}

Task<> RoomService::verify(xmpp::Jid room, xmpp::Jid resource) {
    const bool there = co_await answers(std::move(room), resource);
    if (!there) on_gone(resource);
}

void RoomService::on_link_up() {
    voice_.repeat_last_words();
    for (const auto& [key, room] : rooms_) voice_.catch_up(*room);
    spawn(face_.executor, verify_everybody());
}

Task<> RoomService::verify_everybody() {
    std::map<xmpp::Jid, xmpp::Jid> seated;  // one question for a resource, in however many rooms it sits
    for (const auto& [key, room] : rooms_) {
        for (const auto& seat : room->seats) seated.emplace(seat.jid, room->jid());
    }
    std::size_t asked = 0;
    for (const auto& [resource, room] : seated) {
        spawn(face_.executor, verify(room, resource));
        if (++asked % settings_.verify_at_once == 0) co_await sleep_until(face_.in(Millis{100}));
    }
}

void RoomService::restore(std::vector<store::JoinRow> joins) {
    const auto left = memory_.take(joins);
    for (auto& row : joins) {
        auto saw = left.at(row.room);
        spawn(face_.executor, restore_seat(std::move(row), std::move(saw)));
    }
}

Task<> RoomService::restore_seat(store::JoinRow row, std::shared_ptr<const std::vector<std::string>> saw) {
    const auto account = accounts_.by_id(row.account);
    const auto resource = xmpp::Jid::parse(row.resource_jid);
    const auto jid = face_.addresses.jid_of_text(row.address);
    if (!account || !resource) co_return;
    const auto entity = jid ? face_.addresses.entity(*jid) : fail(jid.error());
    if (!entity || entity->kind != translate::Entity::Kind::room) co_return;

    if (!co_await answers(entity->bare, *resource)) {
        accounts_.drop_join(account, row.room, row.resource_jid);
        co_return;
    }
    auto room = find(account, row.room);
    const bool fresh = !room;
    if (fresh) {
        room = make(account, *entity, row.nick);
        room->password = accounts_.password_of(row);
    }
    if (room->occupied(*resource)) co_return;  // it has come back by itself meanwhile
    const Seat seat{*resource, row.nick, "", {}, std::move(saw), true};
    if (room->state == Room::State::joined) {
        voice_.welcome(*room, room->seats.emplace_back(seat));
        co_return;
    }
    room->waiting.push_back(seat);
    if (fresh)
        co_await join(room, row.nick, false);
    else
        co_await expire(room, seat);
}

void RoomService::close_all(const std::string& reason) {
    for (const auto& [key, room] : rooms_) {
        for (const auto& seat : room->seats) {
            voice_.farewell(*room, seat, {332}, reason);
            accounts_.drop_join(room->account(), room->id(), seat.jid.str());
        }
        refuse_waiting(room, xmpp::make_condition(Condition::remote_server_timeout, reason));
        room->seats.clear();
    }
    rooms_.clear();
    by_slot_.clear();
    room_gauge_.Set(0);
}

std::vector<RoomPtr> RoomService::rooms_of(const accounts::AccountPtr& account) const {
    std::vector<RoomPtr> theirs;
    for (const auto& [key, room] : rooms_) {
        if (room->account() == account) theirs.push_back(room);
    }
    return theirs;
}

bool RoomService::leave_all(const accounts::AccountPtr& account, const RoomId& id) {
    const auto room = find(account, id);
    if (!room) return false;
    for (const auto& seat : room->seats) voice_.farewell(*room, seat, {}, "");
    accounts_.drop_join(account, id, "");
    room->seats.clear();
    refuse_waiting(room, xmpp::make_condition(Condition::recipient_unavailable));
    if (is_current(room)) leave_if_empty(room, "");
    return true;
}

void RoomService::forget(const accounts::AccountPtr& account) {
    for (const auto& room : rooms_of(account)) {
        for (const auto& seat : room->seats) voice_.farewell(*room, seat, {}, "");
        room->seats.clear();
        room->waiting.clear();
        remove(room);
    }
}

}  // namespace causeway::rooms
