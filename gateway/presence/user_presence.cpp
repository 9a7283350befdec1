#include "gateway/presence/user_presence.hpp"

namespace causeway::presence {
namespace {

/// How well somebody can be reached, best first: what a network shows of a person with several devices.
int reach(model::Availability show) noexcept {
    switch (show) {
        case model::Availability::chat:
            return 5;
        case model::Availability::online:
            return 4;
        case model::Availability::away:
            return 3;
        case model::Availability::extended_away:
            return 2;
        case model::Availability::busy:
            return 1;
        case model::Availability::offline:
            return 0;
    }
    return 0;
}

}  // namespace

model::Presence UserPresence::merge(const Resources& resources) {
    const Resource* best = nullptr;
    for (const auto& [name, resource] : resources) {
        const auto better = [&] {
            const int mine = reach(resource.presence.show);
            const int theirs = reach(best->presence.show);
            return mine != theirs ? mine > theirs : resource.priority > best->priority;
        };
        if (!best || better()) best = &resource;
    }
    return best ? best->presence : model::Presence{};
}

Change UserPresence::update(const UserId& user, const std::string& resource, model::Presence presence,
                            int priority) {
    auto& resources = users_[user];
    Change change;
    change.before = merge(resources);
    resources[resource] = Resource{std::move(presence), priority, false};
    change.after = merge(resources);
    return change;
}

Change UserPresence::remove(const UserId& user, const std::string& resource) {
    Change change;
    const auto found = users_.find(user);
    if (found == users_.end()) return change;
    change.before = merge(found->second);
    if (resource.empty()) {
        found->second.clear();  // an unavailable from the bare address speaks for all of them
    } else {
        found->second.erase(resource);
    }
    change.after = merge(found->second);
    if (found->second.empty()) users_.erase(found);
    return change;
}

model::Presence UserPresence::merged(const UserId& user) const {
    const auto found = users_.find(user);
    return found == users_.end() ? model::Presence{} : merge(found->second);
}

std::vector<std::string> UserPresence::resources(const UserId& user) const {
    std::vector<std::string> names;
    if (const auto found = users_.find(user); found != users_.end()) {
        for (const auto& [name, resource] : found->second) names.push_back(name);
    }
    return names;
}

void UserPresence::doubt_all() {
    for (auto& [user, resources] : users_) {
        for (auto& [name, resource] : resources) resource.in_doubt = true;
    }
}

Change UserPresence::sweep(const UserId& user) {
    Change change;
    const auto found = users_.find(user);
    if (found == users_.end()) return change;
    change.before = merge(found->second);
    std::erase_if(found->second, [](const auto& entry) { return entry.second.in_doubt; });
    change.after = merge(found->second);
    if (found->second.empty()) users_.erase(found);
    return change;
}

}  // namespace causeway::presence
