#include "gateway/rooms/room_service.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;

constexpr log::Message kJoined{"CAUSEWAY_ROOM_JOINED", log::Level::debug, "a user entered a room"};
constexpr log::Message kNotJoined{"CAUSEWAY_ROOM_NOT_JOINED", log::Level::info, "a user could not enter a room"};


}  // namespace

RoomService::RoomService(translate::Face face, accounts::Accounts& accounts, accounts::Supervisor& supervisor,
                         delivery::LiveSender& sender, translate::Chat& chat, translate::IqRequests& requests,
                         RoomServiceSettings settings)
    : face_(face),
      accounts_(accounts),
      supervisor_(supervisor),
      sender_(sender),
      chat_(chat),
      requests_(requests),
      settings_(settings),
      voice_(face),
      room_gauge_(face.context.metrics.gauge("causeway_rooms", "Rooms that users sit in (one per user and room)",
                                             {{"network", face.name.str()}})),
      shown_(face.context.metrics.counter("causeway_messages_total", "Messages by network, direction and outcome",
                                          {{"network", face.name.str()}, {"direction", "to_xmpp"},
                                           {"outcome", "accepted"}})) {}

RoomPtr RoomService::find(const accounts::AccountPtr& account, const RoomId& room) const {
    if (!account) return nullptr;
    const auto found = rooms_.find(Key{account->row.id, room});
    return found == rooms_.end() ? nullptr : found->second;
}

RoomPtr RoomService::make(const accounts::AccountPtr& account, const translate::Entity& entity) {
    const auto& id = std::get<RoomId>(entity.address.target);
    auto room = std::make_shared<Room>(supervisor_.slot(account, entity.address.endpoint), id, entity.bare);
    rooms_.emplace(Key{account->row.id, id}, room);
    by_slot_[room->slot().get()].push_back(room);
    room_gauge_.Set(static_cast<double>(rooms_.size()));
    room->slot()->set_reason(accounts::Reason::rooms, true);
    return room;
}

void RoomService::remove(const RoomPtr& room) {
    rooms_.erase(Key{room->account()->row.id, room->id()});
    room_gauge_.Set(static_cast<double>(rooms_.size()));
    std::erase_if(private_via_, [&](const auto& via) {
        return via.second == room->id() && via.first.starts_with(room->account()->row.id.str() + '\n');
    });
    auto& of_slot = by_slot_[room->slot().get()];
    std::erase(of_slot, room);
    if (!of_slot.empty()) return;
    by_slot_.erase(room->slot().get());
    room->slot()->set_reason(accounts::Reason::rooms, false);
}

std::vector<RoomPtr> RoomService::rooms_of(const std::shared_ptr<accounts::Slot>& slot) const {
    const auto found = by_slot_.find(slot.get());
    return found == by_slot_.end() ? std::vector<RoomPtr>{} : found->second;
}

// ---------------------------------------------------------------------------------------------------- presence

void RoomService::on_presence(const xmpp::Stanza& stanza, const translate::Entity& entity,
                              const accounts::AccountPtr& account) {
    const auto& head = stanza.head;
    const auto room = find(account, std::get<RoomId>(entity.address.target));
    if (head.type == "error") {
        on_gone(head.from);
        return;
    }
    if (head.type == "unavailable") {
        if (room) leave(room, head.from, stanza.element.child_text("status").value_or(""));
        return;
    }
    if (!head.type.empty()) return;  // typed presence never joins (GW-MUC-024)
    if (xmpp::xep0045::read_join(stanza.element)) return take_join(stanza, entity, account);
    if (!room || room->state != Room::State::joined || !room->seat(head.from)) return;
    // A seated resource with another nick asks for that nick; with the same it only says how it is.
    const auto* self = room->self();
    if (entity.resource.empty() || (self && self->jid.resource() == entity.resource)) return;
    spawn(face_.executor, change_nick(room, head, entity.resource));
}

