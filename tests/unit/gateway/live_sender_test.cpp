#include "gateway/delivery/live_sender.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::delivery {
namespace {

using test::House;
using test::HouseSettings;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class LiveSenderTest : public ::testing::Test {
protected:
    explicit LiveSenderTest(HouseSettings settings = {}) : house_(std::move(settings)) {}

    void connect() {
        slot_->touch();
        house_.loop.settle();
        house_.network.calls.clear();
    }
    void send(const std::string& text) {
        model::OutgoingMessage message;
        message.key = MessageKey(text);
        message.to = ContactId("bob");
        message.text = text;
        house_.sender.send(slot_, std::move(message), [this, text](Result<adapter::SendOutcome> result) {
            outcomes_.push_back(text + " " + (result ? "ok" : std::string(to_string(result.error().code))));
        });
    }
    /// What became of each message, in the order in which it became known.
    std::vector<std::string> outcomes() {
        house_.loop.settle();
        return std::exchange(outcomes_, {});
    }

    House house_;
    std::shared_ptr<accounts::Slot> slot_ = house_.slot();
    std::vector<std::string> outcomes_;
};

TEST_F(LiveSenderTest, MessagesLeaveInTheOrderOfTheCallsAndEachEndsOnce) {
    connect();
    for (const auto* text : {"1", "2", "3"}) send(text);
    EXPECT_THAT(outcomes(), ElementsAre("1 ok", "2 ok", "3 ok"));
    EXPECT_THAT(house_.asked(), ElementsAre("send 1", "send 2", "send 3"));
    EXPECT_THAT(outcomes(), IsEmpty());
    EXPECT_EQ(house_.sender.depth(), 0U);
}

TEST_F(LiveSenderTest, MessagesWaitForASessionThatIsOnItsWay) {
    house_.network.connecting.close();
    slot_->touch();
    send("1");
    send("2");
    EXPECT_THAT(outcomes(), IsEmpty());
    EXPECT_EQ(house_.sender.depth(), 2U);
    house_.network.connecting.open();
    EXPECT_THAT(outcomes(), ElementsAre("1 ok", "2 ok"));
    EXPECT_THAT(house_.asked(), ElementsAre("open", "run", "send 1", "send 2"));
}

TEST_F(LiveSenderTest, WhenTheSessionDoesNotComeTheyFailAtOnceWithItsReason) {
    house_.network.connecting.close();
    slot_->touch();
    send("1");
    send("2");
    house_.network.connect_error = make_error(Errc::bad_credentials);
    house_.network.connecting.open();
    EXPECT_THAT(outcomes(), ElementsAre("1 bad_credentials", "2 bad_credentials"));
    EXPECT_EQ(house_.sender.depth(), 0U);
    send("3");
    EXPECT_THAT(outcomes(), ElementsAre("3 bad_credentials"));
}

TEST_F(LiveSenderTest, WithoutAReasonToConnectThereIsNoSession) {
    send("1");
    EXPECT_THAT(outcomes(), ElementsAre("1 not_connected"));
}

TEST_F(LiveSenderTest, WhatIsOverTheNetworksLimitsNeverReachesIt) {
    house_.network.declared.limits.max_text_bytes = 10;
    house_.network.declared.limits.max_text_lines = 2;
    connect();
    send("0123456789");
    send("01234567890");
    send("a\nb");
    send("a\nb\nc");
    EXPECT_THAT(outcomes(),
                ElementsAre("01234567890 too_large", "a\nb\nc too_large", "0123456789 ok", "a\nb ok"));
    EXPECT_EQ(house_.asked().size(), 2U);
}

TEST_F(LiveSenderTest, NoMoreAreUnderWayThanTheNetworkDeclares) {
    house_.network.declared.limits.max_in_flight = 2;
    connect();
    house_.network.sending.close();
    for (const auto* text : {"1", "2", "3", "4"}) send(text);
    EXPECT_THAT(outcomes(), IsEmpty());
    EXPECT_THAT(house_.asked(), ElementsAre("send 1", "send 2"));
    house_.network.sending.open();
    EXPECT_THAT(outcomes(), UnorderedElementsAre("1 ok", "2 ok", "3 ok", "4 ok"));
    EXPECT_THAT(house_.asked(), ElementsAre("send 3", "send 4"));
}

TEST_F(LiveSenderTest, TheNetworksErrorIsTheMessagesError) {
    connect();
    house_.network.send_error = make_error(Errc::refused);
    send("1");
    EXPECT_THAT(outcomes(), ElementsAre("1 refused"));
}

TEST_F(LiveSenderTest, ASessionLostBetweenCallAndStartIsAnError) {
    connect();
    send("1");
    house_.network.lose({.code = Errc::not_connected, .retry = Retry::later});
    const auto seen = outcomes();
    ASSERT_EQ(seen.size(), 1U);
}

TEST_F(LiveSenderTest, OutcomesAreCounted) {
    connect();
    send("1");
    house_.loop.settle();
    house_.network.send_error = make_error(Errc::refused);
    send("2");
    house_.loop.settle();
    const auto text = house_.metrics.text();
    const auto line = [](std::string outcome) {
        return "direction=\"to_network\",network=\"fake\",outcome=\"" + outcome + "\"} 1";
    };
    EXPECT_THAT(text, AllOf(HasSubstr(line("accepted")), HasSubstr(line("refused"))));
}

class CrowdedSender : public LiveSenderTest {
protected:
    CrowdedSender() : LiveSenderTest(crowded()) {}
    static HouseSettings crowded() {
        HouseSettings settings;
        settings.sender.most_waiting = 2;
        return settings;
    }
};

TEST_F(CrowdedSender, WhatWaitsIsBounded) {
    house_.network.connecting.close();
    slot_->touch();
    for (const auto* text : {"1", "2", "3"}) send(text);
    EXPECT_THAT(outcomes(), ElementsAre("3 rate_limited"));
    house_.network.connecting.open();
    EXPECT_THAT(outcomes(), ElementsAre("1 ok", "2 ok"));
}

class ImpatientSender : public LiveSenderTest {
protected:
    ImpatientSender() : LiveSenderTest(impatient()) {}
    static HouseSettings impatient() {
        HouseSettings settings;
        settings.sender.connect_within = Millis{3};
        return settings;
    }
};

TEST_F(ImpatientSender, AMessageDoesNotWaitLongerThanItsTime) {
    house_.network.connecting.close();
    slot_->touch();
    send("1");
    EXPECT_TRUE(house_.loop.until([&] { return !outcomes_.empty(); }));
    EXPECT_THAT(outcomes(), ElementsAre("1 not_connected"));
}

}  // namespace
}  // namespace causeway::delivery
