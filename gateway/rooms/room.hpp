#pragma once
/// @file gateway/rooms/room.hpp
/// NAME       Room: one room as one user sees it, and the user's resources that sit in it.
/// WHY        A user's own session is what is in the legacy room; so each user has a room of their own, and several
///            resources share its nick.
/// INVARIANTS Nicks in `occupants` are unique; every occupant's JID is fit for XMPP and unique in the room.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "component/stanza/jid.hpp"
#include "gateway/accounts/slot.hpp"
#include "gateway/model/room.hpp"
#include "gateway/rooms/doubts.hpp"

namespace causeway::rooms {

struct Occupant {
    model::Member member;
    xmpp::Jid jid;  ///< room@component/nick
    /// The occupant id, once made for words: a keyed hash costs more than the line.
    mutable std::string spoken_id;
    std::string known_as;  ///< who it was before a new name; empty: its contact says who it is

    /// Who it is, whatever it is called now: what its occupant id is made of.
    [[nodiscard]] const std::string& identity() const noexcept {
        return known_as.empty() ? member.contact.str() : known_as;
    }
};

/// A resource of the user that sits in the room.
struct Seat {
    xmpp::Jid jid;
    std::string wanted_nick;
    std::string join_id;   ///< id of the presence that asked, for the answer
    SteadyTime told_at{};  ///< when it was last given the whole room
    /// Whom it saw before a crash of ours, by resource: those who are gone have to be taken away.
    std::shared_ptr<const std::vector<std::string>> saw{};
};

class Room {
public:
    enum class State {
        joining,  ///< the network has been asked
        joined,
        lost,  ///< the connection is gone; it is joined again when it is back
    };

    Room(std::shared_ptr<accounts::Slot> slot, RoomId id, xmpp::Jid jid)
        : slot_(std::move(slot)), id_(std::move(id)), jid_(std::move(jid)) {}

    [[nodiscard]] const std::shared_ptr<accounts::Slot>& slot() const noexcept { return slot_; }
    [[nodiscard]] const accounts::AccountPtr& account() const noexcept { return slot_->account(); }
    [[nodiscard]] const RoomId& id() const noexcept { return id_; }
    [[nodiscard]] const xmpp::Jid& jid() const noexcept { return jid_; }

    /// Takes over what the network tells of the room.
    void enter(const model::RoomSnapshot& snapshot);
    [[nodiscard]] Occupant& put(model::Member member);
    [[nodiscard]] Occupant* occupant(const std::string& nick);
    [[nodiscard]] const Occupant* occupant(const std::string& nick) const;
    [[nodiscard]] Occupant* by_resource(std::string_view resource);
    [[nodiscard]] Occupant* by_contact(const ContactId& contact);
    void erase(const std::string& nick);
    /// Somebody is called otherwise now, and is still the same person.
    [[nodiscard]] Occupant& rename(const std::string& old_nick, model::Member member);
    [[nodiscard]] const std::map<std::string, Occupant>& occupants() const noexcept { return occupants_; }
    [[nodiscard]] Occupant* self() { return occupant(own_nick); }
    /// The user's own place; made if the network did not name the user among the members.
    [[nodiscard]] Occupant& own_place();

    [[nodiscard]] Seat* seat(const xmpp::Jid& jid);
    /// The resource's place, be it seated or waiting; nullptr without one.
    [[nodiscard]] Seat* occupied(const xmpp::Jid& jid);
    void unseat(const xmpp::Jid& jid);

    State state = State::joining;
    std::string own_nick;
    model::Topic topic;
    model::RoomSettings settings;
    Secret<std::string> password;
    std::vector<Seat> seats;    ///< told everything
    std::vector<Seat> waiting;  ///< to be seated when the join has succeeded
    Doubts doubts;              ///< what the seats may not have heard

private:
    void release_identity(const Occupant& occupant);
    [[nodiscard]] xmpp::Jid free_jid(const std::string& nick);

    std::shared_ptr<accounts::Slot> slot_;
    RoomId id_;
    xmpp::Jid jid_;
    std::map<std::string, Occupant> occupants_;                      ///< by nick
    std::unordered_map<std::string, std::string> nick_of_resource_;  ///< by the JID's resource
    std::set<std::string> taken_identities_;  ///< of those who are called otherwise now
    unsigned stand_ins_ = 0;                  ///< counted up, so that finding a free one does not search
};
using RoomPtr = std::shared_ptr<Room>;

}  // namespace causeway::rooms
