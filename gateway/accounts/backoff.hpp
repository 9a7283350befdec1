#pragma once
/// @file gateway/accounts/backoff.hpp
/// NAME       Backoff: when a lost session is tried again. Pure: time and chance are arguments.
/// WHY        The gateway owns reconnecting (rule 5 of the door): exponential with full jitter, so that a server
///            that comes back is not met by every account in the same second.
#include "gateway/base/time.hpp"

namespace causeway::accounts {

struct BackoffLimits {
    Millis first{5'000};
    Millis max{300'000};
    Millis stable_after{60'000};  ///< a session that lasted this long starts again from `first`
};

class Backoff {
public:
    explicit Backoff(BackoffLimits limits) : limits_(limits) {}

    /// Delay before the next try, after a session that lasted `lasted`. Uniform in (0, first * 2^n], at most max.
    [[nodiscard]] Millis next(Millis lasted, Random& random);
    void reset() noexcept { failures_ = 0; }

private:
    BackoffLimits limits_;
    unsigned failures_ = 0;
};

}  // namespace causeway::accounts
