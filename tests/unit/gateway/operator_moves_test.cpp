// What operators have done with kept messages, in the two pure halves of the ledger.
#include <deque>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/delivery/to_network.hpp"
#include "gateway/delivery/to_xmpp.hpp"
#include "tests/unit/gateway/doubles.hpp"

namespace causeway::delivery {
namespace {

using model::Direction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Rows in a map; answers when it is told to.
class Desktop final : public Port {
public:
    void commit(store::Batch batch, Committed done) override {
        later.emplace_back([this, batch = std::move(batch), done = std::move(done)]() mutable {
            if (failing) return done(fail(Errc::storage, "on purpose"));
            for (const auto& change : batch) {
                if (const auto* put = std::get_if<store::PutMessage>(&change))
                    rows[put->row.sequence] = put->row;
                const auto* move = std::get_if<store::MoveMessage>(&change);
                if (!move) continue;
                auto& row = rows.at(move->sequence);
                if (row.state != move->from) return done(fail(Errc::conflict, "another state"));
                row.state = move->to;
                if (move->attempts) row.attempts = *move->attempts;
                if (move->notice) row.notice = *move->notice;
            }
            done({});
        });
    }
    void fetch(std::vector<std::int64_t> sequences, Fetched done) override {
        later.emplace_back([this, sequences = std::move(sequences), done = std::move(done)]() mutable {
            std::vector<store::MessageRow> found;
            for (const auto sequence : sequences)
                if (rows.contains(sequence)) found.push_back(rows.at(sequence));
            done(std::move(found));
        });
    }
    void fetch_of_key(AccountId, MessageKey, Fetched done) override {
        later.emplace_back([done = std::move(done)]() mutable { done(std::vector<store::MessageRow>{}); });
    }
    void want_session(const AccountId&, const EndpointId&) override {}
    void send(store::MessageRow row) override { sent.push_back(row.sequence); }
    void notice_kept(std::int64_t, model::Notice notice) override { notices.push_back(notice); }
    Result<> write(const store::MessageRow& row, bool again) override {
        written.push_back((again ? "again " : "") + std::to_string(row.sequence));
        return {};
    }
    Result<> write_notice(const store::MessageRow&, model::Notice) override { return {}; }
    void barrier(Committed) override {}
    void moved(Direction, State, State) noexcept override {}
    void remark(std::int64_t, State, const Error&) noexcept override {}

    void settle() {
        while (!later.empty()) {
            auto next = std::move(later.front());
            later.pop_front();
            next();
        }
    }

    std::deque<std::move_only_function<void()>> later;
    std::map<std::int64_t, store::MessageRow> rows;
    std::vector<std::int64_t> sent;
    std::vector<std::string> written;
    std::vector<model::Notice> notices;
    bool failing = false;
};

class OperatorMovesTest : public ::testing::Test {
protected:
    store::MessageRow row(std::int64_t sequence, State state = State::queued) {
        store::MessageRow row;
        row.sequence = sequence;
        row.account = AccountId("a");
        row.conversation = "juliet";
        row.key = MessageKey("k" + std::to_string(sequence));
        row.state = state;
        row.text = "words";
        return row;
    }
    template <class Half>
    Result<> ask(Half& half, void (Half::*move)(std::int64_t, ToNetwork::Taken), std::int64_t sequence) {
        Result<> answer = fail(Errc::internal, "no answer");
        (half.*move)(sequence, [&](Result<> result) { answer = std::move(result); });
        port.settle();
        return answer;
    }
    void put_to_xmpp(std::int64_t sequence) {
        to_xmpp.accept(row(sequence), {}, [](const Result<>&) {});
        port.settle();
    }

    test::FakeClock clock;
    test::SeededRandom random;
    Desktop port;
    ToXmpp to_xmpp{{}, port, clock, random};
    ToNetwork to_network{{}, port, clock, random};
};

TEST_F(OperatorMovesTest, WordsThatWaitForTheServerAreGivenUp) {
    put_to_xmpp(1);
    put_to_xmpp(2);
    EXPECT_TRUE(ask(to_xmpp, &ToXmpp::cancel, 1));
    EXPECT_EQ(port.rows.at(1).state, State::failed);
    to_xmpp.link_up();
    port.settle();
    EXPECT_THAT(port.written, ElementsAre("2"));
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::cancel, 2).error().code, Errc::conflict) << "it has been written";
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::cancel, 9).error().code, Errc::bad_input);
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::cancel, 1).error().code, Errc::conflict) << "given up already";
}

