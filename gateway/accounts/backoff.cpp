#include "gateway/accounts/backoff.hpp"

#include <algorithm>

namespace causeway::accounts {

Millis Backoff::next(Millis lasted, Random& random) {
    if (lasted >= limits_.stable_after) failures_ = 0;
    constexpr unsigned kMostDoublings = 20;
    const auto doublings = std::min(failures_++, kMostDoublings);
    const auto ceiling = std::min(limits_.max.count(), limits_.first.count() << doublings);
    return Millis{1 + static_cast<Millis::rep>(random.below(static_cast<std::uint64_t>(ceiling)))};
}

}  // namespace causeway::accounts
