// Rooms as users meet them: entering, leaving, connections that break.
#include "gateway/rooms/room_service.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using test::House;
using test::HouseSettings;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kMuc = "<x xmlns='http://jabber.org/protocol/muc'/>";

std::string join_of(std::string_view resource, std::string_view room = "#hall",
                    std::string_view inside = kMuc) {
    return "<presence from='romeo@home.test/" + std::string(resource) + "' to='" + std::string(room) +
           "@net.test/romeo' id='j'>" + std::string(inside) + "</presence>";
}

std::string leave_of(std::string_view resource) {
    return "<presence type='unavailable' from='romeo@home.test/" + std::string(resource) +
           "' to='#hall@net.test/romeo'><status>gone fishing</status></presence>";
}

Error lost() {
    auto error = make_error(Errc::not_connected);
    error.retry = Retry::later;
    return error;
}

class RoomsTest : public test::HouseTest {};

// covers: GW-MUC-001 GW-MUC-007
TEST_F(RoomsTest, EnteringShowsTheOthersThenOneselfThenTheSubject) {
    house.network.hall.members.push_back({.nick = "bob", .contact = ContactId("bob")});
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence #hall@net.test/alice > romeo@home.test/a",
                            "presence #hall@net.test/bob > romeo@home.test/a",
                            "presence #hall@net.test/romeo > romeo@home.test/a (110)",
                            "message:groupchat #hall@net.test > romeo@home.test/a subject=\"Welcome\""));
    EXPECT_THAT(house.asked(), ElementsAre("open", "run", "join #hall romeo"));
}

// covers: GW-MUC-003
TEST_F(RoomsTest, EveryOccupantsPresenceHasOneStanding) {
    house.receive(join_of("a"));
    house.loop.settle();
    std::map<std::string, std::string> standings;
    for (const auto& stanza : house.outlet.take()) {
        if (stanza.name() != "presence") continue;
        std::size_t marks = 0;
        for (const auto* child : stanza.children()) marks += child->ns() == xmpp::xep0045::kUserNs ? 1 : 0;
        EXPECT_EQ(marks, 1U);
        const auto* item = stanza.child("x", xmpp::xep0045::kUserNs)->child("item");
        ASSERT_NE(item, nullptr);
        standings[std::string(stanza.attr("from"))] =
            std::string(item->attr("affiliation")) + "/" + std::string(item->attr("role"));
    }
    EXPECT_EQ(standings["#hall@net.test/alice"], "admin/moderator");
    EXPECT_EQ(standings["#hall@net.test/romeo"], "none/participant");
}

// covers: GW-MUC-001
TEST_F(RoomsTest, ANickThatTheNetworkChangedIsTold) {
    house.network.hall.own_nick = "romeo_";
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(), Contains("presence #hall@net.test/romeo_ > romeo@home.test/a (110,210)"));
}

