#include "legacy-adapters/irc/outbox.hpp"

#include <gtest/gtest.h>

#include "legacy-adapters/irc/requests.hpp"

namespace causeway::irc {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{std::chrono::hours(1)};

TEST(Outbox, LetsABurstOutAndThenTheRate) {
    Outbox outbox({.burst = 3, .lines_per_second = 2});
    for (int i = 0; i < 6; ++i) outbox.write("L\r\n", static_cast<LineTag>(i + 1));
    EXPECT_EQ(outbox.take(kStart).lines, 3U);
    EXPECT_EQ(outbox.take(kStart).lines, 0U);
    ASSERT_TRUE(outbox.next_at().has_value());
    EXPECT_EQ(*outbox.next_at(), kStart + 500ms);
    const auto fourth = outbox.take(kStart + 500ms);
    EXPECT_EQ(fourth.lines, 1U);
    EXPECT_EQ(fourth.tags, std::vector<LineTag>{4});
    EXPECT_EQ(fourth.waited, std::vector<Millis>{500ms});
    EXPECT_EQ(outbox.take(kStart + 10s).lines, 2U);
    EXPECT_FALSE(outbox.next_at().has_value());
}

TEST(Outbox, UrgentLinesDoNotWait) {
    Outbox outbox({.burst = 1, .lines_per_second = 1});
    outbox.write("A\r\n");
    outbox.write("B\r\n");
    outbox.write_now("PONG x\r\n");
    EXPECT_EQ(outbox.take(kStart).bytes, "PONG x\r\nA\r\n");
    outbox.write_now("PONG y\r\n");
    EXPECT_EQ(outbox.take(kStart).bytes, "PONG y\r\n");
}

// biboumi takes a limit of 0 as "every command a second late".
TEST(Outbox, ZeroMeansNoLimit) {
    Outbox outbox({.burst = 1, .lines_per_second = 0});
    for (int i = 0; i < 1000; ++i) outbox.write("L\r\n");
    EXPECT_EQ(outbox.take(kStart).lines, 1000U);
}

TEST(Outbox, TakesALineBackThatHasNotBeenWritten) {
    Outbox outbox({.burst = 1, .lines_per_second = 1});
    outbox.write("A\r\n", 1);
    outbox.write("B\r\n", 2);
    (void)outbox.take(kStart);
    EXPECT_FALSE(outbox.withdraw(1));
    EXPECT_TRUE(outbox.withdraw(2));
    EXPECT_TRUE(outbox.empty());
}

Outcome refused() {
    return std::unexpected(
        adapter::RoomError{.error = make_error(Errc::refused), .refusal = {}, .reason = {}});
}

TEST(Requests, OnePingCoversEverythingWrittenBeforeIt) {
    Requests requests;
    std::vector<LineTag> tags;
    for (int i = 0; i < 3; ++i)
        tags.push_back(requests.begin_part(requests.begin_parts(), Ask::message, "#c", "x", true));
    requests.mark_written({tags[0], tags[1]});
    EXPECT_EQ(requests.fence_due(), 1U);
    requests.mark_written({tags[2]});
    EXPECT_EQ(requests.fence_due(), std::nullopt) << "one at a time";
    requests.fence_passed(1);
    EXPECT_EQ(requests.completions().size(), 2U);
    EXPECT_EQ(requests.fence_due(), 2U);
    requests.fence_passed(1);
    EXPECT_EQ(requests.completions().size(), 2U) << "an old PONG settles nothing";
    requests.fence_passed(2);
    EXPECT_EQ(requests.completions().size(), 3U);
    EXPECT_EQ(requests.fence_due(), std::nullopt);
}

TEST(Requests, AMessageOfSeveralLinesEndsOnce) {
    Requests requests;
    const auto id = requests.begin_parts();
    const auto first = requests.begin_part(id, Ask::message, "#c", "1", false);
    const auto second = requests.begin_part(id, Ask::message, "#c", "2", false);
    requests.mark_written({first, second});
    adapter::Accepted accepted;
    accepted.parts.emplace_back("m1");
    requests.settle(first, Reply{accepted});
    EXPECT_TRUE(requests.completions().empty());
    requests.settle(second, refused());
    ASSERT_EQ(requests.completions().size(), 1U);
    const auto& outcome = requests.completions().front().outcome;
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().error.ambiguous, Ambiguous::yes) << "half of it was seen";
}

