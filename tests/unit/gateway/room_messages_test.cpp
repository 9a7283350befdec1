// What is said and done inside rooms, both ways.
#include <set>

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "component/xep/xep0421_occupant_id.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RoomTalk : public test::HouseTest {
protected:
    void SetUp() override { enter_hall("a"); }

    void say(const std::string& inside, const std::string& to = "#hall@net.test",
             const std::string& type = "groupchat", const std::string& resource = "a") {
        house.receive("<message from='romeo@home.test/" + resource + "' to='" + to + "' type='" + type +
                      "' id='m1'>" + inside + "</message>");
    }
    void hear(const std::string& nick, const std::string& text, const std::string& id = "") {
        adapter::EventMessage event;
        event.in = RoomId("#hall");
        event.from = ContactId(nick);
        event.nick = nick;
        event.id = LegacyMessageId(id);
        event.text = text;
        house.tell(event);
    }
    void member(const std::string& nick) {
        house.tell(adapter::EventMemberJoined{RoomId("#hall"), person(nick)});
    }
    static model::Member person(const std::string& nick, model::Rank rank = model::Rank::none) {
        return {.nick = nick, .contact = ContactId(nick), .rank = rank};
    }
};

// covers: GW-MUC-008
TEST_F(RoomTalk, AMessageIsReflectedOnlyAfterTheNetworkHasAcceptedIt) {
    enter_hall("b");
    house.network.sending.close();
    say("<body>hi</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>");
    EXPECT_THAT(house.asked(), ElementsAre("send hi"));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.sending.open();
    house.loop.settle();
    const auto reflected = house.outlet.take();
    EXPECT_THAT(test::brief(reflected),
                ElementsAre("message:groupchat #hall@net.test/romeo > romeo@home.test/a body=\"hi\"",
                            "message:groupchat #hall@net.test/romeo > romeo@home.test/b body=\"hi\""));
    for (const auto& stanza : reflected) {
        EXPECT_EQ(stanza.attr("id"), "m1");
        EXPECT_EQ(xmpp::xep0359::origin_id(stanza).value_or(""), "o1");
    }
}

// covers: GW-MUC-008
TEST_F(RoomTalk, AMessageThatTheNetworkRefusedIsReturnedAndNotReflected) {
    house.network.send_error = make_error(Errc::refused);
    say("<body>hi</body>");
    EXPECT_THAT(house.sent(), ElementsAre("message:error #hall@net.test > romeo@home.test/a forbidden"));
}

// covers: GW-MUC-008
TEST_F(RoomTalk, WhileTheRoomIsLostAMessageIsReturned) {
    house.network.connecting.close();
    auto error = make_error(Errc::not_connected);
    error.retry = Retry::later;
    house.network.lose(error);
    static_cast<void>(house.sent());
    say("<body>hi</body>");
    EXPECT_THAT(house.sent(),
                ElementsAre("message:error #hall@net.test > romeo@home.test/a remote-server-timeout"));
}

