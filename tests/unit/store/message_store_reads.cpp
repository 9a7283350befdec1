// The suite's second half: what is settled, purged and read.
#include <gmock/gmock.h>

#include "tests/unit/store/message_store_suite.hpp"

namespace causeway::store::testing {
namespace {

using model::Direction;
using model::Notice;
using model::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ------------------------------------------------------------------------------------------------ settling
TEST_P(MessageStoreSuite, SettlesWhatIsQueuedToXmppAndNothingElse) {
    ASSERT_TRUE(
        commit({PutMessage{message(1, Direction::to_xmpp)}, PutMessage{message(2, Direction::to_xmpp)},
                PutMessage{message(3, Direction::to_xmpp)}, PutMessage{message(4)},
                PutMessage{message(5, Direction::to_xmpp)}, move(3, State::queued, State::quarantined, 8)}));
    ASSERT_TRUE(commit({SettleMessages{{1, 3, 4, 5, 99}, at(9)}}));
    auto settled = message(1, Direction::to_xmpp);
    settled.state = State::delivered;
    settled.text = "";
    settled.steps = "queued@1001 delivered@9";
    EXPECT_EQ(everything_of(row(1)), everything_of(settled));
    EXPECT_EQ(everything_of(row(2)), everything_of(message(2, Direction::to_xmpp)));
    EXPECT_EQ(row(3).steps, "queued@1003 quarantined@8");
    EXPECT_EQ(row(3).text, "text of 3");
    EXPECT_EQ(everything_of(row(4)), everything_of(message(4)));
    EXPECT_EQ(row(5).state, State::delivered);
    EXPECT_THAT(open_sequences(), ElementsAre(2, 4));
    EXPECT_TRUE(commit({SettleMessages{{1, 5}, at(10)}})) << "again: nothing to do";
    EXPECT_EQ(row(1).steps, "queued@1001 delivered@9");
    EXPECT_TRUE(commit({SettleMessages{}}));
}

TEST_P(MessageStoreSuite, SettlesManyAtOnce) {
    Batch batch;
    SettleMessages settle;
    settle.at = at(9);
    for (std::int64_t i = 1; i <= 5'000; ++i) {
        batch.emplace_back(PutMessage{message(i, Direction::to_xmpp)});
        settle.sequences.push_back(i);
    }
    ASSERT_TRUE(commit(std::move(batch)));
    ASSERT_TRUE(commit({std::move(settle)}));
    EXPECT_THAT(open_sequences(), IsEmpty());
    EXPECT_EQ(row(5'000).state, State::delivered);
}

TEST_P(MessageStoreSuite, NoticeIsSettledOnlyIfItIsStillTheSame) {
    auto told = message(1);
    told.state = State::accepted;
    told.notice = Notice::receipt;
    ASSERT_TRUE(commit({PutMessage{told}}));
    EXPECT_THAT(open_sequences(), ElementsAre(1));
    auto newer = move(1, State::accepted, State::displayed);
    newer.notice = Notice::displayed;
    ASSERT_TRUE(commit({newer}));
    ASSERT_TRUE(commit({SettleNotice{1, Notice::receipt}}));
    EXPECT_EQ(row(1).notice, Notice::displayed);
    ASSERT_TRUE(commit({SettleNotice{1, Notice::displayed}}));
    EXPECT_EQ(row(1).notice, Notice::none);
    EXPECT_THAT(open_sequences(), IsEmpty());
    EXPECT_TRUE(commit({SettleNotice{42, Notice::receipt}})) << "it was purged: nothing to do";
}

// ------------------------------------------------------------------------------------------------ purging
TEST_P(MessageStoreSuite, LifetimeBeginsAnewWhereAMoveSaysSo) {
    ASSERT_TRUE(commit({PutMessage{message(1)}}));
    auto released = move(1, State::queued, State::queued);
    released.accepted = at(9'000);
    ASSERT_TRUE(commit({released}));
    EXPECT_EQ(row(1).accepted, at(9'000));
    ASSERT_TRUE(commit({move(1, State::queued, State::sending)}));
    EXPECT_EQ(row(1).accepted, at(9'000));
}

TEST_P(MessageStoreSuite, PurgesWhatIsDoneToldAndOldOldestFirst) {
    Batch batch;
    std::int64_t sequence = 0;
    for (std::size_t state = 1; state < model::kStates; ++state) {
        auto put = message(++sequence);
        put.state = static_cast<State>(state);
        batch.emplace_back(PutMessage{put});
        auto untold = message(++sequence);
        untold.state = put.state;
        untold.notice = Notice::failed;
        batch.emplace_back(PutMessage{untold});
    }
    ASSERT_TRUE(commit(std::move(batch)));
    // Odd ones have been told. Done are 3, 4, 5 (sequences 5, 7, 9) and 8, 9, 10 (15, 17, 19).
    ASSERT_TRUE(commit({PurgeMessages{at(1'005), 100}}));
    EXPECT_THAT(found({}), SizeIs(20)) << "none is older than that";
    EXPECT_FALSE(await(store->any_to_purge(at(1'005))).value());
    EXPECT_TRUE(await(store->any_to_purge(at(1'006))).value());
    ASSERT_TRUE(commit({PurgeMessages{at(1'018), 2}}));
    EXPECT_THAT(await(store->messages({5, 7, 9, 15, 17, 19})).value(), SizeIs(4));
    EXPECT_EQ(row(9).state, State::displayed);
    ASSERT_TRUE(commit({PurgeMessages{at(1'018), 100}}));
    EXPECT_THAT(found({}), ElementsAre(20, 19, 18, 16, 14, 13, 12, 11, 10, 8, 6, 4, 3, 2, 1));
    EXPECT_FALSE(await(store->any_to_purge(at(1'018))).value());
}

TEST_P(MessageStoreSuite, LastSequenceSurvivesPurgingAndReopening) {
    auto done = message(12);
    done.state = State::delivered;
    ASSERT_TRUE(commit({PutMessage{done}, PutMessage{message(3)}}));
    ASSERT_TRUE(commit({PurgeMessages{at(1'000'000), 10}}));
    EXPECT_THAT(await(store->messages({12})).value(), IsEmpty());
    EXPECT_EQ(await(store->last_sequence()).value(), 12);
    reopen();
    EXPECT_EQ(await(store->last_sequence()).value(), 12);
}

// ------------------------------------------------------------------------------------------------ reads
TEST_P(MessageStoreSuite, MessagesComeInOrderWithoutThoseThatAreNotThere) {
    ASSERT_TRUE(commit({PutMessage{message(2)}, PutMessage{message(1)}, PutMessage{message(3)}}));
    const auto rows = await(store->messages({3, 99, 1, -1})).value();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].sequence, 1);
    EXPECT_EQ(rows[1].sequence, 3);
}

TEST_P(MessageStoreSuite, OpenAreThoseNotDoneOrNotTold) {
    Batch batch;
    for (std::size_t state = 1; state < model::kStates; ++state) {
        auto put = message(static_cast<std::int64_t>(state));
        put.state = static_cast<State>(state);
        batch.emplace_back(PutMessage{put});
    }
    auto other = message(50);
    other.network = NetworkName("sms");
    batch.emplace_back(PutMessage{other});
    ASSERT_TRUE(commit(std::move(batch)));
    EXPECT_THAT(open_sequences(), ElementsAre(1, 2, 6, 7));
    EXPECT_THAT(open_sequences("sms"), ElementsAre(50));
    EXPECT_THAT(open_sequences("irc", 2), ElementsAre(6, 7));
    EXPECT_THAT(open_sequences("irc", 0, 3), ElementsAre(1, 2, 6));
    auto told = move(8, State::failed, State::failed);
    told.notice = Notice::failed;
    ASSERT_TRUE(commit({told}));
    EXPECT_THAT(open_sequences(), ElementsAre(1, 2, 6, 7, 8));
}

TEST_P(MessageStoreSuite, PagesThroughAHundredThousandOpenMessages) {
    constexpr std::int64_t kMessages = 100'000;
    constexpr std::size_t kPage = 1'000;
    for (std::int64_t first = 1; first <= kMessages; first += 10'000) {
        Batch batch;
        for (std::int64_t i = first; i < first + 10'000; ++i) batch.emplace_back(PutMessage{message(i)});
        ASSERT_TRUE(commit(std::move(batch)));
    }
    std::int64_t last = 0;
    for (;;) {
        const auto page = open_sequences("irc", last, kPage);
        if (page.empty()) break;
        ASSERT_THAT(page, SizeIs(kPage));
        for (const std::int64_t sequence : page) ASSERT_EQ(sequence, ++last);
    }
    EXPECT_EQ(last, kMessages);
}

TEST_P(MessageStoreSuite, OperatorsFindByWhatTheyKnow) {
    auto to_user = message(2, Direction::to_xmpp);
    to_user.network_ids = "srv-1\nsrv-2";
    to_user.stanza_id = "7";
    auto elsewhere = message(3);
    elsewhere.network = NetworkName("sms");
    elsewhere.account = AccountId("b");
    elsewhere.state = State::failed;
    ASSERT_TRUE(commit({PutAccount{account("a")}, PutMessage{message(1)}, PutMessage{to_user},
                        PutMessage{elsewhere}, PutMessage{message(7)}}));
    EXPECT_THAT(found({}), ElementsAre(7, 3, 2, 1));
    EXPECT_THAT(found({.most = 2}), ElementsAre(7, 3));
    EXPECT_THAT(found({.network = NetworkName("sms")}), ElementsAre(3));
    EXPECT_THAT(found({.user = UserId("a@example.org")}), ElementsAre(7, 2, 1));
    EXPECT_THAT(found({.user = UserId("b@example.org")}), IsEmpty());
    EXPECT_THAT(found({.state = State::failed}), ElementsAre(3));
    EXPECT_THAT(found({.direction = Direction::to_xmpp}), ElementsAre(2));
    EXPECT_THAT(found({.state = State::queued, .direction = Direction::to_network}), ElementsAre(7, 1));
    EXPECT_THAT(found({.id = "7"}), ElementsAre(7, 2)) << "a sequence, and somebody's stanza id";
    EXPECT_THAT(found({.id = "stanza-1"}), ElementsAre(1));
    EXPECT_THAT(found({.id = "srv-2"}), ElementsAre(2));
    EXPECT_THAT(found({.id = "srv"}), IsEmpty());
    EXPECT_THAT(found({.id = "7x"}), IsEmpty());
    const auto all = await(store->find_messages({})).value();
    EXPECT_EQ(all[0].user, UserId("a@example.org"));
    EXPECT_EQ(all[1].user, UserId()) << "its account is gone";
    EXPECT_EQ(everything_of(all[2].row), everything_of(to_user));
}

TEST_P(MessageStoreSuite, CountsByNetworkDirectionAndState) {
    auto sms = message(4);
    sms.network = NetworkName("sms");
    ASSERT_TRUE(
        commit({PutMessage{message(2)}, PutMessage{message(1)}, PutMessage{message(3, Direction::to_xmpp)},
                PutMessage{sms}, PutMessage{message(5)}, move(5, State::queued, State::sending)}));
    std::vector<std::string> lines;
    for (const auto& count : await(store->count_messages()).value()) {
        lines.push_back(count.network.str() + " " + std::string(to_string(count.direction)) + " " +
                        std::string(to_string(count.state)) + " " + std::to_string(count.count) + " since " +
                        std::to_string(count.oldest.time_since_epoch().count()));
    }
    EXPECT_THAT(lines, ::testing::UnorderedElementsAre(
                           "irc to_network queued 2 since 1001", "irc to_xmpp queued 1 since 1003",
                           "irc to_network sending 1 since 1005", "sms to_network queued 1 since 1004"));
}

}  // namespace
}  // namespace causeway::store::testing
