// What a crash left of rooms: who is told to be inside is so afterwards, who was there is taken away if gone, and keys are
// still known.
#include "gateway/rooms/room_memory.hpp"

#include "component/xep/xep0199_ping.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class RoomMemoryTest : public ::testing::Test {
protected:
    /// Everything that is in `from`'s store, in a house of its own: the next start.
    static void inherit(test::House& from, test::House& to) {
        to.store.rows = from.store.rows;
        const auto joins = to.loop.await(to.accounts.load());
        to.rooms.restore(*joins);
        to.loop.settle();
        for (const auto& asked : to.outlet.take()) {
            to.receive("<iq type='result' id='" + std::string(asked.attr("id")) + "' from='" +
                       std::string(asked.attr("to")) + "' to='" + std::string(asked.attr("from")) + "'/>");
        }
    }
    test::House house;
};

constexpr std::string_view kJoin =
    "<presence from='romeo@home.test/a' to='#hall@net.test/romeo' id='j'>"
    "<x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x></presence>";

// covers: GW-NF-005
TEST_F(RoomMemoryTest, WhoWentWhileWeWereNotThereIsShownAsGoneAfterACrash) {
    house.receive(kJoin);
    house.tell(adapter::EventMemberJoined{RoomId("#hall"), {.nick = "bob", .contact = ContactId("bob")}});
    ASSERT_TRUE(house.loop.until([&] {
        const auto found = house.store.rows.records.find("room:#hall");
        return found != house.store.rows.records.end() && found->second == "alice\nbob\nromeo\n";
    }));
    test::House next;
    next.network.hall.members.push_back({.nick = "carol", .contact = ContactId("carol")});
    inherit(house, next);
    EXPECT_THAT(next.sent(),
                ElementsAre("presence:unavailable #hall@net.test/bob > romeo@home.test/a",
                            "presence #hall@net.test/alice > romeo@home.test/a",
                            "presence #hall@net.test/carol > romeo@home.test/a",
                            "presence #hall@net.test/romeo > romeo@home.test/a (110)",
                            "message:groupchat #hall@net.test > romeo@home.test/a subject=\"Welcome\""));
}

// covers: GW-NF-005
TEST_F(RoomMemoryTest, EachChangeIsKeptAtOnceHoweverSoonItFollows) {
    house.receive(kJoin);
    for (int i = 0; i < 20; ++i) {
        const auto nick = "guest" + std::to_string(i);
        house.tell(adapter::EventMemberJoined{RoomId("#hall"), {.nick = nick, .contact = ContactId(nick)}});
        const auto begun = std::chrono::steady_clock::now();
        ASSERT_TRUE(house.loop.until([&] {
            const auto found = house.store.rows.records.find("room:#hall");
            return found != house.store.rows.records.end() && found->second.contains(nick + '\n');
        }));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(150)) << nick;
    }
}

// covers: GW-NF-005
TEST_F(RoomMemoryTest, ARoomWithAPasswordIsEnteredAgainWithIt) {
    house.receive(kJoin);
    ASSERT_THAT(house.store.rows.joins, ElementsAre(::testing::_));
    EXPECT_THAT(house.store.rows.joins.front().sealed_password, Not(HasSubstr("sesame")));
    test::House next;
    inherit(house, next);
    EXPECT_THAT(next.asked(), Contains("join #hall romeo with sesame"));
}

TEST_F(RoomMemoryTest, OnesOwnNewNameIsTheOneThatIsTakenUp) {
    house.receive(kJoin);
    adapter::EventMemberRenamed renamed;
    renamed.room = RoomId("#hall");
    renamed.old_nick = "romeo";
    renamed.member = {.nick = "montague", .contact = ContactId("romeo")};
    renamed.self = true;
    house.tell(renamed);
    EXPECT_EQ(house.store.rows.joins.front().nick, "montague");
}

TEST_F(RoomMemoryTest, WhatIsLeftOfOtherRoomsIsRemoved) {
    house.store.rows.records = {{"room:#elsewhere", "x\n"}, {"running", "1"}};
    ASSERT_TRUE(house.loop.await(house.accounts.load()));
    house.rooms.restore({});
    house.loop.settle();
    EXPECT_THAT(house.store.rows.records, UnorderedElementsAre(Pair("running", "1")));
}

// covers: GW-NF-005 GW-LOG-013
TEST_F(RoomMemoryTest, NobodyIsToldToBeInsideBeforeItIsKept) {
    Gate kept(house.loop.executor());
    house.store.held = &kept;
    house.receive(kJoin);
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_THAT(house.asked(), Not(Contains(HasSubstr("join")))) << "what is said there would pass him by";
    kept.open();
    EXPECT_THAT(house.sent(), Contains(HasSubstr("(110)")));
    EXPECT_THAT(house.asked(), Contains("join #hall romeo with sesame"));
    EXPECT_THAT(house.store.rows.joins, SizeIs(1));
}

TEST_F(RoomMemoryTest, WhoLeavesBeforeItIsKeptStaysOutside) {
    Gate kept(house.loop.executor());
    house.store.held = &kept;
    house.receive(kJoin);
    house.receive("<presence type='unavailable' from='romeo@home.test/a' to='#hall@net.test/romeo'/>");
    kept.open();
    EXPECT_THAT(house.sent(), Not(Contains(HasSubstr("subject="))));
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

}  // namespace
}  // namespace causeway::rooms
