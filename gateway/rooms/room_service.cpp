#include "gateway/rooms/room_service.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;

constexpr log::Message kJoined{"CAUSEWAY_ROOM_JOINED", log::Level::debug, "a user entered a room"};
constexpr log::Message kNotJoined{"CAUSEWAY_ROOM_NOT_JOINED", log::Level::info,
                                  "a user could not enter a room"};

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
      voice_(face, accounts.network_secret()),
      admin_(face, settings.request_within),
      config_(face, settings.request_within),
      invites_(face, settings.request_within),
      memory_(face, accounts),
      room_gauge_(face.context.metrics.gauge("causeway_rooms",
                                             "Rooms that users sit in (one per user and room)",
                                             {{"network", face.name.str()}})),
      shown_(face.context.metrics.counter(
          "causeway_messages_total", "Messages by network, direction and outcome",
          {{"network", face.name.str()}, {"direction", "to_xmpp"}, {"outcome", "accepted"}})) {}

RoomPtr RoomService::find(const accounts::AccountPtr& account, const RoomId& room) const {
    if (!account) return nullptr;
    const auto found = rooms_.find(KeyView{account->row.id.view(), room.view()});
    return found == rooms_.end() ? nullptr : found->second;
}

RoomPtr RoomService::make(const accounts::AccountPtr& account, const translate::Entity& entity,
                          const std::string& nick) {
    const auto& id = std::get<RoomId>(entity.address.target);
    auto room = std::make_shared<Room>(supervisor_.slot(account, entity.address.endpoint), id, entity.bare);
    rooms_.emplace(Key{account->row.id, id}, room);
    by_slot_[room->slot().get()].push_back(room);
    room_gauge_.Set(static_cast<double>(rooms_.size()));
    // One session has one name: the first room's.
    const auto state = room->slot()->state();
    if (state == adapter::SessionState::stopped || state == adapter::SessionState::needs_user) {
        room->slot()->prefer_name(nick);
    }
    room->slot()->set_reason(accounts::Reason::rooms, true);
    return room;
}

void RoomService::remove(const RoomPtr& room) {
    take_out(room);
    release(room->slot());
}

void RoomService::release(const std::shared_ptr<accounts::Slot>& slot) {
    if (!by_slot_.contains(slot.get())) slot->set_reason(accounts::Reason::rooms, false);
}

void RoomService::take_out(const RoomPtr& room) {
    if (!is_current(room)) return;
    rooms_.erase(Key{room->account()->row.id, room->id()});
    room_gauge_.Set(static_cast<double>(rooms_.size()));
    std::erase_if(private_via_, [&](const auto& via) {
        return via.second == room->id() && via.first.starts_with(room->account()->row.id.str() + '\n');
    });
    auto& of_slot = by_slot_[room->slot().get()];
    std::erase(of_slot, room);
    if (of_slot.empty()) by_slot_.erase(room->slot().get());
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
    if (head.type == "error") return on_error(stanza);
    if (head.type == "unavailable") {
        if (room) leave(room, head.from, stanza.element.child_text("status").value_or(""));
        return;
    }
    if (!head.type.empty()) return;  // typed presence never joins (GW-MUC-024)
    if (xmpp::xep0045::read_join(stanza.element)) return take_join(stanza, entity, account);
    if (!room || room->state != Room::State::joined || !room->seat(head.from)) return;
    // A seated resource with another nick asks for that nick; with the same it only says how it is.
    const auto* self = room->self();
    if (self && self->resource() == entity.resource) return tell_presence(room, stanza.element);
    if (entity.resource.empty()) return;
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
    if (fresh) room = make(account, entity, entity.resource);

    const auto now = face_.context.clock.steady();
    const Seat seat{head.from, entity.resource, head.id, now};
    if (room->state == Room::State::joined) {
        if (auto* seated = room->seat(head.from)) {
            const bool soon = now - seated->told_at < settings_.resync_every;
            if (soon && room->occupants().size() >= settings_.big_room) {
                return face_.refuse(head, translate::to_stanza_error(make_error(Errc::rate_limited)));
            }
            seated->join_id = seat.join_id;
            return voice_.welcome(*room, *seated);  // everything again (GW-MUC-004)
        }
    }
    room->unseat(head.from);
    room->waiting.push_back(seat);
    if (!fresh) spawn(face_.executor, expire(room, seat));
    if (room->state == Room::State::joined) return spawn(face_.executor, seat_when_kept(room, seat));
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
    co_await keep_waiting(room);
    if (!is_current(room)) co_return;  // everybody left meanwhile
    auto snapshot = co_await rooms->join(room->id(), std::move(nick), room->password, deadline);
    if (!snapshot) {
        const auto& error = snapshot.error();
        face_.context.log.event(kNotJoined,
                                {{"network", face_.name.str()},
                                 {"user", face_.context.log.person(room->account()->row.user.view())},
                                 {"error", to_string(error.error.code)},
                                 {"detail", error.error.detail}});
        const bool may_pass = error.error.code == Errc::not_connected || error.error.code == Errc::timed_out;
        join_failed(room, translate::to_stanza_error(error), again, may_pass);
        co_return;
    }
    if (!is_current(room)) {
        // Everybody left while the network was asked; if somebody has come anew, it is that join's room now.
        if (find(room->account(), room->id())) co_return;
        co_await rooms->leave(room->id(), "", face_.in(settings_.request_within));
        co_return;
    }
    face_.context.log.event(kJoined, {{"network", face_.name.str()}});
    enter(room, *snapshot);
    seat_waiting(room);
}

