#include "gateway/accounts/backoff.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/doubles.hpp"

namespace causeway::accounts {
namespace {

constexpr BackoffLimits kLimits{Millis{1'000}, Millis{60'000}, Millis{30'000}};
constexpr Millis kBrief{10};

/// The longest of many delays after `failures` earlier ones: near the ceiling of that step.
Millis longest_after(unsigned failures) {
    Millis longest{0};
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        test::SeededRandom random(seed);
        Backoff backoff(kLimits);
        for (unsigned i = 0; i < failures; ++i) static_cast<void>(backoff.next(kBrief, random));
        const auto delay = backoff.next(kBrief, random);
        EXPECT_GT(delay, Millis{0});
        longest = std::max(longest, delay);
    }
    return longest;
}

TEST(Backoff, DelaysAreSpreadOverTheWholeStepAndNeverZero) {
    EXPECT_LE(longest_after(0), Millis{1'000});
    EXPECT_GT(longest_after(0), Millis{900});
    test::SeededRandom random;
    bool short_one = false;
    for (int i = 0; i < 200; ++i) {
        Backoff backoff(kLimits);
        short_one |= backoff.next(kBrief, random) < Millis{200};
    }
    EXPECT_TRUE(short_one) << "without jitter every account comes back in the same second";
}

TEST(Backoff, StepsDoubleUpToTheMaximum) {
    EXPECT_GT(longest_after(1), Millis{1'500});
    EXPECT_LE(longest_after(1), Millis{2'000});
    EXPECT_GT(longest_after(3), Millis{6'000});
    EXPECT_LE(longest_after(3), Millis{8'000});
    EXPECT_LE(longest_after(80), Millis{60'000});
    EXPECT_GT(longest_after(80), Millis{50'000});
}

TEST(Backoff, AStableSessionOrResetBeginsAnew) {
    test::SeededRandom random;
    Backoff backoff(kLimits);
    for (int i = 0; i < 30; ++i) static_cast<void>(backoff.next(kBrief, random));
    EXPECT_LE(backoff.next(Millis{30'000}, random), Millis{1'000});
    for (int i = 0; i < 30; ++i) static_cast<void>(backoff.next(kBrief, random));
    backoff.reset();
    EXPECT_LE(backoff.next(kBrief, random), Millis{1'000});
}

}  // namespace
}  // namespace causeway::accounts
