#include "gateway/accounts/slot.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::accounts {
namespace {

using adapter::SessionState;
using test::House;
using test::HouseSettings;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Error lost() {
    auto error = make_error(Errc::not_connected, "reset by peer");
    error.retry = Retry::later;
    return error;
}

class SlotTest : public ::testing::Test {
protected:
    void want(Reason reason, bool on = true) {
        slot_->set_reason(reason, on);
        house_.loop.settle();
    }
    [[nodiscard]] bool connected_again(std::size_t runs) {
        return house_.loop.until(
            [&] { return house_.network.count("run") >= runs && slot_->state() == SessionState::connected; });
    }

    House house_;
    std::shared_ptr<Slot> slot_ = house_.slot();
};

TEST_F(SlotTest, TheFirstReasonStartsTheSessionAndTheLastOnesEndClosesIt) {
    EXPECT_THAT(house_.asked(), IsEmpty());
    want(Reason::rooms);
    want(Reason::contacts);
    EXPECT_EQ(slot_->state(), SessionState::connected);
    EXPECT_THAT(house_.asked(), ElementsAre("open", "run"));
    want(Reason::rooms, false);
    EXPECT_THAT(house_.asked(), IsEmpty());
    want(Reason::contacts, false);
    EXPECT_THAT(house_.asked(), ElementsAre("close"));
    EXPECT_EQ(slot_->state(), SessionState::stopped);
    EXPECT_EQ(house_.network.running, 0U);
}

TEST_F(SlotTest, ALostSessionComesBackAfterAWhileOneRunAtATime) {
    want(Reason::rooms);
    house_.network.lose(lost());
    ASSERT_TRUE(connected_again(2));
    EXPECT_THAT(house_.states,
                ElementsAre("connecting", "connected", "backing_off", "connecting", "connected"));
    EXPECT_EQ(house_.network.most_running, 1U);
}

TEST_F(SlotTest, WhileItWaitsTheLastErrorIsKnown) {
    house_.network.connect_error = lost();
    want(Reason::rooms);
    ASSERT_TRUE(slot_->last_error());
    EXPECT_EQ(slot_->last_error()->code, Errc::not_connected);
    EXPECT_EQ(slot_->session(), nullptr);
    house_.network.connect_error.reset();
    ASSERT_TRUE(connected_again(2));
    EXPECT_FALSE(slot_->last_error());
}

// covers: GW-LOG-005
TEST_F(SlotTest, ARefusedLoginIsNotTriedAgainByItself) {
    house_.network.connect_error = make_error(Errc::bad_credentials);
    want(Reason::rooms);
    EXPECT_EQ(slot_->state(), SessionState::bad_credentials);
    want(Reason::contacts);
    slot_->touch();
    house_.loop.settle();
    EXPECT_EQ(house_.network.count("run"), 1U);

    house_.network.connect_error.reset();
    slot_->restart();
    house_.loop.settle();
    EXPECT_EQ(slot_->state(), SessionState::connected);
}

TEST_F(SlotTest, RestartMakesANewSessionWithoutWaiting) {
    want(Reason::rooms);
    slot_->restart();
    house_.loop.settle();
    EXPECT_EQ(slot_->state(), SessionState::connected);
    EXPECT_THAT(house_.asked(), ElementsAre("open", "run", "close", "open", "run"));
    EXPECT_EQ(house_.network.most_running, 1U);
}

TEST_F(SlotTest, WantedAgainWhileItSaysGoodbyeItWaitsForTheNextSession) {
    want(Reason::rooms);
    house_.network.closing.close();
    want(Reason::rooms, false);
    EXPECT_EQ(slot_->session(), nullptr) << "nobody may use a session that is on its way out";
    want(Reason::rooms);
    EXPECT_EQ(slot_->state(), SessionState::connecting);
    EXPECT_EQ(house_.network.count("run"), 1U);
    house_.network.closing.open();
    house_.loop.settle();
    EXPECT_EQ(slot_->state(), SessionState::connected);
    EXPECT_THAT(house_.asked(), ElementsAre("open", "run", "close", "open", "run"));
}

TEST_F(SlotTest, GivenUpWhileItBacksOffItStops) {
    HouseSettings settings;
    settings.slots.backoff = {Millis{600'000}, Millis{600'000}, Millis{1}};
    House house(settings);
    house.network.connect_error = lost();
    const auto slot = house.slot();
    slot->set_reason(Reason::rooms, true);
    house.loop.settle();
    EXPECT_EQ(slot->state(), SessionState::backing_off);
    slot->set_reason(Reason::rooms, false);
    house.loop.settle();
    EXPECT_EQ(slot->state(), SessionState::stopped);
    EXPECT_EQ(house.network.count("run"), 1U);
}

TEST_F(SlotTest, WithoutWordsTheTrafficReasonEnds) {
    HouseSettings settings;
    settings.slots.idle_after = Millis{100};
    House house(settings);
    const auto slot = house.slot();
    slot->touch();
    house.loop.settle();
    EXPECT_EQ(slot->state(), SessionState::connected);
    house.clock.advance(Millis{101});
    EXPECT_TRUE(house.loop.until([&] { return slot->state() == SessionState::stopped; }));
}

TEST_F(SlotTest, ShutLeavesNothingScheduled) {
    want(Reason::rooms);
    slot_->touch();
    house_.loop.await(slot_->shut("bye", std::chrono::steady_clock::now() + Millis{1'000}));
    EXPECT_EQ(house_.network.running, 0U);
    EXPECT_THAT(house_.asked(), ElementsAre("open", "run", "close bye"));
    want(Reason::contacts);
    EXPECT_THAT(house_.asked(), IsEmpty()) << "a slot that was shut stays shut";
}

TEST_F(SlotTest, ShutReturnsByItsDeadlineThoughTheNetworkHangs) {
    want(Reason::rooms);
    house_.network.closing.close();
    house_.loop.await(slot_->shut("bye", std::chrono::steady_clock::now() + Millis{5}));
    SUCCEED();
}

TEST_F(SlotTest, EventsArriveInTheOrderInWhichTheyWereTold) {
    want(Reason::rooms);
    for (const auto* word : {"one", "two", "three"}) {
        adapter::EventMessage event;
        event.in = ContactId("bob");
        event.from = ContactId("bob");
        event.text = word;
        spawn(house_.loop.executor(), slot_->publish(event));
    }
    EXPECT_THAT(house_.sent(), ElementsAre("message:chat bob@net.test > romeo@home.test body=\"one\"",
                                           "message:chat bob@net.test > romeo@home.test body=\"two\"",
                                           "message:chat bob@net.test > romeo@home.test body=\"three\""));
}

TEST_F(SlotTest, TheAdaptersRecordsAreKeptInTheStore) {
    auto& records = slot_->records();
    ASSERT_TRUE(house_.loop.await(records.put("cursor", "42")));
    EXPECT_EQ(house_.loop.await(records.get("cursor")).value().value_or(""), "42");
    ASSERT_TRUE(house_.loop.await(records.put("cursor", "")));
    EXPECT_FALSE(house_.loop.await(records.get("cursor")).value());
}

TEST_F(SlotTest, WaitingEndsWithTheFirstFailure) {
    house_.network.connect_error = lost();
    slot_->set_reason(Reason::rooms, true);
    EXPECT_FALSE(house_.loop.await(slot_->wait_connected(std::chrono::steady_clock::now() + Millis{60'000})));
}

}  // namespace
}  // namespace causeway::accounts
