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
#include <string_view>
#include <vector>

#include "component/stanza/jid.hpp"
#include "gateway/accounts/slot.hpp"
#include "gateway/model/room.hpp"
#include "gateway/rooms/doubts.hpp"

namespace causeway::rooms {

/// Somebody in a room. There are many of them, so what few need, and what can be made from the nick, is apart.
struct Occupant {
    model::Member member;

    struct Extra {
        std::string resource;  ///< a stand-in for a nick that XMPP does not take as it is
        std::string known_as;  ///< who it was before a new name; empty: its contact says who it is
        /// Of those who have spoken, made once for words: both cost more than the line.
        xmpp::Jid spoken_jid;
        std::string spoken_id;
    };
    mutable std::unique_ptr<Extra> extra;

    [[nodiscard]] Extra& make_extra() const {
        if (!extra) extra = std::make_unique<Extra>();
        return *extra;
    }
    /// Of its JID in the room.
    [[nodiscard]] const std::string& resource() const noexcept {
        return extra && !extra->resource.empty() ? extra->resource : member.nick;
    }
    /// Who it is, whatever it is called now: what its occupant id is made of.
    [[nodiscard]] const std::string& identity() const noexcept {
        return extra && !extra->known_as.empty() ? extra->known_as : member.contact.str();
    }
};
using Occupants = std::vector<std::unique_ptr<Occupant>>;  ///< sorted by nick

/// A resource of the user that sits in the room.
struct Seat {
    xmpp::Jid jid;
    std::string wanted_nick;
    std::string join_id;   ///< id of the presence that asked, for the answer
    SteadyTime told_at{};  ///< when it was last given the whole room
    /// Whom it saw before a crash of ours, by resource: those who are gone have to be taken away.
    std::shared_ptr<const std::vector<std::string>> saw{};
    bool kept = false;  ///< in the store: a crash would find it
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

    /// Takes over what the network tells of the room. @return those who were inside before
    [[nodiscard]] Occupants enter(const model::RoomSnapshot& snapshot);
    [[nodiscard]] Occupant& put(model::Member member);
    [[nodiscard]] Occupant* occupant(std::string_view nick);
    [[nodiscard]] const Occupant* occupant(std::string_view nick) const;
    [[nodiscard]] Occupant* by_resource(std::string_view resource);
    /// room@component/nick
    [[nodiscard]] xmpp::Jid jid_of(const Occupant& occupant) const;
    [[nodiscard]] Occupant* by_contact(const ContactId& contact);
    void erase(std::string_view nick);
    /// Somebody is called otherwise now, and is still the same person.
    [[nodiscard]] Occupant& rename(const std::string& old_nick, model::Member member);
    [[nodiscard]] const Occupants& occupants() const noexcept { return occupants_; }
    [[nodiscard]] Occupant* self() { return occupant(own_nick); }
    /// The user's own place; made if the network did not name the user among the members.
    [[nodiscard]] Occupant& own_place();

    [[nodiscard]] Seat* seat(const xmpp::Jid& jid);
    /// The resource's place, be it seated or waiting; nullptr without one.
    [[nodiscard]] Seat* occupied(const xmpp::Jid& jid);
    /// The place of this very request, while it waits; nullptr without.
    [[nodiscard]] Seat* waiting_as(const Seat& seat);
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
    [[nodiscard]] Occupants::const_iterator position(std::string_view nick) const;
    [[nodiscard]] std::string free_resource(const std::string& nick);

    std::shared_ptr<accounts::Slot> slot_;
    RoomId id_;
    xmpp::Jid jid_;
    Occupants occupants_;
    std::map<std::string, std::string, std::less<>>
        nick_of_stand_in_;                    ///< by resource, where it is not the nick
    std::set<std::string> taken_identities_;  ///< of those who are called otherwise now
    unsigned stand_ins_ = 0;                  ///< counted up, so that finding a free one does not search
};
using RoomPtr = std::shared_ptr<Room>;

}  // namespace causeway::rooms