TEST_F(OperatorMovesTest, WhatTheStoreDidNotGiveUpIsWrittenAllTheSame) {
    put_to_xmpp(1);
    port.failing = true;
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::cancel, 1).error().code, Errc::storage);
    port.failing = false;
    to_xmpp.link_up();
    port.settle();
    EXPECT_THAT(port.written, ElementsAre("1"));
}

TEST_F(OperatorMovesTest, QuarantinedWordsAreWrittenOnceMoreAndSaidToBeOld) {
    port.rows[1] = row(1, State::quarantined);
    to_xmpp.link_up();
    EXPECT_TRUE(ask(to_xmpp, &ToXmpp::release, 1));
    EXPECT_THAT(port.written, ElementsAre("again 1"));
    EXPECT_EQ(port.rows.at(1).state, State::queued);
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::release, 1).error().code, Errc::conflict);
    port.rows[2] = row(2, State::failed);
    port.rows[2].text.clear();
    EXPECT_EQ(ask(to_xmpp, &ToXmpp::release, 2).error().code, Errc::conflict);
}

TEST_F(OperatorMovesTest, ADeferredOneThatIsRetriedIsSentOnceAndNotAgainWhenItsTimeComes) {
    to_network.session_up(AccountId("a"), {});
    to_network.accept(row(1), [](const Result<>&) {});
    port.settle();
    Error busy = make_error(Errc::rate_limited, "busy");
    busy.retry = Retry::later;
    busy.retry_after = Millis{1'000};
    to_network.sent(1, fail(busy));
    port.settle();
    ASSERT_EQ(port.rows.at(1).state, State::deferred);
    EXPECT_TRUE(ask(to_network, &ToNetwork::release, 1));
    EXPECT_THAT(port.sent, ElementsAre(1, 1));
    EXPECT_EQ(ask(to_network, &ToNetwork::cancel, 1).error().code, Errc::conflict) << "it is under way";
    clock.advance(Millis{2'000});
    to_network.tick();
    port.settle();
    EXPECT_THAT(port.sent, ElementsAre(1, 1)) << "its old turn came while it was under way";
    EXPECT_EQ(to_network.under_way(), 1U);
    to_network.sent(1, adapter::SendOutcome{adapter::Accepted{}});
    port.settle();
    EXPECT_EQ(port.rows.at(1).state, State::accepted);
    EXPECT_EQ(to_network.under_way(), 0U);
}

TEST_F(OperatorMovesTest, TheLongestWaitIsThatOfTheOldest) {
    EXPECT_EQ(to_network.longest_wait(), std::nullopt);
    EXPECT_EQ(to_xmpp.longest_wait(), std::nullopt);
    to_network.accept(row(1), [](const Result<>&) {});
    put_to_xmpp(2);
    clock.advance(Millis{60'000});
    to_network.accept(row(3), [](const Result<>&) {});
    put_to_xmpp(4);
    EXPECT_EQ(to_network.longest_wait(), Millis{60'000});
    EXPECT_EQ(to_xmpp.longest_wait(), Millis{60'000});
    EXPECT_TRUE(ask(to_network, &ToNetwork::cancel, 1));
    EXPECT_TRUE(ask(to_xmpp, &ToXmpp::cancel, 2));
    EXPECT_EQ(to_network.longest_wait(), Millis{0});
    EXPECT_EQ(to_xmpp.longest_wait(), Millis{0});
    EXPECT_THAT(port.notices, ElementsAre(model::Notice::failed)) << "only who wrote to the network is told";
}

TEST_F(OperatorMovesTest, AgeCountsFromBeforeTheRestart) {
    store::OpenMessage old;
    old.sequence = 1;
    old.account = AccountId("a");
    old.accepted = clock.wall() - Millis{5'000};
    to_network.restore(old);
    old.sequence = 2;
    old.direction = Direction::to_xmpp;
    to_xmpp.restore(old);
    EXPECT_EQ(to_network.longest_wait(), Millis{5'000});
    EXPECT_EQ(to_xmpp.longest_wait(), Millis{5'000});
    EXPECT_THAT(port.sent, IsEmpty());
}

}  // namespace
}  // namespace causeway::delivery