// covers: GW-MUC-009
TEST_F(RoomTalk, WhoIsNotInsideMayNotSpeak) {
    say("<body>hi</body>", "#hall@net.test", "groupchat", "z");
    say("<body>hi</body>", "#other@net.test");
    EXPECT_THAT(house.sent(),
                ElementsAre("message:error #hall@net.test > romeo@home.test/z not-acceptable",
                            "message:error #other@net.test > romeo@home.test/a not-acceptable"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-ID-001
TEST_F(RoomTalk, EveryMessageCarriesOneStanzaIdOfTheRoom) {
    std::set<std::string> seen;
    hear("alice", "one");
    say("<body>two</body><stanza-id xmlns='urn:xmpp:sid:0' by='#hall@net.test' id='forged'/>");
    hear("", "three");
    for (const auto& stanza : house.outlet.take()) {
        std::size_t count = 0;
        for (const auto* child : stanza.children()) {
            if (child->name() != "stanza-id") continue;
            ++count;
            EXPECT_EQ(child->attr("by"), "#hall@net.test");
            EXPECT_NE(child->attr("id"), "forged");
            seen.emplace(child->attr("id"));
        }
        EXPECT_EQ(count, 1U);
    }
    EXPECT_THAT(seen, SizeIs(3));
}

TEST_F(RoomTalk, WordsOfOthersReachEverySeat) {
    enter_hall("b");
    hear("alice", "hello", "l1");
    EXPECT_THAT(house.sent(),
                ElementsAre("message:groupchat #hall@net.test/alice > romeo@home.test/a body=\"hello\"",
                            "message:groupchat #hall@net.test/alice > romeo@home.test/b body=\"hello\""));
    hear("", "the server speaks");
    EXPECT_THAT(house.sent(),
                Contains(HasSubstr("#hall@net.test > romeo@home.test/a body=\"the server speaks\"")));
    hear("outsider", "hi");
    EXPECT_THAT(house.sent(),
                Contains(HasSubstr("#hall@net.test > romeo@home.test/a body=\"outsider: hi\"")));
}

// covers: GW-MUC-010 GW-MUC-017
TEST_F(RoomTalk, PrivateWordsGoToThePersonAndComeBackThroughTheRoom) {
    say("<body>psst</body>", "#hall@net.test/alice", "chat");
    EXPECT_THAT(house.asked(), ElementsAre("send psst"));
    EXPECT_THAT(house.sent(), IsEmpty());
    adapter::EventMessage answer;
    answer.in = ContactId("alice");
    answer.from = ContactId("alice");
    answer.text = "what?";
    house.tell(answer);
    const auto shown = house.outlet.take();
    ASSERT_THAT(shown, SizeIs(1));
    EXPECT_EQ(test::brief(shown[0]), "message:chat #hall@net.test/alice > romeo@home.test/a body=\"what?\"");
    EXPECT_NE(shown[0].child("x", xmpp::xep0045::kUserNs), nullptr);
    ASSERT_NE(shown[0].child("occupant-id", xmpp::xep0421::kNs), nullptr);
    hear("alice", "aloud");
    const auto aloud = house.outlet.take();
    ASSERT_THAT(aloud, SizeIs(1));
    EXPECT_EQ(shown[0].child("occupant-id", xmpp::xep0421::kNs)->attr("id"),
              aloud[0].child("occupant-id", xmpp::xep0421::kNs)->attr("id"));
}

// covers: GW-MUC-010
TEST_F(RoomTalk, PrivateWordsAreRefusedWhereTheyMakeNoSense) {
    say("<body>psst</body>", "#hall@net.test/alice", "groupchat");
    say("<body>psst</body>", "#hall@net.test/ghost", "chat");
    say("<body>psst</body>", "#hall@net.test/alice", "chat", "z");
    EXPECT_THAT(house.sent(),
                ElementsAre("message:error #hall@net.test/alice > romeo@home.test/a bad-request",
                            "message:error #hall@net.test/ghost > romeo@home.test/a item-not-found",
                            "message:error #hall@net.test/alice > romeo@home.test/z not-acceptable"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

TEST_F(RoomTalk, PrivateWordsOfSomebodyWhoLeftComeInTheirOwnName) {
    say("<body>psst</body>", "#hall@net.test/alice", "chat");
    house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = "alice"});
    static_cast<void>(house.sent());
    adapter::EventMessage answer;
    answer.in = ContactId("alice");
    answer.from = ContactId("alice");
    answer.text = "sorry";
    house.tell(answer);
    EXPECT_THAT(house.sent(), ElementsAre("message:chat alice@net.test > romeo@home.test body=\"sorry\""));
}

// covers: GW-MUC-011
TEST_F(RoomTalk, ANewNickIsAskedForAndShownWhenTheNetworkSaysSo) {
    house.receive("<presence from='romeo@home.test/a' to='#hall@net.test/montague'/>");
    EXPECT_THAT(house.asked(), ElementsAre("nick montague"));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.tell(adapter::EventMemberRenamed{RoomId("#hall"), "romeo", person("montague"), true});
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (303,110)",
                            "presence #hall@net.test/montague > romeo@home.test/a (110)"));
    house.tell(adapter::EventMemberRenamed{RoomId("#hall"), "alice", person("alicia")});
    const auto renamed = house.outlet.take();
    EXPECT_THAT(test::brief(renamed),
                ElementsAre("presence:unavailable #hall@net.test/alice > romeo@home.test/a (303)",
                            "presence #hall@net.test/alicia > romeo@home.test/a"));
    EXPECT_EQ(renamed[0].child("x", xmpp::xep0045::kUserNs)->child("item")->attr("nick"), "alicia");
}

// covers: GW-MUC-011
TEST_F(RoomTalk, ANickThatIsRefusedIsAnErrorFromThatNick) {
    house.network.room_error =
        adapter::RoomError{make_error(Errc::conflict), model::RoomRefusal::nick_in_use, ""};
    house.receive("<presence from='romeo@home.test/a' to='#hall@net.test/alice'/>");
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error #hall@net.test/alice > romeo@home.test/a conflict"));
}

// covers: GW-MUC-013
TEST_F(RoomTalk, AKickIsShownWithItsActorAndReason) {
    house.tell(adapter::EventMemberLeft{RoomId("#hall"), "alice", adapter::EventMemberLeft::How::kicked, "op",
                                        "rude"});
    const auto shown = house.outlet.take();
    ASSERT_THAT(shown, SizeIs(1));
    EXPECT_EQ(test::brief(shown[0]), "presence:unavailable #hall@net.test/alice > romeo@home.test/a (307)");
    const auto* item = shown[0].child("x", xmpp::xep0045::kUserNs)->child("item");
    EXPECT_EQ(item->attr("role"), "none");
    EXPECT_EQ(item->child("actor")->attr("nick"), "op");
    EXPECT_EQ(item->child_text("reason").value_or(""), "rude");
    house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = "alice"});
    EXPECT_THAT(house.sent(), IsEmpty()) << "who is gone does not go again";
}

