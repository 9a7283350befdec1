#pragma once
/// @file gateway/security/rate_limit.hpp
/// NAME       RateLimit: a token bucket per user. Pure: time is an argument.
/// INVARIANTS Memory is bounded. The user seen longest ago is forgotten first, which can only be to its
///            advantage if it has been quiet: under a flood of new users the bound is what protects the
///            process.
/// TESTS      tests/unit/store/rate_limit_test.cpp
#include <cstddef>
#include <list>
#include <string_view>
#include <unordered_map>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::security {

struct RateSettings {
    double per_minute = 120;
    double burst = 40;  ///< so many at once after silence
};

class RateLimit {
public:
    static constexpr std::size_t kDefaultTracked = 10'000;

    explicit RateLimit(RateSettings settings, std::size_t max_tracked = kDefaultTracked);
    RateLimit(const RateLimit&) = delete;  // its keys are views into its own list
    RateLimit& operator=(const RateLimit&) = delete;

    /// Takes one token. @return rate_limited with retry_after when there is none
    [[nodiscard]] Result<> take(const UserId& user, SteadyTime now);
    /// Applies to everyone at once; nobody keeps more than the new burst.
    void reconfigure(RateSettings settings) noexcept { settings_ = settings; }
    [[nodiscard]] std::size_t tracked() const noexcept { return buckets_.size(); }

private:
    struct Bucket {
        UserId user;
        double tokens = 0;
        SteadyTime updated;
    };
    using Buckets = std::list<Bucket>;

    [[nodiscard]] Bucket& touch(const UserId& user, SteadyTime now);

    RateSettings settings_;
    std::size_t max_tracked_;
    Buckets buckets_;                                                  ///< most recently seen first
    std::unordered_map<std::string_view, Buckets::iterator> by_user_;  ///< the keys are the buckets' own
};

}  // namespace causeway::security
