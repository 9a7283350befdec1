#include "component/stream/backoff.hpp"

#include <algorithm>

namespace causeway::xmpp {

namespace {

/// first x 2^n, at most `cap`, without overflow.
Millis grown(Millis first, int doublings, Millis cap) noexcept {
    Millis value = std::max(first, Millis{1});
    for (int i = 0; i < doublings && value < cap; ++i) value *= 2;
    return std::min(value, std::max(cap, Millis{1}));
}

/// Uniform in [0, limit].
Millis jitter(Millis limit, Random& random) noexcept {
    return Millis{static_cast<Millis::rep>(random.below(static_cast<std::uint64_t>(limit.count()) + 1))};
}

}  // namespace

Millis Backoff::next(const Loss& loss, Millis uptime, Random& random) noexcept {
    if (uptime >= kHealthy) failures_ = rejections_ = 0;
    if (loss.is_rejection()) {
        const Millis ceiling = grown(settings_.max, rejections_++, settings_.max * kSlowest);
        return ceiling - jitter(ceiling / 2, random);
    }
    rejections_ = 0;
    return jitter(grown(settings_.first, failures_++, settings_.max), random);
}

}  // namespace causeway::xmpp
