#include "gateway/rooms/room.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"

namespace causeway::rooms {

namespace {

const std::string& nick_of(const std::unique_ptr<Occupant>& occupant) noexcept {
    return occupant->member.nick;
}

}  // namespace

Occupants Room::enter(const model::RoomSnapshot& snapshot) {
    auto before = std::exchange(occupants_, {});
    nick_of_stand_in_.clear();
    taken_identities_.clear();
    own_nick = snapshot.own_nick;
    topic = snapshot.topic;
    settings = snapshot.settings;
    // In the order of nicks: then each is put at the end.
    std::vector<const model::Member*> members;
    members.reserve(snapshot.members.size());
    for (const auto& member : snapshot.members) members.push_back(&member);
    // Of two of one nick the last counts.
    std::ranges::sort(members, {}, [](const model::Member* member) {
        return std::pair(std::string_view(member->nick), member);
    });
    occupants_.reserve(members.size());
    for (const auto* member : members) static_cast<void>(put(*member));
    static_cast<void>(own_place());
    state = State::joined;
    return before;
}

Occupant& Room::own_place() {
    if (auto* known = self()) return *known;
    model::Member self;
    self.nick = own_nick;
    return put(std::move(self));
}

Occupant& Room::put(model::Member member) {
    auto* known = occupant(member.nick);
    if (!known) {
        auto fresh = std::make_unique<Occupant>();
        known = fresh.get();
        if (auto resource = free_resource(member.nick); resource != member.nick) {
            nick_of_stand_in_.emplace(resource, member.nick);
            fresh->make_extra().resource = std::move(resource);
        }
        // Somebody new who is given a name that another gave up is not that other one.
        if (taken_identities_.contains(member.contact.str())) {
            fresh->make_extra().known_as = member.contact.str() + '\n' + std::to_string(++stand_ins_);
        }
        occupants_.insert(position(member.nick), std::move(fresh));
    }
    known->member = std::move(member);
    if (known->extra) known->extra->spoken_id.clear();
    return *known;
}

void Room::erase(std::string_view nick) {
    const auto found = position(nick);
    if (found == occupants_.end() || nick_of(*found) != nick) return;
    const auto& extra = (*found)->extra;
    if (extra && !extra->resource.empty()) nick_of_stand_in_.erase(extra->resource);
    release_identity(**found);
    occupants_.erase(found);
}

void Room::release_identity(const Occupant& occupant) {
    if (occupant.extra && !occupant.extra->known_as.empty())
        taken_identities_.erase(occupant.extra->known_as);
}

Occupant& Room::rename(const std::string& old_nick, model::Member member) {
    const auto* before = occupant(old_nick);
    const auto identity = before ? before->identity() : std::string();
    erase(old_nick);
    auto& after = put(std::move(member));
    if (identity.empty()) return after;
    release_identity(after);
    if (identity != after.member.contact.str()) {
        after.make_extra().known_as = identity;
        taken_identities_.insert(identity);
    } else if (after.extra) {
        after.extra->known_as.clear();
    }
    return after;
}

std::string Room::free_resource(const std::string& nick) {
    // A nick that XMPP does not take as it is gets a readable stand-in; a suffix keeps stand-ins apart (GW-MUC-019).
    const auto plain = xmpp::prepare_resource(nick);
    // One that preparation would fold into another's (fullwidth letters, soft hyphens) is no plain one either.
    if ((nick.empty() || (plain && *plain == nick)) && !by_resource(nick)) return nick;
    const auto shown = text::display_name(nick);
    while (true) {
        const auto tail = " (" + std::to_string(++stand_ins_) + ")";
        auto resource =
            xmpp::prepare_resource((shown.empty() ? "?" : std::string(text::prefix(shown, 200))) + tail);
        if (!resource) resource = xmpp::prepare_resource("?" + tail);
        CAUSEWAY_ASSERT(resource);
        if (!by_resource(*resource)) return std::move(*resource);
    }
}

xmpp::Jid Room::jid_of(const Occupant& occupant) const {
    auto jid = jid_.with_resource(occupant.resource());
    CAUSEWAY_ASSERT(jid);  // it was prepared when the occupant came
    return std::move(*jid);
}

Occupants::const_iterator Room::position(std::string_view nick) const {
    return std::ranges::lower_bound(occupants_, nick, {}, nick_of);
}

Occupant* Room::occupant(std::string_view nick) {
    const auto found = position(nick);
    return found == occupants_.end() || nick_of(*found) != nick ? nullptr : found->get();
}

const Occupant* Room::occupant(std::string_view nick) const {
    const auto found = position(nick);
    return found == occupants_.end() || nick_of(*found) != nick ? nullptr : found->get();
}

Occupant* Room::by_resource(std::string_view resource) {
    if (const auto found = nick_of_stand_in_.find(resource); found != nick_of_stand_in_.end())
        return occupant(found->second);
    auto* named_so = occupant(resource);
    return named_so && named_so->resource() == resource ? named_so : nullptr;
}

Occupant* Room::by_contact(const ContactId& contact) {
    for (const auto& occupant : occupants_) {
        if (occupant->member.contact == contact) return occupant.get();
    }
    return nullptr;
}

Seat* Room::seat(const xmpp::Jid& jid) {
    const auto found = std::ranges::find(seats, jid, &Seat::jid);
    return found == seats.end() ? nullptr : &*found;
}

Seat* Room::occupied(const xmpp::Jid& jid) {
    if (auto* seated = seat(jid)) return seated;
    const auto found = std::ranges::find(waiting, jid, &Seat::jid);
    return found == waiting.end() ? nullptr : &*found;
}

Seat* Room::waiting_as(const Seat& seat) {
    const auto found = std::ranges::find_if(
        waiting, [&](const Seat& other) { return other.jid == seat.jid && other.join_id == seat.join_id; });
    return found == waiting.end() ? nullptr : &*found;
}

void Room::unseat(const xmpp::Jid& jid) {
    std::erase_if(seats, [&](const Seat& seat) { return seat.jid == jid; });
    std::erase_if(waiting, [&](const Seat& seat) { return seat.jid == jid; });
}

}  // namespace causeway::rooms
