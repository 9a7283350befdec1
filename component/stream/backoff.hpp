#pragma once
/// @file component/stream/backoff.hpp
/// NAME       Backoff: how long to wait before the next connect. Sans-IO; chance is passed in.
/// WHY        A network failure is tried again soon, with full jitter so that many gateways do not come in step. A
///            rejection (wrong secret, unknown host, a name that is taken) is tried slowly: it needs a person, or
///            a half-dead socket to time out, and hammering makes both worse (GW-COMP-005, GW-COMP-006).
/// TESTS      tests/unit/component/stream_test.cpp
#include "component/stream/loss.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp {

struct BackoffSettings {
    Millis first{1'000};
    Millis max{60'000};
};

class Backoff {
public:
    /// A stream that was up for this long counts as healthy: the next loss starts from the beginning.
    static constexpr Millis kHealthy{60'000};
    /// What a rejection waits for at most, as a multiple of `max`.
    static constexpr int kSlowest = 5;

    explicit Backoff(BackoffSettings settings) noexcept : settings_(settings) {}

    /// Counts this loss. @param uptime how long the stream was up; 0 if it never was.
    /// @return full jitter over first x 2^n (at most max) for what the network did; for a rejection between max/2
    /// and max, then doubling up to 5 x max.
    [[nodiscard]] Millis next(const Loss& loss, Millis uptime, Random& random) noexcept;

    void reconfigure(BackoffSettings settings) noexcept { settings_ = settings; }

private:
    BackoffSettings settings_;
    int failures_ = 0;
    int rejections_ = 0;
};

}  // namespace causeway::xmpp
