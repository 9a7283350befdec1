#include "gateway/delivery/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/delivery/trace.hpp"
#include "gateway/translate/desk_words.hpp"
#include "gateway/translate/texts.hpp"
#include "tests/unit/gateway/doubles.hpp"

namespace causeway::delivery {
namespace {

using model::Direction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Answer = Desk::Answer;
using Wish = Desk::Wish;

store::FoundMessage message(std::int64_t sequence, State state, Direction direction = Direction::to_network) {
    store::FoundMessage found;
    found.user = UserId("romeo@home.test");
    found.row.sequence = sequence;
    found.row.network = NetworkName("far");
    found.row.state = state;
    found.row.direction = direction;
    found.row.text = "what was said";
    found.row.stanza_id = "s" + std::to_string(sequence);
    return found;
}

TEST(TraceTest, StepsHaveTheirTimesAndDifferences) {
    const auto steps = steps_of("queued@1790000000000 sending@1790000000007 ambiguous@1790000031007");
    ASSERT_THAT(steps, SizeIs(3));
    EXPECT_EQ(steps[0].state, "queued");
    EXPECT_EQ(format_utc_millis(steps[1].at), "2026-09-21T14:13:20.007Z");
    EXPECT_EQ(steps[1].after, Millis{7});
    EXPECT_EQ(format_difference(steps[2].after), "+31.000 s");
}

TEST(TraceTest, WhatIsNoStepIsLeftOut) {
    EXPECT_THAT(steps_of(""), IsEmpty());
    EXPECT_THAT(steps_of(" queued queued@ queued@x @ queued@12x "), IsEmpty());
    const auto steps = steps_of("queued@5  sending@3");
    ASSERT_THAT(steps, SizeIs(2));
    EXPECT_EQ(format_difference(steps[1].after), "-0.002 s") << "the clock was set back";
}

TEST(TraceTest, IdsAndAges) {
    EXPECT_THAT(ids_of(""), IsEmpty());
    EXPECT_THAT(ids_of("one\ntwo"), ElementsAre("one", "two"));
    const std::vector<std::pair<std::int64_t, std::string>> ages{
        {-5, "0 s"},    {119, "119 s"},    {120, "2 min"},   {7'199, "119 min"},
        {7'200, "2 h"}, {172'799, "47 h"}, {172'800, "2 d"}, {864'000, "10 d"}};
    for (const auto& [seconds, text] : ages) EXPECT_EQ(format_age(Millis{seconds * 1'000}), text);
}

TEST(JudgedTest, EveryStateTimesEveryWish) {
    using enum Desk::Answer;
    struct Row {
        State state;
        Answer retry;
        Answer release;
        Answer cancel;
    };
    for (const auto& row : {Row{State::queued, waiting, waiting, Answer::cancelled},
                            Row{State::sending, under_way, under_way, under_way},
                            Row{State::accepted, done_already, done_already, done_already},
                            Row{State::delivered, done_already, done_already, done_already},
                            Row{State::displayed, done_already, done_already, done_already},
                            Row{State::deferred, retried, needs_retry, Answer::cancelled},
                            Row{State::ambiguous, needs_release, released, cancelled_in_doubt},
                            Row{State::failed, retried, needs_retry, given_up_already},
                            Row{State::expired, retried, needs_retry, given_up_already},
                            Row{State::quarantined, needs_release, released, cancelled_in_doubt}}) {
        const auto found = message(1, row.state);
        EXPECT_EQ(judged(Wish::retry, found.row), row.retry) << model::to_string(row.state);
        EXPECT_EQ(judged(Wish::release, found.row), row.release) << model::to_string(row.state);
        EXPECT_EQ(judged(Wish::cancel, found.row), row.cancel) << model::to_string(row.state);
        // What may be done is what the table of moves allows, and no more.
        const auto allowed = [&](Step step) { return after(row.state, step).has_value(); };
        EXPECT_EQ(allowed(Step::released), is_done_as_wished(row.retry) || is_done_as_wished(row.release));
        EXPECT_EQ(allowed(Step::cancelled), is_done_as_wished(row.cancel));
    }
}

TEST(JudgedTest, WithoutItsTextNothingIsSentAgain) {
    auto found = message(1, State::failed);
    found.row.text.clear();
    EXPECT_EQ(judged(Wish::retry, found.row), Answer::text_gone);
    found.row.state = State::ambiguous;
    EXPECT_EQ(judged(Wish::release, found.row), Answer::text_gone);
    EXPECT_EQ(judged(Wish::cancel, found.row), Answer::cancelled_in_doubt);
    EXPECT_EQ(judged(Wish::cancel, message(1, State::queued, Direction::to_xmpp).row),
              Answer::cancelled_to_user);
}

class DeskTest : public ::testing::Test {
protected:
    Desk::Outcome act(Wish wish, std::string id) {
        return loop.await(desk.act(wish, NetworkName{}, std::move(id), "somebody"));
    }

    test::Loop loop;
    test::FakeClock clock;
    test::SeededRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, {}};
    test::MemoryStore store;
    std::vector<std::string> asked_ledgers;
    Desk desk{store,
              [this](const NetworkName& name) {
                  asked_ledgers.push_back(name.str());
                  return nullptr;
              },
              context};
};

TEST_F(DeskTest, WhatIsNotThereIsUnknown) {
    EXPECT_EQ(act(Wish::retry, "7").answer, Answer::unknown);
    EXPECT_EQ(act(Wish::retry, "").answer, Answer::unknown);
    EXPECT_EQ(act(Wish::retry, std::string(5'000, 'x')).answer, Answer::unknown);
}

TEST_F(DeskTest, SeveralOfOneIdAreNotMoved) {
    store.found = {message(7, State::failed), message(9, State::failed)};
    const auto outcome = act(Wish::retry, "same");
    EXPECT_EQ(outcome.answer, Answer::several);
    EXPECT_EQ(translate::desk_words(outcome, [](std::string_view text) { return std::string(text); }),
              "Several messages have this id: 7, 9. Say the number of one.");
    EXPECT_THAT(asked_ledgers, IsEmpty());
}

TEST_F(DeskTest, ANumberNamesOneMessageAlone) {
    store.found = {message(9, State::failed), message(7, State::failed)};
    EXPECT_EQ(act(Wish::retry, "7").answer, Answer::not_served);
    EXPECT_EQ(store.asked_for.id, "7");
    EXPECT_THAT(asked_ledgers, ElementsAre("far"));
}

TEST_F(DeskTest, AFailingStoreIsSaid) {
    store.failing = true;
    EXPECT_EQ(act(Wish::cancel, "7").answer, Answer::store_failed);
    EXPECT_EQ(loop.await(desk.find({})).error().code, Errc::storage);
}

TEST_F(DeskTest, MoreThanIsReadableIsNotLookedFor) {
    store::MessageFilter filter;
    filter.most = 1'000'000;
    ASSERT_TRUE(loop.await(desk.find(std::move(filter))));
    EXPECT_EQ(store.asked_for.most, Desk::kMostFound);
}

TEST(DeskWordsTest, EveryAnswerIsInTheCatalogue) {
    for (auto answer = 0; answer <= static_cast<int>(Answer::store_failed); ++answer) {
        const auto english = translate::sentence(static_cast<Answer>(answer));
        EXPECT_NE(translate::text(translate::Language::german, english), english) << english;
    }
}

}  // namespace
}  // namespace causeway::delivery