// covers: GW-MUC-002
TEST_F(RoomsTest, WithoutANickNobodyEnters) {
    house.receive("<presence from='romeo@home.test/a' to='#hall@net.test' id='j'>" + std::string(kMuc) +
                  "</presence>");
    EXPECT_THAT(house.sent(), ElementsAre("presence:error #hall@net.test > romeo@home.test/a jid-malformed"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-004
TEST_F(RoomsTest, EnteringAgainBringsEverythingAgainWithoutTheNetwork) {
    enter_hall();
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(), SizeIs(3));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-007
TEST_F(RoomsTest, WithoutATopicAnEmptySubjectComesAllTheSame) {
    house.network.hall.topic = {};
    house.receive(join_of("a"));
    EXPECT_EQ(house.sent().back(), "message:groupchat #hall@net.test > romeo@home.test/a subject=\"\"");
}

// covers: GW-MUC-005
TEST_F(RoomsTest, ARefusalIsAnErrorFromTheNickThatWasAsked) {
    house.network.join_error = adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::banned, ""};
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error #hall@net.test/romeo > romeo@home.test/a forbidden"));
    EXPECT_EQ(house.rooms.room_count(), 0U);
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
    EXPECT_EQ(house.slot()->state(), adapter::SessionState::stopped) << "nothing is left to be connected for";
}

// covers: GW-MUC-005
TEST_F(RoomsTest, APasswordIsHandedOn) {
    house.receive(
        join_of("a", "#hall", "<x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x>"));
    EXPECT_THAT(house.asked(), Contains("join #hall romeo with sesame"));
}

TEST_F(RoomsTest, AJoinThatIsNeverAnsweredEndsByItsDeadline) {
    house.slot()->set_reason(accounts::Reason::contacts, true);
    house.loop.settle();
    house.network.joining.close();
    house.clock.let_deadlines_pass();
    house.receive(join_of("a"));
    EXPECT_EQ(house.network.count("join #hall romeo"), 1U);
    EXPECT_TRUE(house.loop.until([&] { return house.rooms.room_count() == 0; }));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error #hall@net.test/romeo > romeo@home.test/a remote-server-timeout"));
}

TEST_F(RoomsTest, AJoinEndsWhenTheSessionDoesNotConnect) {
    house.network.connect_error = lost();
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error #hall@net.test/romeo > romeo@home.test/a remote-server-timeout"));
}

TEST_F(RoomsTest, WhoComesWhileTheNetworkIsAskedIsSeatedWithTheFirst) {
    house.network.joining.close();
    house.receive(join_of("a"));
    house.receive(join_of("b"));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.joining.open();
    const auto sent = house.sent();
    EXPECT_THAT(sent, Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
    EXPECT_THAT(sent, Contains("presence #hall@net.test/romeo > romeo@home.test/b (110)"));
    EXPECT_EQ(house.network.count("join #hall romeo"), 1U);
    EXPECT_THAT(house.store.rows.joins, SizeIs(2));
}

TEST_F(RoomsTest, WhoLeavesWhileTheNetworkIsAskedLeavesNothingBehind) {
    house.network.joining.close();
    house.receive(join_of("a"));
    house.receive(leave_of("a"));
    house.network.joining.open();
    house.loop.settle();
    EXPECT_EQ(house.rooms.room_count(), 0U);
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

TEST_F(RoomsTest, WhoComesBackBeforeTheFirstAnswerIsSeatedOnceAndStays) {
    house.slot()->set_reason(accounts::Reason::contacts,
                             true);  // the session stays, whatever happens to rooms
    house.network.joining.close();
    house.receive(join_of("a"));
    house.receive(leave_of("a"));
    forget_so_far();
    house.receive(join_of("a"));
    house.network.joining.open();
    EXPECT_THAT(house.sent(), SizeIs(3)) << "one welcome";
    EXPECT_EQ(house.rooms.room_count(), 1U);
    EXPECT_THAT(house.asked(), Not(Contains(HasSubstr("leave"))));
}

// covers: GW-MUC-012
TEST_F(RoomsTest, TheNetworksRoomIsLeftWithTheLastSeat) {
    enter_hall("a");
    enter_hall("b");
    house.receive(leave_of("a"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (110)"));
    EXPECT_THAT(house.asked(), IsEmpty());
    house.receive(leave_of("b"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/b (110)"));
    EXPECT_THAT(house.asked(), ElementsAre("leave #hall gone fishing", "close"));
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

TEST_F(RoomsTest, LeavingTheLastRoomAndComingBackAtOnceWaitsForANewSession) {
    enter_hall();
    house.network.closing.close();
    house.receive(leave_of("a"));
    static_cast<void>(house.sent());
    house.receive(join_of("a"));
    EXPECT_THAT(house.sent(), IsEmpty()) << "the old session is on its way out";
    house.network.closing.open();
    EXPECT_THAT(house.sent(), Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
}

// covers: GW-MUC-024
TEST_F(RoomsTest, StrangersAndTypedPresenceChangeNothing) {
    enter_hall("a");
    house.receive(leave_of("b"));
    for (const auto* type : {"subscribed", "unsubscribed", "unsubscribe"}) {
        house.receive("<presence type='" + std::string(type) +
                      "' from='romeo@home.test/b' to='#hall@net.test/romeo'>" + std::string(kMuc) +
                      "</presence>");
    }
    house.receive("<presence from='romeo@home.test/b' to='#hall@net.test/romeo'/>");
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_THAT(house.asked(), IsEmpty());
    EXPECT_EQ(house.rooms.room_count(), 1U);
}

// covers: GW-MUC-014
TEST_F(RoomsTest, AResourceThatIsGoneLosesItsSeats) {
    enter_hall("a");
    enter_hall("b");
    house.receive(
        "<message type='error' from='romeo@home.test/a' to='#hall@net.test/alice'><error type='cancel'>"
        "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
    EXPECT_THAT(
        house.sent(),
        ElementsAre(HasSubstr("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (333,110)")));
    house.receive(
        "<presence type='error' from='romeo@home.test/b' to='#hall@net.test/romeo'><error type='cancel'>"
        "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
    EXPECT_EQ(house.rooms.room_count(), 0U);
    EXPECT_THAT(house.asked(), Contains("leave #hall"));
}

// covers: GW-MUC-014
TEST_F(RoomsTest, AnErrorAboutOneStanzaTakesNobodysSeat) {
    enter_hall("a");
    house.receive(
        "<message type='error' from='romeo@home.test/a' to='#hall@net.test/alice'><error type='modify'>"
        "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_EQ(house.rooms.room_count(), 1U);
}

// covers: GW-MUC-015
TEST_F(RoomsTest, OnTheWayOutEverySeatIsTold) {
    enter_hall("a");
    enter_hall("b");
    house.rooms.close_all("restarting");
    EXPECT_THAT(
        house.sent(),
        ElementsAre(
            "presence:unavailable #hall@net.test/romeo > romeo@home.test/a (332,110) status=\"restarting\"",
            "presence:unavailable #hall@net.test/romeo > romeo@home.test/b (332,110) status=\"restarting\""));
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

TEST_F(RoomsTest, OnTheWayOutAJoinUnderWayIsRefusedAndStaysSo) {
    house.network.joining.close();
    house.receive(join_of("a"));
    house.rooms.close_all("restarting");
    house.network.joining.open();
    EXPECT_THAT(house.sent(),
                ElementsAre(HasSubstr("presence:error #hall@net.test/romeo > romeo@home.test/a")));
}

TEST_F(RoomsTest, ALostConnectionIsSaidThenTheRoomIsEnteredAgainAndShownWhole) {
    enter_hall();
    house.network.hall.members.push_back({.nick = "carol", .contact = ContactId("carol")});
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("join #hall romeo") == 1; }));
    const auto sent = house.sent();
    ASSERT_THAT(sent, SizeIs(5));
    EXPECT_THAT(sent[0],
                AllOf(HasSubstr("message:groupchat #hall@net.test > romeo@home.test/a"), HasSubstr("lost")));
    EXPECT_THAT(sent, Contains("presence #hall@net.test/carol > romeo@home.test/a"));
    EXPECT_THAT(sent, Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
}

TEST_F(RoomsTest, WhoIsNotThereAnyMoreAfterALostConnectionIsShownAsGone) {
    enter_hall();
    house.network.hall.members.clear();
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("join #hall romeo") == 1; }));
    EXPECT_THAT(house.sent(),
                Contains(HasSubstr("presence:unavailable #hall@net.test/alice > romeo@home.test/a")));
}

TEST_F(RoomsTest, WhoMayNotEnterAgainIsPutOut) {
    enter_hall();
    house.network.join_error = adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::banned, ""};
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.rooms.room_count() == 0; }));
    EXPECT_THAT(
        house.sent(),
        Contains(HasSubstr("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (307,110)")));
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

TEST(Rooms, ARejoinThatTimesOutIsTriedAgain) {
    HouseSettings settings;
    settings.rooms.rejoin_after = Millis{1};
    House house(settings);
    house.receive(join_of("a"));
    house.network.join_error = adapter::RoomError{make_error(Errc::timed_out), {}, ""};
    house.network.join_errors_left = 2;
    house.network.calls.clear();
    static_cast<void>(house.sent());
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("join #hall romeo") == 3; }));
    EXPECT_THAT(house.sent(), Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
}

TEST(Rooms, AJoinToALostRoomEndsByItsDeadline) {
    HouseSettings settings;
    settings.slots.backoff = {Millis{600'000}, Millis{600'000}, Millis{1}};
    House house(settings);
    house.receive(join_of("a"));
    house.network.lose(lost());
    static_cast<void>(house.sent());
    house.receive(join_of("b"));
    EXPECT_THAT(house.sent(), IsEmpty()) << "the connection may come back in time";
    house.clock.let_deadlines_pass();
    house.receive(join_of("b"));
    std::vector<std::string> sent;
    ASSERT_TRUE(house.loop.until([&] { return !(sent = house.sent()).empty(); }));
    EXPECT_THAT(sent,
                ElementsAre("presence:error #hall@net.test/romeo > romeo@home.test/b remote-server-timeout"));
    EXPECT_EQ(house.rooms.room_count(), 1U) << "the one who was inside keeps the seat";
}

TEST(Rooms, ARoomThatWasLostAloneIsEnteredAgain) {
    HouseSettings settings;
    settings.rooms.rejoin_after = Millis{1};
    House house(settings);
    house.receive(join_of("a"));
    house.network.calls.clear();
    static_cast<void>(house.sent());
    house.tell(adapter::EventRoomLost{RoomId("#hall"), "netsplit"});
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("join #hall romeo") == 1; }));
    const auto sent = house.sent();
    EXPECT_THAT(sent, Contains(HasSubstr("netsplit"))) << "those inside are told";
    EXPECT_THAT(sent, Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
}

std::string answer_to(const xml::Element& iq, std::string_view type, std::string_view inside = "") {
    return "<iq type='" + std::string(type) + "' id='" + std::string(iq.attr("id")) + "' from='" +
           std::string(iq.attr("to")) + "' to='" + std::string(iq.attr("from")) + "'>" + std::string(inside) +
           "</iq>";
}

constexpr std::string_view kNotThere =
    "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

// covers: GW-MUC-014
TEST_F(RoomsTest, AfterTheLinkCameBackEachSeatIsAskedAndTheSilentOnesGo) {
    enter_hall("a");
    enter_hall("b");
    house.rooms.on_link_up();
    house.loop.settle();
    const auto asked = house.outlet.take();
    ASSERT_THAT(asked, SizeIs(2));
    EXPECT_EQ(test::brief(asked[0]), "iq:get #hall@net.test > romeo@home.test/a");
    house.receive(answer_to(asked[0], "result"));
    house.receive(answer_to(asked[1], "error", kNotThere));
    EXPECT_THAT(house.sent(), ElementsAre(HasSubstr("> romeo@home.test/b (333,110)")));
}

store::JoinRow left_join(House& house) {
    store::JoinRow row;
    row.account = house.accounts.ensure(UserId("romeo@home.test"))->row.id;
    row.room = RoomId("#hall");
    row.address = "#hall";
    row.resource_jid = "romeo@home.test/a";
    row.nick = "romeo";
    house.store.rows.joins.push_back(row);
    return row;
}

TEST_F(RoomsTest, SeatsLeftByACrashAreTakenUpWhenTheyAnswer) {
    house.rooms.restore({left_join(house)});
    house.loop.settle();
    const auto asked = house.outlet.take();
    ASSERT_THAT(asked, SizeIs(1));
    EXPECT_EQ(house.network.count("join #hall romeo"), 0U);
    house.receive(answer_to(asked[0], "result"));
    EXPECT_EQ(house.network.count("join #hall romeo"), 1U);
    EXPECT_THAT(house.sent(), Contains("presence #hall@net.test/romeo > romeo@home.test/a (110)"));
    EXPECT_THAT(house.store.rows.joins, SizeIs(1));
}

TEST_F(RoomsTest, SeatsLeftByACrashThatDoNotAnswerAreForgotten) {
    house.rooms.restore({left_join(house)});
    house.loop.settle();
    house.receive(answer_to(house.outlet.take().at(0), "error", kNotThere));
    EXPECT_THAT(house.asked(), IsEmpty());
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

TEST_F(RoomsTest, SeatsLeftByACrashThatMayNotEnterAreForgotten) {
    house.network.join_error = adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::banned, ""};
    house.rooms.restore({left_join(house)});
    house.loop.settle();
    house.receive(answer_to(house.outlet.take().at(0), "result"));
    EXPECT_THAT(house.sent(), ElementsAre(HasSubstr("presence:error")));
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

}  // namespace
}  // namespace causeway::rooms