void RoomService::enter(const RoomPtr& room, const model::RoomSnapshot& snapshot) {
    const auto old_nick = room->own_nick;
    const auto before = room->enter(snapshot);
    // Those who were inside before the connection was lost hear who has gone meanwhile, and get the whole room
    // again (a resync, GW-MUC-004).
    const Occupant* old_self = nullptr;
    for (const auto& occupant : before) {
        const auto& nick = occupant->member.nick;
        if (nick == old_nick) old_self = occupant.get();
        if (nick == old_nick || room->occupant(nick)) continue;
        adapter::EventMemberLeft gone;
        gone.nick = nick;
        voice_.left(*room, *occupant, gone);
    }
    if (old_self && old_nick != room->own_nick) {
        voice_.renamed(*room, room->jid_of(*old_self), *room->self(), true);
    }
    for (auto& seat : room->seats) voice_.welcome(*room, seat);
    memory_.changed(room);
}

void RoomService::join_failed(const RoomPtr& room, const xmpp::StanzaError& error, bool again,
                              bool may_pass) {
    if (!is_current(room)) return;
    refuse_waiting(room, error);
    if (again && may_pass && !room->seats.empty()) {
        // Tried again when the session is back; or, if it never went, after a while.
        room->state = Room::State::lost;
        spawn(face_.executor, join_later(room));
        return;
    }
    for (const auto& seat : room->seats) {
        voice_.farewell(*room, seat, {307}, error.text);
        accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    }
    room->seats.clear();
    remove(room);
}

Task<> RoomService::join_later(RoomPtr room) {
    co_await sleep_until(face_.in(settings_.rejoin_after));
    if (!is_current(room) || room->state != Room::State::lost || !room->slot()->session()) co_return;
    room->state = Room::State::joining;
    co_await join(room, room->own_nick, true);
}

Task<> RoomService::expire(RoomPtr room, Seat seat) {
    co_await sleep_until(face_.in(settings_.join_within));
    const auto* waiting = room->waiting_as(seat);
    if (!waiting || !is_current(room)) co_return;
    voice_.refuse_join(*room, seat, translate::to_stanza_error(make_error(Errc::timed_out)));
    accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    room->unseat(seat.jid);
    leave_if_empty(room, "");
}

void RoomService::seat_waiting(const RoomPtr& room) {
    const auto waiting = room->waiting;  // what is spawned may be through at once
    for (const auto& seat : waiting) {
        if (seat.kept) {
            seat_one(room, seat);
        } else {
            spawn(face_.executor, seat_when_kept(room, seat));
        }
    }
}