TEST(Requests, LostConnectionsAreAmbiguousOnlyForWhatWasWritten) {
    Requests requests;
    const auto written = requests.begin_part(requests.begin_parts(), Ask::message, "a", "", true);
    (void)requests.begin_part(requests.begin_parts(), Ask::message, "b", "", true);
    requests.mark_written({written});
    requests.lose_all(make_error(Errc::not_connected));
    ASSERT_EQ(requests.completions().size(), 2U);
    EXPECT_EQ(requests.completions()[0].outcome.error().error.ambiguous, Ambiguous::yes);
    EXPECT_EQ(requests.completions()[0].outcome.error().error.retry, Retry::never);
    EXPECT_EQ(requests.completions()[1].outcome.error().error.ambiguous, Ambiguous::no);
    EXPECT_EQ(requests.completions()[1].outcome.error().error.retry, Retry::when_connected);
}

TEST(Requests, AbandonedOnesStillCatchTheirAnswers) {
    Requests requests;
    const auto id = requests.begin(Ask::topic, "#c", {}, true);
    const auto tag = requests.tag_of_last();
    requests.mark_written({tag});
    EXPECT_TRUE(requests.abandon(id).any_written);
    EXPECT_EQ(requests.size(), 1U);
    requests.settle(tag, refused());
    EXPECT_TRUE(requests.completions().empty());
    EXPECT_EQ(requests.size(), 0U);
}

TEST(Outbox, LinesAtLeisureLeaveATokenForWords) {
    Outbox outbox({.burst = 3, .lines_per_second = 1});
    for (int i = 0; i < 4; ++i) outbox.write_at_leisure("ISON\r\n");
    outbox.write("A\r\n");
    EXPECT_EQ(outbox.take(kStart).bytes, "A\r\nISON\r\n") << "one token is left";
    outbox.write("B\r\n");
    EXPECT_EQ(outbox.take(kStart).bytes, "B\r\n");
    ASSERT_TRUE(outbox.next_at().has_value());
    EXPECT_EQ(*outbox.next_at(), kStart + 2s);
    EXPECT_EQ(outbox.take(kStart + 2s).bytes, "ISON\r\n");
    Outbox tight({.burst = 1, .lines_per_second = 1});
    tight.write_at_leisure("ISON\r\n");
    EXPECT_EQ(tight.take(kStart).lines, 1U) << "with a burst of one there is nothing to leave";
}

TEST(Requests, CtcpThatNobodyWaitsForIsForgotten) {
    Requests requests;
    const auto id = requests.begin(Ask::version, "juliet", {}, false);
    requests.mark_written({requests.tag_of_last()});
    EXPECT_TRUE(requests.abandon(id).any_written);
    EXPECT_EQ(requests.size(), 0U);
}

TEST(Requests, WhatNobodyWaitsForMakesRoom) {
    Requests requests;
    (void)requests.begin(Ask::join, "#first", {}, false);
    for (int i = 0; i < 3000; ++i) {
        const auto id = requests.begin(Ask::join, "#c" + std::to_string(i), {}, false);
        requests.mark_written({requests.tag_of_last()});
        (void)requests.abandon(id);
    }
    EXPECT_LE(requests.size(), 1024U);
    EXPECT_NE(requests.oldest([](const Waiting& w) { return w.target == "#first"; }), nullptr);
}

}  // namespace
}  // namespace causeway::irc