void RoomService::take_join(const xmpp::Stanza& stanza, const translate::Entity& entity,
                            const accounts::AccountPtr& account) {
    const auto& head = stanza.head;
    if (entity.resource.empty()) {
        auto error = xmpp::make_condition(Condition::jid_malformed, "Choose a nickname to enter the room.");
        error.type = xmpp::ErrorType::modify;
        return face_.refuse(head, error);
    }
    auto room = find(account, std::get<RoomId>(entity.address.target));
    const bool fresh = !room;
    if (fresh) room = make(account, entity);

    const Seat seat{head.from, entity.resource, head.id};
    if (room->state == Room::State::joined) {
        if (!room->seat(head.from)) {
            room->seats.push_back(seat);
            remember(room, seat);
        }
        return voice_.welcome(*room, seat);  // for one who was seated: everything again (GW-MUC-004)
    }
    room->unseat(head.from);
    room->waiting.push_back(seat);
    if (!fresh) return;
    room->password = xmpp::xep0045::read_join(stanza.element)->password;
    spawn(face_.executor, join(room, entity.resource, false));
}

Task<> RoomService::join(RoomPtr room, std::string nick, bool again) {
    const auto deadline = face_.in(settings_.join_within);
    if (!co_await room->slot()->wait_connected(deadline)) {
        const auto why = room->slot()->last_error().value_or(make_error(Errc::not_connected));
        join_failed(room, translate::to_stanza_error(why), again, true);
        co_return;
    }
    const auto session = room->slot()->session();
    auto* rooms = session ? session->rooms() : nullptr;
    if (!rooms) {
        join_failed(room, translate::to_stanza_error(make_error(Errc::unsupported)), again, false);
        co_return;
    }
    auto snapshot = co_await rooms->join(room->id(), std::move(nick), room->password, deadline);
    if (!snapshot) {
        const auto& error = snapshot.error();
        face_.context.log.event(kNotJoined, {{"network", face_.name.str()},
                                             {"user", face_.context.log.person(room->account()->row.user.view())},
                                             {"error", to_string(error.error.code)},
                                             {"detail", error.error.detail}});
        const bool may_pass = error.error.code == Errc::not_connected || error.error.code == Errc::timed_out;
        join_failed(room, translate::to_stanza_error(error), again, may_pass);
        co_return;
    }
    if (room->seats.empty() && room->waiting.empty()) {
        // Everybody left while the network was asked.
        co_await rooms->leave(room->id(), "", face_.in(settings_.request_within));
        co_return;
    }
    face_.context.log.event(kJoined, {{"network", face_.name.str()}});
    room->enter(*snapshot);
    // Those who were inside before the connection was lost get the whole room again (a resync, GW-MUC-004).
    for (const auto& seat : room->seats) voice_.welcome(*room, seat);
    seat_waiting(room);
}

void RoomService::join_failed(const RoomPtr& room, const xmpp::StanzaError& error, bool again, bool may_pass) {
    refuse_waiting(room, error);
    if (again && may_pass && !room->seats.empty()) {
        room->state = Room::State::lost;  // tried again when the session is back
        return;
    }
    for (const auto& seat : room->seats) {
        voice_.farewell(*room, seat, {307}, error.text);
        accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    }
    room->seats.clear();
    remove(room);
}

void RoomService::seat_waiting(const RoomPtr& room) {
    for (auto& seat : std::exchange(room->waiting, {})) {
        room->seats.push_back(seat);
        remember(room, seat);
        voice_.welcome(*room, seat);
    }
}

void RoomService::refuse_waiting(const RoomPtr& room, const xmpp::StanzaError& error) {
    for (const auto& seat : std::exchange(room->waiting, {})) voice_.refuse_join(*room, seat, error);
}

void RoomService::remember(const RoomPtr& room, const Seat& seat) {
    store::JoinRow row;
    row.account = room->account()->row.id;
    row.room = room->id();
    row.address = face_.network.format_address(model::Address{room->slot()->endpoint(), room->id()});
    row.resource_jid = seat.jid.str();
    row.nick = seat.wanted_nick;
    accounts_.save_join(std::move(row));
}

void RoomService::leave(const RoomPtr& room, const xmpp::Jid& resource, std::string reason) {
    if (const auto* seat = room->seat(resource)) voice_.farewell(*room, *seat, {}, "");
    room->unseat(resource);
    accounts_.drop_join(room->account(), room->id(), resource.str());
    leave_if_empty(room, std::move(reason));
}