Task<> RoomService::keep_waiting(RoomPtr room) {
    const auto waiting = room->waiting;
    for (const auto& seat : waiting) {
        if (!seat.kept) co_await remember(room, seat);
        if (auto* still = room->waiting_as(seat)) still->kept = true;
    }
}

Task<> RoomService::seat_when_kept(RoomPtr room, Seat seat) {
    co_await remember(room, seat);
    seat_one(room, seat);
}

void RoomService::seat_one(const RoomPtr& room, const Seat& seat) {
    // Meanwhile it may have left, asked anew, or been seated; or the connection was lost, and it goes on waiting.
    if (!room->waiting_as(seat) || !is_current(room) || room->state != Room::State::joined) return;
    room->unseat(seat.jid);
    voice_.welcome(*room, room->seats.emplace_back(seat));
}

void RoomService::refuse_waiting(const RoomPtr& room, const xmpp::StanzaError& error) {
    for (const auto& seat : std::exchange(room->waiting, {})) {
        voice_.refuse_join(*room, seat, error);
        // It may be kept already, or have been left by a crash: it is not to be taken up once more.
        accounts_.drop_join(room->account(), room->id(), seat.jid.str());
    }
}

Task<> RoomService::remember(const RoomPtr& room, const Seat& seat) {
    store::JoinRow row;
    row.account = room->account()->row.id;
    row.room = room->id();
    row.address = face_.network.format_address(model::Address{room->slot()->endpoint(), room->id()});
    row.resource_jid = seat.jid.str();
    row.nick = seat.wanted_nick;
    return accounts_.save_join(std::move(row), room->password);
}

void RoomService::leave(const RoomPtr& room, const xmpp::Jid& resource, std::string reason) {
    const auto* seat = room->occupied(resource);
    if (seat == nullptr) return;  // not its room to leave (GW-MUC-024)
    voice_.farewell(*room, *seat, {}, "");
    room->unseat(resource);
    accounts_.drop_join(room->account(), room->id(), resource.str());
    leave_if_empty(room, std::move(reason));
}

Task<> RoomService::leave_legacy(std::shared_ptr<accounts::Slot> slot, RoomId room, std::string reason) {
    const auto session = slot->session();
    // A reason that the network cannot carry is left out; leaving itself must not fail.
    if (reason.find_first_of("\r\n") != std::string::npos) reason.clear();
    if (session && session->rooms()) {  // it may have gone since this was started
        co_await session->rooms()->leave(std::move(room), std::move(reason),
                                         face_.in(settings_.request_within));
    }
    release(slot);  // only now may the session go: the room hears a goodbye rather than a lost connection
}

void RoomService::leave_if_empty(const RoomPtr& room, std::string reason) {
    if (!room->seats.empty() || !room->waiting.empty()) return;
    const auto session = room->slot()->session();
    if (room->state != Room::State::joined || !session || !session->rooms()) return remove(room);
    take_out(room);
    spawn(face_.executor, leave_legacy(room->slot(), room->id(), std::move(reason)));
}

namespace {
Task<> set_presence(std::shared_ptr<adapter::Session> session, model::Presence presence,
                    SteadyTime deadline) {
    co_await session->set_presence(std::move(presence), deadline);
}
}  // namespace

void RoomService::tell_presence(const RoomPtr& room, const xml::Element& presence) {
    // Who has the gateway in the roster tells it there, for all resources together.
    if (room->account()->presence.show != model::Availability::offline) return;
    const auto session = room->slot()->session();
    if (!session || !face_.network.info().capabilities.has(adapter::Capability::presence)) return;
    spawn(face_.executor,
          set_presence(session, translate::read_presence(presence), face_.in(settings_.request_within)));
}

Task<> RoomService::change_nick(RoomPtr room, xmpp::StanzaHead head, std::string nick) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms()) {
        face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
        co_return;
    }
    const auto done =
        co_await session->rooms()->change_nick(std::move(nick), face_.in(settings_.request_within));
    if (!done) face_.refuse(head, translate::to_stanza_error(done.error()));
}

}  // namespace causeway::rooms
