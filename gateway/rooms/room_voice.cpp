#include "gateway/rooms/room_voice.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0203_delay.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "component/xep/xep0421_occupant_id.hpp"
#include "component/xml/writer.hpp"
#include "gateway/rooms/occupant_ids.hpp"

namespace causeway::rooms {
namespace {

using xmpp::StanzaKind;
using xmpp::xep0045::OccupantItem;

constexpr int kReconfigured = 104;
constexpr int kSelf = 110;
constexpr int kNickRewritten = 210;
constexpr int kRenamed = 303;
constexpr int kKicked = 307;
constexpr int kBanned = 301;
constexpr int kRemovedByService = 333;

int code_of(adapter::EventMemberLeft::How how) noexcept {
    using How = adapter::EventMemberLeft::How;
    switch (how) {
        case How::kicked:
            return kKicked;
        case How::banned:
            return kBanned;
        case How::left:
        case How::disconnected:
            break;
    }
    return 0;
}

}  // namespace

Standing standing_of(model::Rank rank, bool moderated) noexcept {
    switch (rank) {
        case model::Rank::owner:
            return {"owner", "moderator"};
        case model::Rank::admin:
        case model::Rank::moderator:
            return {"admin", "moderator"};
        case model::Rank::half_moderator:
            return {"member", "moderator"};
        case model::Rank::voiced:
            return {"member", "participant"};
        case model::Rank::none:
            break;
    }
    return {"none", moderated ? "visitor" : "participant"};
}

xml::Element RoomVoice::id_of(const Room& room, const Occupant& occupant) const {
    return xmpp::xep0421::make_occupant_id(occupant_id(secret_, room.id(), occupant.identity()));
}

xml::Element RoomVoice::occupant_presence(const Room& room, const Occupant& occupant, const xmpp::Jid& to,
                                          std::initializer_list<int> codes) const {
    auto presence = xmpp::make_stanza(StanzaKind::presence, room.jid_of(occupant), to);
    if (occupant.member.away) presence.add("show").add_text("away");
    const auto standing = standing_of(occupant.member.rank, room.settings.moderated.value_or(false));
    OccupantItem item;
    item.affiliation = standing.affiliation;
    item.role = standing.role;
    item.codes = codes;
    presence.add(xmpp::xep0045::make_user_x(item));
    presence.add(id_of(room, occupant));
    return presence;
}

void RoomVoice::welcome(Room& room, Seat& seat) {
    seat.told_at = face_.context.clock.steady();
    const auto* self = &room.own_place();
    if (const auto saw = std::exchange(seat.saw, nullptr)) {
        for (const auto& resource : *saw) {
            const auto jid = room.jid().with_resource(resource);
            if (jid && !room.by_resource(resource)) send_gone(*jid, seat.jid);
        }
    }
    for (const auto& occupant : room.occupants()) {
        if (occupant.get() != self)
            static_cast<void>(face_.outlet.send(occupant_presence(room, *occupant, seat.jid, {})));
    }
    const bool renamed = self->resource() != seat.wanted_nick;
    auto own = renamed ? occupant_presence(room, *self, seat.jid, {kSelf, kNickRewritten})
                       : occupant_presence(room, *self, seat.jid, {kSelf});
    if (!seat.join_id.empty()) own.set_attr("id", seat.join_id);
    static_cast<void>(face_.outlet.send(own));
    send_subject(room, seat);
}

void RoomVoice::send_subject(const Room& room, const Seat& seat) {
    // Only who is in the room can be named: the text of a topic's author is anybody's.
    const auto* author = room.occupant(room.topic.set_by);
    auto message = xmpp::make_stanza(StanzaKind::message, author ? room.jid_of(*author) : room.jid(),
                                     seat.jid, "groupchat", face_.context.random.token());
    message.add("subject").add_text(room.topic.text);
    if (author) message.add(id_of(room, *author));
    if (room.topic.set_at) message.add(xmpp::xep0203::make_delay(*room.topic.set_at, room.jid().str()));
    static_cast<void>(face_.outlet.send(message));
}

void RoomVoice::subject(Room& room) {
    room.doubts.note_subject(face_.context.clock.steady());
    for (const auto& seat : room.seats) send_subject(room, seat);
}

void RoomVoice::shows(Room& room, const Occupant& occupant) {
    doubt(room, occupant.resource());
    const bool self = occupant.member.nick == room.own_nick;
    for (const auto& seat : room.seats) {
        static_cast<void>(face_.outlet.send(self ? occupant_presence(room, occupant, seat.jid, {kSelf})
                                                 : occupant_presence(room, occupant, seat.jid, {})));
    }
}

void RoomVoice::left(Room& room, const Occupant& occupant, const adapter::EventMemberLeft& event) {
    doubt(room, occupant.resource());
    OccupantItem item;
    item.affiliation =
        event.how == adapter::EventMemberLeft::How::banned
            ? "outcast"
            : standing_of(occupant.member.rank, room.settings.moderated.value_or(false)).affiliation;
    item.role = "none";
    const int code = code_of(event.how);
    if (code != 0) {
        item.actor_nick = event.actor;
        item.reason = event.reason;
        item.codes.push_back(code);
    } else if (event.how == adapter::EventMemberLeft::How::disconnected) {
        item.codes.push_back(kRemovedByService);
    }
    if (event.self) item.codes.push_back(kSelf);
    const auto x = xmpp::xep0045::make_user_x(item);
    const auto id = id_of(room, occupant);
    const auto jid = room.jid_of(occupant);
    for (const auto& seat : room.seats) {
        auto presence = xmpp::make_stanza(StanzaKind::presence, jid, seat.jid, "unavailable");
        if (code == 0 && !event.reason.empty()) presence.add("status").add_text(event.reason);
        presence.add(x);
        presence.add(id);
        // With the user the room goes: it cannot tell again.
        if (event.self)
            last_words_.send(std::move(presence));
        else
            static_cast<void>(face_.outlet.send(presence));
    }
}

void RoomVoice::renamed(Room& room, const xmpp::Jid& old_jid, const Occupant& occupant, bool self) {
    doubt(room, old_jid.resource(), self);
    OccupantItem item;
    const auto standing = standing_of(occupant.member.rank, room.settings.moderated.value_or(false));
    item.affiliation = standing.affiliation;
    item.role = standing.role;
    item.new_nick = occupant.resource();
    item.codes.push_back(kRenamed);
    if (self) item.codes.push_back(kSelf);
    for (const auto& seat : room.seats) {
        auto gone = xmpp::make_stanza(StanzaKind::presence, old_jid, seat.jid, "unavailable");
        gone.add(xmpp::xep0045::make_user_x(item));
        gone.add(id_of(room, occupant));
        static_cast<void>(face_.outlet.send(gone));
    }
    shows(room, occupant);
}

const Occupant::Extra& RoomVoice::prepared_to_speak(const Room& room, const Occupant& occupant) const {
    auto& extra = occupant.make_extra();
    if (extra.spoken_jid.empty()) extra.spoken_jid = room.jid_of(occupant);
    if (extra.spoken_id.empty()) extra.spoken_id = occupant_id(secret_, room.id(), occupant.identity());
    return extra;
}

void RoomVoice::said(const Room& room, const Occupant* from, std::string_view body, std::string_view id,
                     std::string_view origin_id, std::optional<WallTime> sent_at) {
    const auto stanza_id = face_.context.random.token();
    const Occupant::Extra* speaker = from ? &prepared_to_speak(room, *from) : nullptr;
    const bool late = sent_at && face_.context.clock.wall() - *sent_at > translate::kDelayFrom;
    for (const auto& seat : room.seats) {
        buffer_.clear();
        xml::Writer writer(buffer_, xmpp::kComponentNs);
        writer.open("message")
            .attr("from", speaker ? speaker->spoken_jid.str() : room.jid().str())
            .attr("to", seat.jid.str())
            .attr("type", "groupchat")
            .attr("id", id);
        writer.open("body").text(body).close();
        if (!origin_id.empty()) writer.open("origin-id", xmpp::xep0359::kNs).attr("id", origin_id).close();
        writer.open("stanza-id", xmpp::xep0359::kNs)
            .attr("id", stanza_id)
            .attr("by", room.jid().str())
            .close();
        if (speaker) writer.open("occupant-id", xmpp::xep0421::kNs).attr("id", speaker->spoken_id).close();
        if (late) writer.element(xmpp::xep0203::make_delay(*sent_at, room.jid().str()));
        writer.close();
        static_cast<void>(face_.outlet.send_written(buffer_));
    }
}

void RoomVoice::reconfigured(const Room& room) {
    for (const auto& seat : room.seats) {
        auto message = xmpp::make_stanza(StanzaKind::message, room.jid(), seat.jid, "groupchat",
                                         face_.context.random.token());
        auto x = xmpp::xep0045::make_user_marker();
        x.add("status").set_attr("code", std::to_string(kReconfigured));
        message.add(std::move(x));
        static_cast<void>(face_.outlet.send(message));
    }
}

void RoomVoice::farewell(Room& room, const Seat& seat, std::initializer_list<int> codes,
                         std::string_view reason) {
    const auto* self = room.self();
    auto jid = self ? room.jid_of(*self) : room.jid();
    if (!self) {
        if (auto wanted = room.jid().with_resource(seat.wanted_nick)) jid = std::move(*wanted);
    }
    OccupantItem item;
    item.affiliation = "none";
    item.role = "none";
    item.codes.assign(codes.begin(), codes.end());
    item.codes.push_back(kSelf);
    item.reason = std::string(reason);
    auto presence = xmpp::make_stanza(StanzaKind::presence, jid, seat.jid, "unavailable");
    if (!reason.empty()) presence.add("status").add_text(reason);
    presence.add(xmpp::xep0045::make_user_x(item));
    if (self) presence.add(id_of(room, *self));
    last_words_.send(std::move(presence));
}

void RoomVoice::refuse_join(const Room& room, const Seat& seat, const xmpp::StanzaError& error) {
    xmpp::StanzaHead request;
    request.kind = StanzaKind::presence;
    request.from = seat.jid;
    request.id = seat.join_id;
    auto to = room.jid().with_resource(seat.wanted_nick);
    request.to = to ? std::move(*to) : room.jid();
    auto told = error;
    told.text = face_.say(request.from, error.text);
    if (auto reply = xmpp::make_error_reply(request, told)) last_words_.send(std::move(*reply));
}

// ------------------------------------------------------------------------------------------- after a lost link

void RoomVoice::doubt(Room& room, std::string_view resource, bool was_own) {
    room.doubts.note(resource, face_.context.clock.steady(), face_.outlet.taken_until(), was_own);
}

void RoomVoice::catch_up(Room& room) {
    const auto taken = face_.outlet.taken_until();
    const auto doubted = room.doubts.take(taken);  // telling it again puts it in doubt again
    const bool subject_doubted = room.doubts.take_subject(taken);
    // A name of the user's own first: somebody else may have it now.
    for (const auto& [resource, about] : doubted) {
        const auto old = room.jid().with_resource(resource);
        if (about.was_own && old && room.self() && room.self()->resource() != old->resource())
            renamed(room, *old, *room.self(), true);
    }
    for (const auto& [resource, about] : doubted) {
        if (const auto* occupant = room.by_resource(resource)) {
            shows(room, *occupant);
        } else if (!about.was_own) {
            gone_meanwhile(room, resource);
        }
    }
    bool everybody = true;
    for (auto& seat : room.seats) {
        if (seat.told_at >= taken)
            welcome(room, seat);  // its join itself may be what it did not hear of
        else
            everybody = false;
    }
    if (subject_doubted && !everybody) subject(room);
}

void RoomVoice::gone_meanwhile(Room& room, std::string_view resource) {
    const auto jid = room.jid().with_resource(resource);
    if (!jid) return;
    doubt(room, jid->resource());
    for (const auto& seat : room.seats) send_gone(*jid, seat.jid);
}

void RoomVoice::send_gone(const xmpp::Jid& who, const xmpp::Jid& to) {
    OccupantItem item;
    item.affiliation = "none";
    item.role = "none";
    auto presence = xmpp::make_stanza(StanzaKind::presence, who, to, "unavailable");
    presence.add(xmpp::xep0045::make_user_x(item));
    static_cast<void>(face_.outlet.send(presence));
}

}  // namespace causeway::rooms
