#include "gateway/security/policy.hpp"

#include <gtest/gtest.h>

namespace causeway::security {
namespace {

TEST(PolicyTest, EmptyPolicyLetsNobodyIn) {
    const Policy policy;
    EXPECT_FALSE(policy.may_use(UserId("a@example.org")));
    EXPECT_FALSE(policy.is_admin(UserId("a@example.org")));
    EXPECT_FALSE(policy.may_use(UserId("")));
}

TEST(PolicyTest, DomainsMatchWhole) {
    const Policy policy({{"Example.org"}, {}, {}});
    EXPECT_TRUE(policy.may_use(UserId("a@example.org")));
    EXPECT_FALSE(policy.may_use(UserId("a@evil-example.org")));
    EXPECT_FALSE(policy.may_use(UserId("a@sub.example.org")));
    EXPECT_FALSE(policy.may_use(UserId("a@example.org.evil")));
    EXPECT_FALSE(policy.may_use(UserId("example.org")));
    EXPECT_FALSE(policy.may_use(UserId("@example.org")));
}

TEST(PolicyTest, SingleUsersAndAdminsAreAllowed) {
    const Policy policy({{}, {"a@example.org"}, {"root@example.net"}});
    EXPECT_TRUE(policy.may_use(UserId("a@example.org")));
    EXPECT_FALSE(policy.may_use(UserId("b@example.org")));
    EXPECT_TRUE(policy.may_use(UserId("root@example.net")));
    EXPECT_TRUE(policy.is_admin(UserId("root@example.net")));
    EXPECT_FALSE(policy.is_admin(UserId("a@example.org")));
}

}  // namespace
}  // namespace causeway::security
