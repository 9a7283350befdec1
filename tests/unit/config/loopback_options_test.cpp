#include "config/loopback_options.hpp"
#include "tests/unit/config/config_fixture.hpp"

namespace causeway::config {
namespace {

using ::testing::HasSubstr;

Loaded with(const std::string& options) {
    return testing::load_here(testing::yaml("", "", "    options: " + options + "\n"));
}

TEST(LoopbackOptionsTest, NothingNeedsToBeSaid) {
    const auto loaded = testing::load_here(testing::yaml());
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    const auto& options = dynamic_cast<const LoopbackOptions&>(*loaded.config->networks[0].options);
    EXPECT_FALSE(options.durable);
}

TEST(LoopbackOptionsTest, TheDurableClassIsTyped) {
    const auto loaded = with(
        "{ durable: true, journal: /j, script: /s, offers: /o, idempotent: true, keeps_order: true, "
        "on_ambiguous: resend, latency: 20ms, max_in_flight: 4 }");
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    const auto& options = dynamic_cast<const LoopbackOptions&>(*loaded.config->networks[0].options);
    EXPECT_TRUE(options.durable && options.idempotent && options.keeps_order && options.resend_on_doubt);
    EXPECT_FALSE(options.delivery_reports || options.poison);
    EXPECT_EQ(options.journal + options.script + options.offers, "/j/s/o");
    EXPECT_EQ(options.latency, Millis{20});
    EXPECT_EQ(options.max_in_flight, 4U);
}

TEST(LoopbackOptionsTest, MistakesAreNamed) {
    const auto problems = [](const std::string& options) { return render(with(options).problems); };
    EXPECT_THAT(problems("{ durable: true }"), HasSubstr("journal"));
    EXPECT_THAT(problems("{ durable: true, journal: /j, on_ambiguous: guess }"), HasSubstr("on_ambiguous"));
    EXPECT_THAT(problems("{ durable: true, journal: /j, max_in_flight: 0 }"), HasSubstr("max_in_flight"));
    EXPECT_THAT(problems("{ journal: /j }"), HasSubstr("unknown key 'journal'"));
}

TEST(LoopbackOptionsTest, AChangeNeedsARestart) {
    const auto before = with("{ durable: true, journal: /j }");
    const auto after = with("{ durable: true, journal: /j, latency: 1s }");
    ASSERT_TRUE(before.config && after.config);
    EXPECT_THAT(plan_reload(*before.config, *after.config).restart,
                ::testing::ElementsAre("networks[test].options"));
    EXPECT_TRUE(plan_reload(*before.config, *before.config).empty());
}

}  // namespace
}  // namespace causeway::config
