#include "legacy-adapters/loopback/script.hpp"

#include <gmock/gmock.h>

namespace causeway::loopback {
namespace {

using adapter::DeliveryStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Answer = Verdict::Answer;

Verdict of(const std::string& contact, std::uint32_t earlier = 0, Manners manners = {}) {
    return judge(Script{}.rule_for(contact), earlier, manners);
}

TEST(ScriptTest, EveryoneAcceptsWhoHasNoNameForOtherwise) {
    const auto verdict = of("juliet");
    EXPECT_TRUE(verdict.taken);
    EXPECT_EQ(verdict.answer, Answer::accepted);
    EXPECT_THAT(verdict.reports, IsEmpty());
}

TEST(ScriptTest, ContactsDoWhatTheirNamesSay) {
    const auto refused = of("refuse1");
    EXPECT_FALSE(refused.taken);
    EXPECT_EQ(refused.error.retry, Retry::never);
    EXPECT_EQ(refused.error.ambiguous, Ambiguous::no);

    for (const auto& [name, taken] : {std::pair("doubt7", true), std::pair("doubt-lost7", false)}) {
        const auto doubted = of(name);
        EXPECT_EQ(doubted.taken, taken) << name;
        EXPECT_EQ(doubted.answer, Answer::error);
        EXPECT_EQ(doubted.error.code, Errc::not_connected);
        EXPECT_EQ(doubted.error.ambiguous, Ambiguous::yes);
    }
    for (const auto& [name, taken] : {std::pair("silent", true), std::pair("silent-lost", false)}) {
        EXPECT_EQ(of(name).taken, taken) << name;
        EXPECT_EQ(of(name).answer, Answer::silence) << name;
    }
    EXPECT_EQ(of("report").answer, Answer::submitted);
    EXPECT_THAT(of("report").reports, ElementsAre(DeliveryStage::delivered));
    EXPECT_THAT(of("report-failed").reports, ElementsAre(DeliveryStage::failed));
    EXPECT_THAT(of("seen").reports, ElementsAre(DeliveryStage::displayed));
}

TEST(ScriptTest, BusyIsForSoManyTriesOfAMessage) {
    const auto later = of("busy2x", 1);
    EXPECT_FALSE(later.taken);
    EXPECT_EQ(later.error.retry, Retry::later);
    EXPECT_EQ(later.error.ambiguous, Ambiguous::no);
    EXPECT_FALSE(later.error.retry_after);
    EXPECT_EQ(of("busy2x", 2), of("juliet"));
    EXPECT_EQ(of("busy", 1), of("juliet")) << "once, if no number is given";
    EXPECT_EQ(of("busy", 0, {.retry_after = Millis(9)}).error.retry_after, Millis(9));
    EXPECT_EQ(of("busy99999999999", 1), of("juliet")) << "no number: once";
}

TEST(ScriptTest, PoisonKillsOnlyWhereThatIsSwitchedOn) {
    EXPECT_EQ(of("poison"), of("juliet"));
    const auto deadly = of("poison", 0, {.poison = true});
    EXPECT_EQ(deadly.answer, Answer::crash);
    EXPECT_FALSE(deadly.taken);
}

TEST(ScriptTest, WhoReportsDeliveryDoesItForAllThatAreAccepted) {
    const Manners reporting{.delivery_reports = true};
    EXPECT_THAT(of("juliet", 0, reporting).reports, ElementsAre(DeliveryStage::delivered));
    EXPECT_THAT(of("busy", 1, reporting).reports, ElementsAre(DeliveryStage::delivered));
    EXPECT_THAT(of("seen", 0, reporting).reports,
                ElementsAre(DeliveryStage::delivered, DeliveryStage::displayed));
    EXPECT_THAT(of("refuse", 0, reporting).reports, IsEmpty());
}

TEST(ScriptTest, LinesComeBeforeNamesAndTheFirstThatFitsCounts) {
    const auto script = Script::parse("# who\nJuliet refuse\njul* busy 3 # thrice\nrefuse* accept\n\n");
    ASSERT_TRUE(script) << script.error().detail;
    EXPECT_EQ(script->rule_for("juliet").deed, Deed::refuse);
    EXPECT_EQ(script->rule_for("julia"), (Rule{"jul*", Deed::busy, 3}));
    EXPECT_EQ(script->rule_for("refuse1").deed, Deed::accept);
    EXPECT_EQ(script->rule_for("silent").deed, Deed::silent);
    EXPECT_FALSE(script->is_down());
    EXPECT_EQ(script->drops(), 0U);
}

TEST(ScriptTest, TheNetworkItselfIsTakenAway) {
    const auto script = Script::parse("drop 4\r\n  down\r\n");
    ASSERT_TRUE(script);
    EXPECT_TRUE(script->is_down());
    EXPECT_EQ(script->drops(), 4U);
}

TEST(ScriptTest, WhatCannotBeReadIsRefusedWithItsLine) {
    for (const auto* text : {"up", "drop x", "a explode", "a busy x", "a busy 1 2", "a busy -1"}) {
        const auto script = Script::parse("# one\n" + std::string(text) + "\n");
        ASSERT_FALSE(script) << text;
        EXPECT_EQ(script.error().code, Errc::bad_input);
        EXPECT_THAT(script.error().detail, HasSubstr("line 2"));
    }
}

}  // namespace
}  // namespace causeway::loopback
