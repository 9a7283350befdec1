#include "tests/unit/config/config_fixture.hpp"

namespace causeway::config {
namespace {

using testing::load_here;
using testing::yaml;

ReloadPlan plan(const std::string& before, const std::string& after) {
    return plan_reload(load_here(before).config.value(), load_here(after).config.value());
}

TEST(ReloadTest, NothingChangedIsAnEmptyPlan) {
    EXPECT_TRUE(plan(yaml(), yaml()).empty());
}

TEST(ReloadTest, WhatIsReadAtEachUseApplies) {
    const auto changed = plan(
        yaml(), yaml("log: { level: debug }\naccess: { domains: [example.org] }\n"
                     "limits: { burst: 7 }\n",
                     "      port: 5348\n      keepalive: 5s\n", "    access: { users: [a@example.org] }\n"));
    EXPECT_THAT(changed.apply, ::testing::UnorderedElementsAre(
                                   "log.level", "access", "limits", "networks[test].access",
                                   "networks[test].server.port", "networks[test].server.keepalive"));
    EXPECT_TRUE(changed.restart.empty());
}

TEST(ReloadTest, WhatIsBuiltAtStartNeedsARestart) {
    auto other_jid = yaml(
        "store: { path: /other.db, keep_messages: 2d }\nlog: { format: json }\nadmin: { listen: off }\n");
    other_jid.replace(other_jid.find("test.example.org"), 4, "chat");
    EXPECT_THAT(plan(yaml(), other_jid).restart,
                ::testing::UnorderedElementsAre("store.path", "store.keep_messages", "log.format", "admin",
                                                "networks[test].jid"));
}

TEST(ReloadTest, NetworksComeAndGoWithARestart) {
    auto renamed = yaml();
    renamed.replace(renamed.find("name: test"), 10, "name: next");
    EXPECT_THAT(plan(yaml(), renamed).restart,
                ::testing::UnorderedElementsAre("networks[test] (removed)", "networks[next] (added)"));
}

}  // namespace
}  // namespace causeway::config
