#include "gateway/security/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "gateway/base/assert.hpp"

namespace causeway::security {

RateLimit::RateLimit(RateSettings settings, std::size_t max_tracked)
    : settings_(settings), max_tracked_(max_tracked) {
    CAUSEWAY_ASSERT(max_tracked > 0);
}

Result<> RateLimit::take(const UserId& user, SteadyTime now) {
    constexpr double kMillisPerMinute = 60'000;
    auto& bucket = touch(user, now);
    const double elapsed = std::chrono::duration<double, std::milli>(now - bucket.updated).count();
    const double gained = std::max(0.0, elapsed) * settings_.per_minute / kMillisPerMinute;
    bucket.tokens = std::min(settings_.burst, bucket.tokens + gained);
    bucket.updated = std::max(bucket.updated, now);
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return {};
    }
    auto error = make_error(Errc::rate_limited);
    error.retry = Retry::later;
    if (settings_.per_minute > 0) {
        const double wait = std::ceil((1 - bucket.tokens) * kMillisPerMinute / settings_.per_minute);
        error.retry_after = Millis(static_cast<Millis::rep>(wait));
    }
    return fail(std::move(error));
}

RateLimit::Bucket& RateLimit::touch(const UserId& user, SteadyTime now) {
    if (const auto known = by_user_.find(user.view()); known != by_user_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, known->second);
        return buckets_.front();
    }
    if (buckets_.size() >= max_tracked_) {
        by_user_.erase(buckets_.back().user.view());
        buckets_.pop_back();
    }
    buckets_.push_front({user, settings_.burst, now});
    by_user_.emplace(buckets_.front().user.view(), buckets_.begin());
    return buckets_.front();
}

}  // namespace causeway::security