// covers: GW-MUC-013
TEST_F(RoomTalk, BeingBannedEndsTheRoomForEverySeat) {
    enter_hall("b");
    using How = adapter::EventMemberLeft::How;
    house.tell(adapter::EventMemberLeft{RoomId("#hall"), "romeo", How::banned, "op", "out", true});
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:unavailable #hall@net.test/romeo > romeo@home.test/a (301,110)",
                            "presence:unavailable #hall@net.test/romeo > romeo@home.test/b (301,110)"));
    EXPECT_EQ(house.rooms.room_count(), 0U);
    EXPECT_THAT(house.asked(), ElementsAre("close")) << "one is out already: nothing to leave";
    EXPECT_THAT(house.store.rows.joins, IsEmpty());
}

std::string kick_of(const std::string& nick, const std::string& resource = "a") {
    return "<iq type='set' id='k' from='romeo@home.test/" + resource +
           "' to='#hall@net.test'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='" + nick +
           "' role='none'><reason>rude</reason></item></query></iq>";
}

// covers: GW-MUC-013
TEST_F(RoomTalk, AKickOfOursIsHandedOnAndAnswered) {
    house.receive(kick_of("alice"));
    EXPECT_THAT(house.asked(), ElementsAre("kick #hall alice rude"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:result #hall@net.test > romeo@home.test/a"));
    house.receive(kick_of("ghost"));
    house.receive(kick_of("alice", "z"));
    house.network.room_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::not_permitted, ""};
    house.receive(kick_of("alice"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:error #hall@net.test > romeo@home.test/a item-not-found",
                                          "iq:error #hall@net.test > romeo@home.test/z not-acceptable",
                                          "iq:error #hall@net.test > romeo@home.test/a forbidden"));
}

std::string ping_of(const std::string& nick, const std::string& resource = "a") {
    return "<iq type='get' id='p' from='romeo@home.test/" + resource + "' to='#hall@net.test/" + nick +
           "'><ping xmlns='urn:xmpp:ping'/></iq>";
}

// covers: GW-MUC-016
TEST_F(RoomTalk, APingToOnesOwnNickSaysWhetherOneIsInside) {
    house.receive(ping_of("romeo"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:result #hall@net.test/romeo > romeo@home.test/a"));
    house.receive(ping_of("romeo", "z"));
    house.loop.settle();
    const auto refused = house.outlet.take();
    ASSERT_THAT(refused, SizeIs(1));
    EXPECT_EQ(test::brief(refused[0]), "iq:error #hall@net.test/romeo > romeo@home.test/z not-acceptable");
    EXPECT_EQ(refused[0].child("error")->attr("by"), "#hall@net.test");
    EXPECT_EQ(refused[0].child("error")->attr("type"), "cancel");
    EXPECT_THAT(house.asked(), IsEmpty()) << "without the network";
}

// covers: GW-MUC-016
TEST_F(RoomTalk, APingWhileTheConnectionIsLostDoesNotPutAnybodyOut) {
    house.network.connecting.close();
    auto error = make_error(Errc::not_connected);
    error.retry = Retry::later;
    house.network.lose(error);
    static_cast<void>(house.sent());
    house.receive(ping_of("romeo"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:result #hall@net.test/romeo > romeo@home.test/a"));
}

// covers: GW-MUC-019
TEST_F(RoomTalk, OddNicksAreShownApartFromEachOther) {
    const std::vector<std::string> nicks{
        "😀",   "שלום",  std::string(300, 'n'),        std::string(1'200, 'n'), "\x01\x02",
        "\x03", "a\xff", std::string(1'200, 'n') + "m"};
    for (const auto& nick : nicks) member(nick);
    std::set<std::string> shown;
    for (const auto& stanza : house.outlet.take()) {
        const auto from = xmpp::Jid::parse(stanza.attr("from"));
        ASSERT_TRUE(from) << stanza.attr("from");
        EXPECT_FALSE(from->resource().empty());
        shown.insert(from->str());
    }
    EXPECT_THAT(shown, SizeIs(nicks.size()));
    EXPECT_TRUE(shown.contains("#hall@net.test/😀"));
    for (const auto& nick : nicks)
        house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = nick});
    std::set<std::string> gone;
    for (const auto& stanza : house.outlet.take()) gone.emplace(stanza.attr("from"));
    EXPECT_EQ(gone, shown) << "each leaves by the name it had";
}

TEST_F(RoomTalk, ATopicIsAskedForAndShownWhenTheNetworkSaysSo) {
    say("<subject>new topic</subject>");
    EXPECT_THAT(house.asked(), ElementsAre("topic #hall new topic"));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.tell(adapter::EventTopic{RoomId("#hall"), {"new topic", "alice", {}}});
    EXPECT_THAT(
        house.sent(),
        ElementsAre("message:groupchat #hall@net.test/alice > romeo@home.test/a subject=\"new topic\""));
    house.network.room_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::not_permitted, ""};
    say("<subject>mine</subject>");
    EXPECT_THAT(house.sent(), ElementsAre("message:error #hall@net.test > romeo@home.test/a forbidden"));
}

TEST_F(RoomTalk, WhoeverIsGivenOnesOwnNameCannotTakeOnesPlace) {
    house.tell(adapter::EventMemberJoined{RoomId("#hall"), person("romeo")});
    adapter::EventMemberLeft left;
    left.room = RoomId("#hall");
    left.nick = "romeo";
    house.tell(left);
    house.tell(adapter::EventMemberRenamed{RoomId("#hall"), "romeo", person("tybalt"), false});
    EXPECT_THAT(house.sent(), IsEmpty());
    say("<body>still here</body>");
    EXPECT_THAT(house.sent(), Contains(HasSubstr("#hall@net.test/romeo")));
}

TEST_F(RoomTalk, RanksAndAwayAreShown) {
    auto alice = person("alice", model::Rank::voiced);
    alice.away = true;
    house.tell(adapter::EventMemberChanged{RoomId("#hall"), alice});
    const auto shown = house.outlet.take();
    ASSERT_THAT(shown, SizeIs(1));
    EXPECT_EQ(test::brief(shown[0]), "presence #hall@net.test/alice > romeo@home.test/a show=\"away\"");
    const auto* item = shown[0].child("x", xmpp::xep0045::kUserNs)->child("item");
    EXPECT_EQ(item->attr("affiliation"), "member");
    EXPECT_EQ(item->attr("role"), "participant");
}

TEST(RoomVoiceStanding, InAModeratedRoomThoseWithoutVoiceAreVisitors) {
    EXPECT_EQ(standing_of(model::Rank::none, true).role, "visitor");
    EXPECT_EQ(standing_of(model::Rank::none, false).role, "participant");
    EXPECT_EQ(standing_of(model::Rank::owner, true).affiliation, "owner");
    EXPECT_EQ(standing_of(model::Rank::half_moderator, true).role, "moderator");
}

}  // namespace
}  // namespace causeway::rooms