namespace {
Task<> leave_legacy(std::shared_ptr<adapter::Session> session, RoomId room, std::string reason,
                    SteadyTime deadline) {
    co_await session->rooms()->leave(std::move(room), std::move(reason), deadline);
}
}  // namespace

void RoomService::leave_if_empty(const RoomPtr& room, std::string reason) {
    if (!room->seats.empty() || !room->waiting.empty()) return;
    const auto session = room->slot()->session();
    if (room->state == Room::State::joined && session && session->rooms()) {
        // A reason that the network cannot carry is left out; leaving itself must not fail.
        if (reason.find_first_of("\r\n") != std::string::npos) reason.clear();
        spawn(face_.executor, leave_legacy(session, room->id(), std::move(reason), face_.in(settings_.request_within)));
    }
    remove(room);
}

Task<> RoomService::change_nick(RoomPtr room, xmpp::StanzaHead head, std::string nick) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms()) {
        face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
        co_return;
    }
    const auto done = co_await session->rooms()->change_nick(std::move(nick), face_.in(settings_.request_within));
    if (!done) face_.refuse(head, translate::to_stanza_error(done.error()));
}

// ---------------------------------------------------------------------------------------------------- lifecycle

void RoomService::on_slot_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) {
    using adapter::SessionState;
    const auto concerned = rooms_of(slot);
    for (const auto& room : concerned) {
        if (slot->state() == SessionState::connected) {
            if (room->state != Room::State::lost) continue;
            room->state = Room::State::joining;
            spawn(face_.executor, join(room, room->own_nick, true));
        } else if (room->state == Room::State::joined) {
            room->state = Room::State::lost;
            voice_.said(*room, room->jid(),
                        reason.empty() ? "The connection to the network was lost. Trying again."
                                       : "The connection to the network was lost (" + reason + "). Trying again.",
                        face_.context.random.token(), "", std::nullopt);
        }
    }
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
    const auto reply = co_await requests_.ask(std::move(room), std::move(resource), "get", xmpp::xep0199::make_ping(),
                                              face_.in(settings_.verify_within));
    if (!reply) co_return reply.error().code != Errc::timed_out;  // the link's loss says nothing about the seat
    if (reply->attr("type") != "error") co_return true;
    const auto error = xmpp::read_error(*reply);
    // A client without ping still answers; its server answers for one that is gone.
    co_return error && error->condition == Condition::feature_not_implemented;
}

Task<> RoomService::verify(RoomPtr room, xmpp::Jid resource) {
    const bool there = co_await answers(room->jid(), resource);
    if (!there) on_gone(resource);
}

void RoomService::on_link_up() {
    for (const auto& [key, room] : rooms_) {
        for (const auto& seat : room->seats) spawn(face_.executor, verify(room, seat.jid));
    }
}

void RoomService::restore(std::vector<store::JoinRow> joins) {
    for (auto& row : joins) spawn(face_.executor, restore_seat(std::move(row)));
}

Task<> RoomService::restore_seat(store::JoinRow row) {
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
    if (fresh) room = make(account, *entity);
    if (room->seat(*resource)) co_return;  // it has come back by itself meanwhile
    const Seat seat{*resource, row.nick, ""};
    if (room->state == Room::State::joined) {
        room->seats.push_back(seat);
        voice_.welcome(*room, seat);
        co_return;
    }
    room->waiting.push_back(seat);
    if (fresh) co_await join(room, row.nick, false);
}

void RoomService::close_all(const std::string& reason) {
    for (const auto& [key, room] : rooms_) {
        for (const auto& seat : room->seats) {
            voice_.farewell(*room, seat, {332}, reason);
            accounts_.drop_join(room->account(), room->id(), seat.jid.str());
        }
        refuse_waiting(room, xmpp::make_condition(Condition::remote_server_timeout, reason));
    }
    rooms_.clear();
    by_slot_.clear();
    room_gauge_.Set(0);
}

void RoomService::forget(const accounts::AccountPtr& account) {
    std::vector<RoomPtr> theirs;
    for (const auto& [key, room] : rooms_) {
        if (room->account() == account) theirs.push_back(room);
    }
    for (const auto& room : theirs) {
        for (const auto& seat : room->seats) voice_.farewell(*room, seat, {}, "");
        room->seats.clear();
        room->waiting.clear();
        remove(room);
    }
}

}  // namespace causeway::rooms
