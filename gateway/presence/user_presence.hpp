#pragma once
/// @file gateway/presence/user_presence.hpp
/// NAME       UserPresence: the resources of users that we know to be online, reduced to one presence each.
/// WHY        A network shows one state for one person; a login storm (one presence per contact in the roster)
///            must come out as one change (GW-LOG-006). Pure: no I/O.
/// TESTS      tests/unit/gateway/user_presence_test.cpp
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/model/ids.hpp"
#include "gateway/model/presence.hpp"

namespace causeway::presence {

/// What a change of one resource meant for the whole.
struct Change {
    model::Presence before;
    model::Presence after;

    [[nodiscard]] bool came_online() const noexcept {
        return before.show == model::Availability::offline && after.show != model::Availability::offline;
    }
    [[nodiscard]] bool went_offline() const noexcept {
        return before.show != model::Availability::offline && after.show == model::Availability::offline;
    }
    [[nodiscard]] bool any() const noexcept { return before != after; }
};

class UserPresence {
public:
    Change update(const UserId& user, const std::string& resource, model::Presence presence, int priority);
    Change remove(const UserId& user, const std::string& resource);
    void forget(const UserId& user) { users_.erase(user); }

    [[nodiscard]] model::Presence merged(const UserId& user) const;
    [[nodiscard]] std::vector<std::string> resources(const UserId& user) const;

    /// After a lost link: what is not heard of again until sweep() counts as gone.
    void doubt_all();
    /// Removes what is still in doubt of this user.
    Change sweep(const UserId& user);

private:
    struct Resource {
        model::Presence presence;
        int priority = 0;
        bool in_doubt = false;
    };
    using Resources = std::map<std::string, Resource>;
    [[nodiscard]] static model::Presence merge(const Resources& resources);

    std::unordered_map<UserId, Resources> users_;
};

}  // namespace causeway::presence
