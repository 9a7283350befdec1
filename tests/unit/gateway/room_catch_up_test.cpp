// Rooms after a link that was lost: those inside hear what they missed, and no more.
#include "gateway/rooms/room_service.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class CatchUpTest : public test::HouseTest {
protected:
    /// Everything so far has arrived; nothing from now on does.
    void lose_link() {
        forget_so_far();
        house.clock.advance(Millis{10});
        house.outlet.taken = house.clock.steady();
        house.outlet.down = true;
    }
    /// What is said when the link is back, without the questions to the seats.
    std::vector<std::string> return_link() {
        house.outlet.down = false;
        house.presence.on_link_up();
        house.rooms.on_link_up();
        auto sent = house.sent();
        std::erase_if(sent, [](const std::string& line) { return line.starts_with("iq:"); });
        return sent;
    }
    void came(const std::string& nick) {
        house.tell(adapter::EventMemberJoined{RoomId("#hall"), {.nick = nick, .contact = ContactId(nick)}});
    }
    void left(const std::string& nick) {
        adapter::EventMemberLeft event;
        event.room = RoomId("#hall");
        event.nick = nick;
        event.self = nick == "romeo";
        if (event.self) event.how = adapter::EventMemberLeft::How::kicked;
        house.tell(event);
    }
    void renamed(const std::string& from, const std::string& to) {
        adapter::EventMemberRenamed event;
        event.room = RoomId("#hall");
        event.old_nick = from;
        event.member = {.nick = to, .contact = ContactId(to)};
        event.self = from == "romeo";
        house.tell(event);
    }
};

// covers: GW-NF-001 GW-NF-002
TEST_F(CatchUpTest, WhoCameAndWentWhileTheLinkWasDownIsToldAsChanges) {
    enter_hall();
    came("dave");
    lose_link();
    came("bob");
    left("alice");
    came("carol");
    left("carol");
    EXPECT_THAT(return_link(),
                UnorderedElementsAre("presence #hall@net.test/bob > romeo@home.test/a",
                                     "presence:unavailable #hall@net.test/alice > romeo@home.test/a",
                                     "presence:unavailable #hall@net.test/carol > romeo@home.test/a"))
        << "nothing of dave, who was known before";
    house.outlet.taken = SteadyTime::max();
    EXPECT_THAT(return_link(), IsEmpty()) << "and once it has arrived, never again";
}

// covers: GW-NF-002
TEST_F(CatchUpTest, WhatWasWrittenToADyingLinkIsToldAgain) {
    enter_hall();
    lose_link();
    house.outlet.down = false;  // written, but it never arrives
    came("bob");
    forget_so_far();
    EXPECT_THAT(return_link(), ElementsAre("presence #hall@net.test/bob > romeo@home.test/a"));
}

TEST_F(CatchUpTest, AJoinWhoseAnswerMayBeLostIsAnsweredAgain) {
    enter_hall("b");
    lose_link();
    house.outlet.down = false;
    enter_hall("a");
    EXPECT_THAT(return_link(),
                ElementsAre("presence #hall@net.test/alice > romeo@home.test/a",
                            "presence #hall@net.test/romeo > romeo@home.test/a (110)",
                            "message:groupchat #hall@net.test > romeo@home.test/a subject=\"Welcome\""));
}

TEST_F(CatchUpTest, ANewNameOfOnesOwnIsToldAsSuch) {
    enter_hall();
    lose_link();
    renamed("romeo", "montague");
    came("romeo");  // somebody takes the old one
    EXPECT_THAT(return_link(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (303,110)",
                            "presence #hall@net.test/montague > romeo@home.test/a (110)",
                            "presence #hall@net.test/montague > romeo@home.test/a (110)",
                            "presence #hall@net.test/romeo > romeo@home.test/a"));
}

TEST_F(CatchUpTest, ANewSubjectIsToldOnce) {
    enter_hall();
    lose_link();
    adapter::EventTopic topic;
    topic.room = RoomId("#hall");
    topic.topic.text = "Farewell";
    house.tell(topic);
    EXPECT_THAT(return_link(), ElementsAre(HasSubstr("subject=\"Farewell\"")));
}

// covers: GW-NF-002
TEST_F(CatchUpTest, WhoWasPutOutWhileTheLinkWasDownHearsOfIt) {
    enter_hall();
    lose_link();
    left("romeo");
    EXPECT_EQ(house.rooms.room_count(), 0U);
    EXPECT_THAT(return_link(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (307,110)"));
    house.outlet.taken = SteadyTime::max();
    EXPECT_THAT(return_link(), IsEmpty());
}

// covers: GW-CON-001
TEST_F(CatchUpTest, AnAnswerToASubscriptionThatWasLostIsGivenAgain) {
    come_online();
    house.network.adding.close();
    house.receive("<presence type='subscribe' from='romeo@home.test' to='bob@net.test'/>");
    lose_link();
    house.network.adding.open();
    house.loop.settle();
    const auto sent = return_link();
    EXPECT_THAT(sent, Contains("presence:subscribed bob@net.test > romeo@home.test"));
    house.outlet.taken = SteadyTime::max();
    EXPECT_THAT(return_link(), Not(Contains(HasSubstr("presence:subscribed"))));
}

}  // namespace
}  // namespace causeway::rooms
