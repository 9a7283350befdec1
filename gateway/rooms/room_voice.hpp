#pragma once
/// @file gateway/rooms/room_voice.hpp
/// NAME       RoomVoice: the stanzas that a room says to the people in it (XEP-0045).
/// WHY        What happens in a room is decided in RoomService; how it is said in XMPP is decided here.
/// TESTS      tests/unit/gateway/room_voice_test.cpp, tests/e2e/test_rooms.py
#include <string>
#include <string_view>

#include "gateway/adapter/event.hpp"
#include "gateway/base/assert.hpp"
#include "gateway/rooms/room.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/messages.hpp"
#include "gateway/translate/resend.hpp"

namespace causeway::rooms {

class RoomVoice {
public:
    RoomVoice(translate::Face face, const Secret<>& secret)
        : face_(face), secret_(secret), last_words_(face) {}

    /// The whole join: occupants, then oneself (110, 210 when renamed), then the subject (GW-MUC-001).
    void welcome(Room& room, Seat& seat);
    /// A member came, or changed rank or away state.
    void shows(Room& room, const Occupant& occupant);
    /// A member is out. `jid` is what the member was called.
    void left(Room& room, const Occupant& occupant, const adapter::EventMemberLeft& event);
    void renamed(Room& room, const xmpp::Jid& old_jid, const Occupant& occupant, bool self);
    /// Words in the room, from an occupant or (nullptr) the room itself.
    void said(const Room& room, const Occupant* from, std::string_view body, std::string_view id,
              std::string_view origin_id, std::optional<WallTime> sent_at);
    void subject(Room& room);
    /// The room is set to something else.
    void reconfigured(const Room& room);
    /// Tells one seat that it is out: status 110 and `codes`; `reason` may be empty.
    void farewell(Room& room, const Seat& seat, std::initializer_list<int> codes, std::string_view reason);
    /// The occupant's mark (XEP-0421), for what is said elsewhere in its name.
    [[nodiscard]] xml::Element id_of(const Room& room, const Occupant& occupant) const;
    void refuse_join(const Room& room, const Seat& seat, const xmpp::StanzaError& error);

    /// The link was lost and is back: what those who are out may not have heard is said again …
    void repeat_last_words() { last_words_.send_again(); }
    /// … and those inside are told how it is now of everything they may have missed.
    void catch_up(Room& room);

private:
    [[nodiscard]] xml::Element occupant_presence(const Room& room, const Occupant& occupant,
                                                 const xmpp::Jid& to, std::initializer_list<int> codes) const;
    void send_subject(const Room& room, const Seat& seat);
    /// Makes what an occupant's words need, if they are its first.
    [[nodiscard]] const Occupant::Extra& prepared_to_speak(const Room& room, const Occupant& occupant) const;
    void doubt(Room& room, std::string_view resource, bool was_own = false);
    void gone_meanwhile(Room& room, std::string_view resource);
    void send_gone(const xmpp::Jid& who, const xmpp::Jid& to);

    translate::Face face_;
    const Secret<>& secret_;        ///< the network's: occupant ids are made with it
    translate::Resend last_words_;  ///< to those who are out, whom no room can tell again
    std::string buffer_;            ///< reused for every message: rooms are the hot path
};

/// How a rank looks in XMPP: affiliation and role.
struct Standing {
    std::string_view affiliation;
    std::string_view role;
};
[[nodiscard]] Standing standing_of(model::Rank rank, bool moderated) noexcept;

}  // namespace causeway::rooms
