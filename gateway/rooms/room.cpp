#include "gateway/rooms/room.hpp"

#include <algorithm>

#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"

namespace causeway::rooms {

void Room::enter(const model::RoomSnapshot& snapshot) {
    occupants_.clear();
    nick_of_resource_.clear();
    taken_identities_.clear();
    own_nick = snapshot.own_nick;
    topic = snapshot.topic;
    settings = snapshot.settings;
    for (const auto& member : snapshot.members) static_cast<void>(put(member));
    static_cast<void>(own_place());
    state = State::joined;
}

Occupant& Room::own_place() {
    if (auto* known = self()) return *known;
    model::Member self;
    self.nick = own_nick;
    return put(std::move(self));
}

Occupant& Room::put(model::Member member) {
    auto& occupant = occupants_[member.nick];
    if (occupant.jid.empty()) {
        occupant.jid = free_jid(member.nick);
        nick_of_resource_.emplace(occupant.jid.resource(), member.nick);
        // Somebody new who is given a name that another gave up is not that other one.
        if (taken_identities_.contains(member.contact.str())) {
            occupant.known_as = member.contact.str() + '\n' + std::to_string(++stand_ins_);
        }
    }
    occupant.member = std::move(member);
    occupant.spoken_id.clear();
    return occupant;
}

void Room::erase(const std::string& nick) {
    const auto found = occupants_.find(nick);
    if (found == occupants_.end()) return;
    nick_of_resource_.erase(std::string(found->second.jid.resource()));
    release_identity(found->second);
    occupants_.erase(found);
}

void Room::release_identity(const Occupant& occupant) {
    if (!occupant.known_as.empty()) taken_identities_.erase(occupant.known_as);
}

Occupant& Room::rename(const std::string& old_nick, model::Member member) {
    const auto* before = occupant(old_nick);
    const auto identity = before ? before->identity() : std::string();
    erase(old_nick);
    auto& after = put(std::move(member));
    if (identity.empty()) return after;
    release_identity(after);
    after.known_as = identity == after.member.contact.str() ? std::string() : identity;
    if (!after.known_as.empty()) taken_identities_.insert(after.known_as);
    return after;
}

xmpp::Jid Room::free_jid(const std::string& nick) {
    const auto taken = [this](const xmpp::Jid& jid) {
        return nick_of_resource_.contains(std::string(jid.resource()));
    };
    // A nick that XMPP does not take as it is gets a readable stand-in; a suffix keeps stand-ins apart (GW-MUC-019).
    auto plain = jid_.with_resource(nick);
    // One that preparation would fold into another's (fullwidth letters, soft hyphens) is no plain one either.
    if (plain && plain->resource() == nick && !taken(*plain)) return std::move(*plain);
    const auto shown = text::display_name(nick);
    while (true) {
        const auto tail = " (" + std::to_string(++stand_ins_) + ")";
        auto jid = jid_.with_resource((shown.empty() ? "?" : std::string(text::prefix(shown, 200))) + tail);
        if (!jid) jid = jid_.with_resource("?" + tail);
        CAUSEWAY_ASSERT(jid);
        if (!taken(*jid)) return std::move(*jid);
    }
}

Occupant* Room::occupant(const std::string& nick) {
    const auto found = occupants_.find(nick);
    return found == occupants_.end() ? nullptr : &found->second;
}

const Occupant* Room::occupant(const std::string& nick) const {
    const auto found = occupants_.find(nick);
    return found == occupants_.end() ? nullptr : &found->second;
}

Occupant* Room::by_resource(std::string_view resource) {
    const auto found = nick_of_resource_.find(std::string(resource));
    return found == nick_of_resource_.end() ? nullptr : occupant(found->second);
}

Occupant* Room::by_contact(const ContactId& contact) {
    for (auto& [nick, occupant] : occupants_) {
        if (occupant.member.contact == contact) return &occupant;
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

void Room::unseat(const xmpp::Jid& jid) {
    std::erase_if(seats, [&](const Seat& seat) { return seat.jid == jid; });
    std::erase_if(waiting, [&](const Seat& seat) { return seat.jid == jid; });
}

}  // namespace causeway::rooms
