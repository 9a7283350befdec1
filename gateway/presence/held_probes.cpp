#include "gateway/presence/held_probes.hpp"

#include <algorithm>
#include <utility>

namespace causeway::presence {
namespace {

/// Resources of one user that come online in the same few seconds.
constexpr std::size_t kMostResources = 16;

}  // namespace

bool HeldProbes::hold(const AccountId& account, const ContactId& contact, HeldProbe probe) {
    auto& of_account = held_[account];
    const bool first = of_account.empty();
    auto& probes = of_account[contact];
    const auto earlier = std::ranges::find(probes, probe.from, &HeldProbe::from);
    if (earlier != probes.end()) {
        *earlier = std::move(probe);
    } else if (probes.size() < kMostResources) {
        probes.push_back(std::move(probe));
    }
    return first;
}

HeldProbes::Probes HeldProbes::take(const AccountId& account, const ContactId& contact) {
    const auto of_account = held_.find(account);
    if (of_account == held_.end()) return {};
    auto found = of_account->second.extract(contact);
    if (of_account->second.empty()) held_.erase(of_account);
    return found.empty() ? Probes{} : std::move(found.mapped());
}

std::map<ContactId, HeldProbes::Probes> HeldProbes::take_all(const AccountId& account) {
    auto found = held_.extract(account);
    return found.empty() ? std::map<ContactId, Probes>{} : std::move(found.mapped());
}

}  // namespace causeway::presence
