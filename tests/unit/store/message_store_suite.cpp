#include "tests/unit/store/message_store_suite.hpp"

#include <gmock/gmock.h>

namespace causeway::store::testing {

using model::Direction;
using model::Notice;
using model::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MessageStoreSuite);

WallTime at(std::int64_t milliseconds) {
    return WallTime(Millis(milliseconds));
}

MessageRow message(std::int64_t sequence, Direction direction) {
    MessageRow row;
    row.sequence = sequence;
    row.network = NetworkName("irc");
    row.account = AccountId("a");
    row.direction = direction;
    row.endpoint = EndpointId("net");
    row.conversation = "bob";
    row.key = MessageKey("k" + std::to_string(sequence));
    row.accepted = at(1'000 + sequence);
    row.text = "text of " + std::to_string(sequence);
    row.from = "a@example.org/phone";
    row.to = "bob@irc.example.org";
    row.stanza_id = "stanza-" + std::to_string(sequence);
    row.steps = "queued@" + std::to_string(1'000 + sequence);
    return row;
}

MoveMessage move(std::int64_t sequence, State from, State to, std::int64_t at_ms) {
    MoveMessage change;
    change.sequence = sequence;
    change.from = from;
    change.to = to;
    change.at = at(at_ms);
    return change;
}

void MessageStoreSuite::SetUp() {
    backend = GetParam().make();
    reopen();
}

void MessageStoreSuite::reopen() {
    if (store) await(store->close());
    store.reset();
    store = backend->open(loop.get_executor(), context);
    ASSERT_NE(store, nullptr);
}

std::vector<Result<>> MessageStoreSuite::commit_together(std::vector<Batch> batches) {
    std::vector<Result<>> results(batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
        asio::co_spawn(
            loop, store->commit(std::move(batches[i])),
            [&results, i](const std::exception_ptr&, Result<> result) { results[i] = std::move(result); });
    }
    loop.restart();
    loop.run();
    return results;
}

MessageRow MessageStoreSuite::row(std::int64_t sequence) {
    auto rows = await(store->messages({sequence})).value();
    EXPECT_THAT(rows, SizeIs(1)) << sequence;
    return rows.empty() ? MessageRow{} : std::move(rows.front());
}

std::vector<std::int64_t> MessageStoreSuite::open_sequences(const std::string& network, std::int64_t after,
                                                            std::size_t most) {
    std::vector<std::int64_t> sequences;
    for (const auto& open : await(store->open_messages(NetworkName(network), after, most)).value())
        sequences.push_back(open.sequence);
    return sequences;
}

std::vector<std::int64_t> MessageStoreSuite::found(MessageFilter filter) {
    std::vector<std::int64_t> sequences;
    for (const auto& one : await(store->find_messages(std::move(filter))).value())
        sequences.push_back(one.row.sequence);
    return sequences;
}

namespace {

/// No field has its default, and texts hold what breaks careless code.
MessageRow odd_message() {
    MessageRow row;
    row.sequence = 7;
    row.network = NetworkName("sms");
    row.account = AccountId("acc'ount\"; DROP TABLE messages; --");
    row.direction = Direction::to_xmpp;
    row.endpoint = EndpointId("\\ \t\n");
    row.conversation = "+49 🦊 \xE2\x80\xAE";
    row.key = MessageKey("{\"k\":[1,2]} %s $1 ? :a");
    row.state = State::deferred;
    row.notice = Notice::still_trying;
    row.attempts = 4'000'000'000U;
    row.losses = 2;
    row.accepted = at(1'790'000'000'123);
    row.next = at(1'790'000'009'999);
    row.kind = model::MessageKind::notice;
    row.wants_receipt = true;
    row.wants_marker = true;
    row.text = "<message>'\"&amp;\r\n\xF4\x8F\xBF\xBF</message>";
    row.from = "böb%x@irc.example.org";
    row.to = "a@example.org/'";
    row.stanza_id = "id'";
    row.reply_to = "''";
    row.network_ids = "one\ntwo";
    row.reason = "refused: \x01\x7F";
    row.steps = "queued@1 deferred@2";
    return row;
}

TEST_P(MessageStoreSuite, FreshStoreHasNone) {
    EXPECT_EQ(await(store->last_sequence()).value(), 0);
    EXPECT_THAT(open_sequences(), IsEmpty());
    EXPECT_THAT(await(store->messages({1, 2})).value(), IsEmpty());
    EXPECT_THAT(await(store->messages({})).value(), IsEmpty());
    EXPECT_EQ(await(store->message_of_key(AccountId("a"), Direction::to_network, MessageKey("k"))).value(),
              std::nullopt);
    EXPECT_THAT(found({}), IsEmpty());
    EXPECT_THAT(await(store->count_messages()).value(), IsEmpty());
}

TEST_P(MessageStoreSuite, EveryFieldComesBackAfterAReopen) {
    const auto odd = odd_message();
    ASSERT_TRUE(commit({PutMessage{odd}}));
    reopen();
    EXPECT_EQ(everything_of(row(7)), everything_of(odd));
    const auto by_key = await(store->message_of_key(odd.account, odd.direction, odd.key)).value();
    ASSERT_TRUE(by_key);
    EXPECT_EQ(everything_of(*by_key), everything_of(odd));
    const auto open = await(store->open_messages(odd.network, 0, 10)).value();
    ASSERT_THAT(open, SizeIs(1));
    EXPECT_EQ(std::tie(open[0].sequence, open[0].account, open[0].direction, open[0].endpoint,
                       open[0].conversation, open[0].state, open[0].notice, open[0].attempts, open[0].losses,
                       open[0].accepted, open[0].next),
              std::tie(odd.sequence, odd.account, odd.direction, odd.endpoint, odd.conversation, odd.state,
                       odd.notice, odd.attempts, odd.losses, odd.accepted, odd.next));
    EXPECT_EQ(await(store->last_sequence()).value(), 7);
}

TEST_P(MessageStoreSuite, EmptyTextsComeBackEmpty) {
    MessageRow bare;
    bare.sequence = 1;
    ASSERT_TRUE(commit({PutMessage{bare}}));
    EXPECT_EQ(everything_of(row(1)), everything_of(bare));
    EXPECT_TRUE(await(store->message_of_key(AccountId(), Direction::to_network, MessageKey())).value());
}

// ------------------------------------------------------------------------------------------------ repeats
TEST_P(MessageStoreSuite, RepeatConflictsAndTheFirstStays) {
    ASSERT_TRUE(commit({PutMessage{message(1)}}));
    auto repeat = message(2);
    repeat.key = message(1).key;
    repeat.text = "another";
    const auto refused = commit({PutMessage{repeat}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_EQ(row(1).text, "text of 1");
    EXPECT_THAT(await(store->messages({2})).value(), IsEmpty());
}

TEST_P(MessageStoreSuite, SameKeyOfAnotherAccountOrDirectionIsNoRepeat) {
    auto other_way = message(2, Direction::to_xmpp);
    auto other_account = message(3);
    other_account.account = AccountId("b");
    other_way.key = other_account.key = message(1).key;
    EXPECT_TRUE(commit({PutMessage{message(1)}, PutMessage{other_way}, PutMessage{other_account}}));
    EXPECT_THAT(open_sequences(), ElementsAre(1, 2, 3));
}

TEST_P(MessageStoreSuite, SequenceThatIsThereConflicts) {
    ASSERT_TRUE(commit({PutMessage{message(1)}}));
    auto other = message(1);
    other.key = MessageKey("other");
    const auto refused = commit({PutMessage{other}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
}

TEST_P(MessageStoreSuite, RepeatIsRecognisedAfterItsFirstIsDoneAndItsAccountGone) {
    ASSERT_TRUE(commit({PutAccount{account("a")}, PutMessage{message(1)}}));
    auto done = move(1, State::queued, State::failed);
    done.forget_text = true;
    ASSERT_TRUE(commit({done}));
    ASSERT_TRUE(commit({RemoveAccount{AccountId("a")}}));
    reopen();
    auto repeat = message(2);
    repeat.key = message(1).key;
    EXPECT_EQ(commit({PutMessage{repeat}}).error().code, Errc::conflict);
    ASSERT_TRUE(commit({PurgeMessages{at(1'000'000), 10}}));
    EXPECT_TRUE(commit({PutMessage{repeat}}));
}

TEST_P(MessageStoreSuite, ConflictTakesItsWholeBatchAndNoOther) {
    auto repeat = message(3);
    repeat.key = message(1).key;
    const auto results = commit_together({
        {PutAccount{account("a")}, PutMessage{message(1)}},
        {PutMessage{message(2)}, PutAccount{account("b")}, PutMessage{repeat}},
        {PutMessage{repeat}},
        {move(1, State::sending, State::accepted)},
        {PutMessage{message(4)}, PutMessage{message(5)}},
        {move(4, State::queued, State::sending), move(5, State::sending, State::accepted)},
        {PutMessage{message(6)}},
    });
    EXPECT_TRUE(results[0]);
    EXPECT_TRUE(results[4]);
    EXPECT_TRUE(results[6]);
    for (const std::size_t refused : {1U, 2U, 3U, 5U}) {
        ASSERT_FALSE(results[refused]) << refused;
        EXPECT_EQ(results[refused].error().code, Errc::conflict) << refused;
    }
    reopen();
    EXPECT_THAT(open_sequences(), ElementsAre(1, 4, 5, 6));
    EXPECT_EQ(row(4).state, State::queued);
    EXPECT_THAT(await(store->load(NetworkName("irc"))).value().accounts, SizeIs(1));
}

// ------------------------------------------------------------------------------------------------ moves
TEST_P(MessageStoreSuite, MoveWritesItsStepAndLeavesTheRest) {
    auto first = message(1);
    first.notice = Notice::still_trying;
    first.attempts = 3;
    first.losses = 1;
    first.network_ids = "n";
    first.reason = "r";
    ASSERT_TRUE(commit({PutMessage{first}, PutMessage{message(2)}}));
    ASSERT_TRUE(commit({move(1, State::queued, State::sending, 1'790'000'000'007)}));
    first.state = State::sending;
    first.steps = "queued@1001 sending@1790000000007";
    EXPECT_EQ(everything_of(row(1)), everything_of(first));
    EXPECT_EQ(everything_of(row(2)), everything_of(message(2)));
}

TEST_P(MessageStoreSuite, MoveSetsWhatItNames) {
    ASSERT_TRUE(commit({PutMessage{message(1)}}));
    auto change = move(1, State::queued, State::deferred, 2);
    change.notice = Notice::receipt;
    change.attempts = 5;
    change.losses = 6;
    change.next = at(77);
    change.accepted = at(66);
    change.network_ids = "x\ny";
    change.reason = "timed_out: it's late";
    change.forget_text = true;
    ASSERT_TRUE(commit({change}));
    auto expected = message(1);
    expected.state = State::deferred;
    expected.notice = Notice::receipt;
    expected.attempts = 5;
    expected.losses = 6;
    expected.next = at(77);
    expected.accepted = at(66);
    expected.network_ids = "x\ny";
    expected.reason = "timed_out: it's late";
    expected.text = "";
    expected.steps = "queued@1001 deferred@2";
    EXPECT_EQ(everything_of(row(1)), everything_of(expected));
}

TEST_P(MessageStoreSuite, MoveFromAStateThatItIsNotInConflicts) {
    ASSERT_TRUE(commit({PutMessage{message(1)}}));
    for (const auto& wrong :
         {move(1, State::sending, State::accepted), move(2, State::queued, State::sending)}) {
        const auto refused = commit({wrong});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::conflict);
    }
    EXPECT_EQ(everything_of(row(1)), everything_of(message(1)));
}

TEST_P(MessageStoreSuite, SeveralMovesInOneBatchFollowEachOther) {
    ASSERT_TRUE(
        commit({PutMessage{message(1)}, move(1, State::queued, State::sending, 1),
                move(1, State::sending, State::accepted, 2), move(1, State::accepted, State::delivered, 3)}));
    EXPECT_EQ(row(1).steps, "queued@1001 sending@1 accepted@2 delivered@3");
}

}  // namespace

}  // namespace causeway::store::testing
