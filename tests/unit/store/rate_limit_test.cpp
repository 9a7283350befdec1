#include "gateway/security/rate_limit.hpp"

#include <gtest/gtest.h>

namespace causeway::security {
namespace {

using namespace std::chrono_literals;

const SteadyTime kStart{};
const UserId kUser("a@example.org");

TEST(RateLimitTest, BurstThenRate) {
    RateLimit limit({60, 3});
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take(kUser, kStart));
    const auto refused = limit.take(kUser, kStart);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::rate_limited);
    EXPECT_EQ(refused.error().retry, Retry::later);
    EXPECT_EQ(refused.error().retry_after, Millis(1000));
    EXPECT_FALSE(limit.take(kUser, kStart + 999ms));
    EXPECT_TRUE(limit.take(kUser, kStart + 1001ms));
    EXPECT_FALSE(limit.take(kUser, kStart + 1001ms));
}

TEST(RateLimitTest, SilenceGivesNoMoreThanTheBurst) {
    RateLimit limit({60, 2});
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(limit.take(kUser, kStart));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(limit.take(kUser, kStart + 1h));
    EXPECT_FALSE(limit.take(kUser, kStart + 1h));
}

TEST(RateLimitTest, UsersDoNotShareABucket) {
    RateLimit limit({1, 1});
    EXPECT_TRUE(limit.take(kUser, kStart));
    EXPECT_TRUE(limit.take(UserId("b@example.org"), kStart));
    EXPECT_FALSE(limit.take(kUser, kStart));
}

TEST(RateLimitTest, ForgetsWhoWasSeenLongestAgo) {
    RateLimit limit({1, 1}, 2);
    EXPECT_TRUE(limit.take(UserId("a"), kStart));
    EXPECT_TRUE(limit.take(UserId("b"), kStart));
    EXPECT_FALSE(limit.take(UserId("a"), kStart));  // b is the oldest now
    EXPECT_TRUE(limit.take(UserId("c"), kStart));
    EXPECT_EQ(limit.tracked(), 2U);
    EXPECT_FALSE(limit.take(UserId("a"), kStart));
    EXPECT_TRUE(limit.take(UserId("b"), kStart));
}

TEST(RateLimitTest, ZeroRateNeverPromisesARetryTime) {
    RateLimit limit({0, 1});
    EXPECT_TRUE(limit.take(kUser, kStart));
    EXPECT_FALSE(limit.take(kUser, kStart + 1h).error().retry_after.has_value());
}

TEST(RateLimitTest, ReconfigureAppliesToWhoIsKnown) {
    RateLimit limit({60, 10});
    EXPECT_TRUE(limit.take(kUser, kStart));
    limit.reconfigure({60, 1});
    EXPECT_TRUE(limit.take(kUser, kStart));
    EXPECT_FALSE(limit.take(kUser, kStart));
}

}  // namespace
}  // namespace causeway::security
