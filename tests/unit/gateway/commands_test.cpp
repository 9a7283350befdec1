#include "gateway/commands/commands.hpp"

#include "component/stanza/stanza_error.hpp"
#include "component/xml/writer.hpp"
#include "tests/unit/gateway/commands_fixture.hpp"

namespace causeway::commands {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// covers: GW-CMD-001
TEST_F(CommandsTest, EachSeesWhatTheyMayDo) {
    EXPECT_THAT(nodes_for(kRomeoA), AllOf(Contains("help"), Contains("register"), Not(Contains("unregister")),
                                          Not(Contains("users"))));
    EXPECT_THAT(nodes_for(kAdminA),
                AllOf(Contains("users"), Contains("http://jabber.org/protocol/admin#announce")));
    register_romeo();
    EXPECT_THAT(nodes_for(kRomeoA), Contains("unregister"));
    const auto info = [&](std::string_view from, const std::string& node) {
        return xml::to_string(
            iq(from, "get", "<query xmlns='http://jabber.org/protocol/disco#info' node='" + node + "'/>"),
            xmpp::kComponentNs);
    };
    EXPECT_THAT(info(kRomeoA, "add"), AllOf(HasSubstr("command-node"), HasSubstr("jabber:x:data")));
    EXPECT_THAT(info(kRomeoA, std::string(kNs)), HasSubstr("command-list"));
    EXPECT_THAT(info(kRomeoA, "users"), HasSubstr("item-not-found")) << "not even that it is there";
}

// covers: GW-CMD-002 GW-CMD-003
TEST_F(CommandsTest, AFormIsFilledInAndDone) {
    const auto first = command(kRomeoA, "add");
    EXPECT_EQ(attribute(first, "status"), "executing");
    EXPECT_EQ(attribute(first, "node"), "add");
    const auto session = attribute(first, "sessionid");
    const auto* actions = first.child("command", kNs)->child("actions");
    ASSERT_NE(actions, nullptr);
    EXPECT_EQ(actions->attr("execute"), "complete");
    EXPECT_EQ(actions->child("prev"), nullptr) << "there is nothing before the first";
    const auto done = command(kRomeoA, "add", session, "complete", form({{"address", "bob"}}));
    EXPECT_EQ(attribute(done, "status"), "completed");
    EXPECT_EQ(attribute(done, "sessionid"), session);
    EXPECT_THAT(note(done), HasSubstr("bob@net.test"));
    EXPECT_EQ(error(command(kRomeoA, "add", session, "complete", form({{"address", "bob"}}))),
              "bad-request+bad-sessionid");
}

// covers: GW-CMD-003
TEST_F(CommandsTest, OneMayGoBackAndCancel) {
    const std::string node = "http://jabber.org/protocol/admin#delete-user";
    const auto session = attribute(command(kAdminA, node), "sessionid");
    EXPECT_EQ(error(command(kAdminA, node, session, "prev")), "bad-request+bad-action");
    const auto second = command(kAdminA, node, session, "", form({{"accountjids", "romeo@home.test"}}));
    EXPECT_NE(second.child("command", kNs)->child("actions")->child("prev"), nullptr);
    EXPECT_THAT(xml::to_string(second, xmpp::kComponentNs), HasSubstr("sure"));
    const auto back = command(kAdminA, node, session, "prev");
    EXPECT_THAT(xml::to_string(back, xmpp::kComponentNs), HasSubstr("accountjids"));
    EXPECT_EQ(attribute(command(kAdminA, node, session, "cancel"), "status"), "canceled");
    EXPECT_EQ(error(command(kAdminA, node, session, "cancel")), "bad-request+bad-sessionid");
}

// covers: GW-CMD-002 GW-CMD-008
TEST_F(CommandsTest, WhatIsWrongHasItsOwnCondition) {
    EXPECT_EQ(error(command(kRomeoA, "nowhere")), "item-not-found");
    EXPECT_EQ(error(command(kRomeoA, "users")), "forbidden");
    EXPECT_EQ(error(command(kRomeoA, "add", "nothing")), "bad-request+bad-sessionid");
    EXPECT_EQ(error(command(kRomeoA, "add", "", "explode")), "bad-request+malformed-action");
    const auto session = attribute(command(kRomeoA, "add"), "sessionid");
    EXPECT_EQ(error(command(kRomeoA, "add", session, "next")), "bad-request+bad-action");
    EXPECT_EQ(error(command(kRomeoA, "add", session, "complete")), "bad-request+bad-payload");
    EXPECT_EQ(error(command(kRomeoA, "add", session, "complete", form({{"address", ""}}))),
              "bad-request+bad-payload");
    house.clock.advance(CommandService::kLifetime + Millis{1});
    EXPECT_EQ(error(command(kRomeoA, "add", session, "complete", form({{"address", "bob"}}))),
              "not-allowed+session-expired");
}

// covers: GW-CMD-005
TEST_F(CommandsTest, ASessionIsOfOneResourceAlone) {
    const auto session = attribute(command(kRomeoA, "add"), "sessionid");
    EXPECT_EQ(error(command("juliet@home.test/a", "add", session, "cancel")), "forbidden");
    EXPECT_EQ(error(command("romeo@home.test/b", "add", session, "cancel")), "forbidden");
    EXPECT_EQ(attribute(command(kRomeoA, "add", session, "cancel"), "status"), "canceled");
}

TEST_F(CommandsTest, TheOldestSessionMakesRoom) {
    const auto oldest = attribute(command(kRomeoA, "add"), "sessionid");
    for (std::size_t i = 0; i < CommandService::kMostPerUser; ++i) {
        house.clock.advance(Millis{1});
        static_cast<void>(command(kRomeoA, "add"));
    }
    EXPECT_EQ(error(command(kRomeoA, "add", oldest, "cancel")), "bad-request+bad-sessionid");
}

// covers: GW-CMD-004
TEST_F(CommandsTest, AFailureIsSaidInANote) {
    const auto session = attribute(command(kRomeoA, "leave"), "sessionid");
    const auto done = command(kRomeoA, "leave", session, "", form({{"room", "#hall"}}));
    EXPECT_EQ(attribute(done, "status"), "completed");
    EXPECT_EQ(note(done), "error: You are not in this room.");
}

// covers: GW-CMD-007
TEST_F(CommandsTest, RoomsAreListedJoinedAndLeft) {
    EXPECT_EQ(note(command(kRomeoA, "rooms")), "info: You are in no room.");
    EXPECT_THAT(say("join #hall"), HasSubstr("#hall@net.test"));
    enter_hall();
    const auto list = command(kRomeoA, "rooms");
    EXPECT_THAT(xml::to_string(list, xmpp::kComponentNs),
                AllOf(HasSubstr("reported"), HasSubstr("#hall@net.test")));
    EXPECT_THAT(say("leave #hall"), HasSubstr("You have left"));
    EXPECT_THAT(heard, Contains(HasSubstr("presence:unavailable #hall@net.test/romeo")));
    EXPECT_EQ(house.network.count("leave #hall") + house.network.count("leave #hall "), 1U);
    EXPECT_EQ(house.rooms.room_count(), 0U);
}

// covers: GW-CMD-007
TEST_F(CommandsTest, LoggedOutMeansUntilTheUserSaysLogIn) {
    register_romeo();
    befriend("bob");
    ASSERT_EQ(house.slot()->state(), adapter::SessionState::connected);
    EXPECT_THAT(say("logout"), HasSubstr("login"));
    EXPECT_TRUE(house.account()->slots.empty());
    house.receive("<presence type='unavailable' from='romeo@home.test/a' to='net.test'/>");
    come_online();
    EXPECT_TRUE(house.account()->slots.empty()) << "presence does not log in";
    EXPECT_THAT(say("status"), HasSubstr("logged out"));
    EXPECT_THAT(say("login"), HasSubstr("Logging in."));
    EXPECT_EQ(house.slot()->state(), adapter::SessionState::connected);
    EXPECT_THAT(say("status"), HasSubstr("connected"));
}

// covers: GW-CMD-007 GW-CMD-006
TEST_F(CommandsTest, RegisteringByChatNeverRepeatsTheSecret) {
    std::string all = say("register");
    EXPECT_THAT(all, HasSubstr("Name"));
    all += say("Romeo");
    EXPECT_THAT(all, HasSubstr("Password"));
    all += say("sesame");
    EXPECT_THAT(all, AllOf(HasSubstr("You are registered."), Not(HasSubstr("sesame"))));
    ASSERT_THAT(house.store.rows.accounts, SizeIs(1));
    EXPECT_THAT(heard, Contains("presence:subscribe net.test > romeo@home.test"));
    EXPECT_THAT(say("unregister"), HasSubstr("yes/no"));
    EXPECT_THAT(say("perhaps"), HasSubstr("Answer yes or no."));
    EXPECT_THAT(say("yes"), HasSubstr("not registered any more"));
    EXPECT_THAT(house.store.rows.accounts, IsEmpty());
    EXPECT_THAT(heard, Contains("presence:unsubscribed net.test > romeo@home.test"));
}

// covers: GW-CMD-007
TEST_F(CommandsTest, RegisteringByFormHidesTheSecretAndSaysWhyNot) {
    const auto first = command(kRomeoA, "register");
    EXPECT_THAT(xml::to_string(first, xmpp::kComponentNs), HasSubstr("text-private"));
    house.network.login_error = make_error(Errc::conflict);
    const auto done = command(kRomeoA, "register", attribute(first, "sessionid"), "complete",
                              form({{"username", "Romeo"}, {"password", "sesame"}}));
    EXPECT_EQ(note(done), "error: Another user has registered this account.");
    EXPECT_EQ(house.account(), nullptr);
}

// covers: GW-CMD-006 GW-MSG-007
TEST_F(CommandsTest, WordsThatComeTogetherAreTakenOneAfterTheOther) {
    const auto words = [](std::string_view body) {
        return "<message type='chat' from='romeo@home.test/a' to='net.test'><body>" + std::string(body) +
               "</body></message>";
    };
    house.read(words("register"));
    house.read(words("Romeo"));
    house.loop.settle();
    EXPECT_THAT(house.sent(), Contains(HasSubstr("One moment, please")));
    EXPECT_THAT(say("Romeo"), HasSubstr("Password"));
    house.read(words("sesame"));
    house.read(words("status"));
    house.loop.settle();
    EXPECT_THAT(house.sent(),
                AllOf(Contains(HasSubstr("One moment, please")), Contains(HasSubstr("You are registered"))));
}

// covers: GW-CMD-002
TEST_F(CommandsTest, AStepThatIsUnderWayIsNotTakenTwice) {
    const auto first = command(kRomeoA, "register");
    const auto id = attribute(first, "sessionid");
    const auto answer = "<iq type='set' id='c' from='romeo@home.test/a' to='net.test'><command xmlns='" +
                        std::string(kNs) + "' node='register' sessionid='" + id + "'>" +
                        form({{"username", "Romeo"}, {"password", "sesame"}}) + "</command></iq>";
    forget_so_far();
    house.read(answer);
    house.read(answer);
    house.loop.settle();
    EXPECT_THAT(house.sent(), Contains(HasSubstr("unexpected-request")));
}

// covers: GW-CMD-006
TEST_F(CommandsTest, WordsAreCommandsToo) {
    EXPECT_THAT(say("help"),
                AllOf(HasSubstr("Fakenet"), HasSubstr("contacts — "), Not(HasSubstr("announce"))));
    EXPECT_THAT(say("help"), AllOf(HasSubstr("add [Address] — "), HasSubstr("join [Room] — ")));
    EXPECT_THAT(say("help add"), HasSubstr("add [Address] — Add a contact"));
    EXPECT_THAT(say("Hello my secret"), AllOf(HasSubstr("no such command"), Not(HasSubstr("secret"))));
    EXPECT_THAT(say("users"), HasSubstr("You may not do this."));
    EXPECT_THAT(say("cancel"), HasSubstr("nothing to cancel"));
    EXPECT_THAT(say("add"), HasSubstr("An address looks like name@net.test.\nAddress"));
    EXPECT_THAT(say("status", "romeo@home.test/b"), HasSubstr("There are no sessions."))
        << "another client is another conversation";
    EXPECT_THAT(say("cancel"), HasSubstr("Cancelled."));
    EXPECT_THAT(say("add bob"), HasSubstr("bob@net.test"));
    EXPECT_THAT(heard, Contains(HasSubstr("presence:subscribe bob@net.test > romeo@home.test")));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// Who is told that it is no address wants to know what one looks like.
// covers: GW-CMD-006
TEST_F(CommandsTest, WhatIsNoAddressIsToldHowOneLooks) {
    EXPECT_THAT(say("add #hall"),
                HasSubstr("This is not an address here. An address looks like name@net.test."));
    EXPECT_THAT(say("join bob"), HasSubstr("An address looks like #room@net.test."));
    house.network.declared.many_endpoints = true;
    EXPECT_THAT(say("remove #hall"), HasSubstr("An address looks like name%server@net.test."));
    EXPECT_THAT(say("leave bob"), HasSubstr("An address looks like #room%server@net.test."));
}

TEST_F(CommandsTest, AContactIsRemoved) {
    befriend("bob");
    EXPECT_THAT(say("contacts"), HasSubstr("bob@net.test"));
    EXPECT_THAT(say("remove bob"), HasSubstr("is removed"));
    EXPECT_THAT(heard, Contains(HasSubstr("presence:unsubscribed bob@net.test > romeo@home.test")));
    EXPECT_THAT(say("contacts"), HasSubstr("You have no contacts here."));
}

TEST_F(CommandsTest, TheLanguageIsTheAskers) {
    EXPECT_THAT(say("rooms", kRomeoA, "de"), HasSubstr("Sie sind in keinem Raum."));
    EXPECT_EQ(note(command(kRomeoA, "rooms", "", "", "", "zh-CN")), "info: 您不在任何房间中。");
}

// covers: GW-CMD-007 GW-CMD-010
TEST_F(CommandsTest, AdministratorsSeeAndSteer) {
    register_romeo();
    come_online();
    EXPECT_THAT(say("users", kAdminA), HasSubstr("romeo@home.test — yes — yes"));
    EXPECT_THAT(say("online", kAdminA), HasSubstr("romeo@home.test"));
    EXPECT_THAT(say("count", kAdminA), HasSubstr("1 users"));
    EXPECT_THAT(say("sessions", kAdminA), AllOf(HasSubstr("romeo@home.test"), HasSubstr("connected")));
    EXPECT_THAT(say("networks", kAdminA), HasSubstr("net.test"));
    EXPECT_THAT(say("announce All  well", kAdminA), AllOf(HasSubstr("All  well"), HasSubstr("1 users")));
    EXPECT_THAT(say("loglevel loud", kAdminA), HasSubstr("Choose one of these."));
    EXPECT_THAT(say("debug", kAdminA), HasSubstr("debug"));
    EXPECT_EQ(house.log_level, log::Level::debug);
    EXPECT_THAT(say("disconnect romeo@home.test", kAdminA), HasSubstr("is disconnected"));
    EXPECT_TRUE(house.account()->slots.empty());
    EXPECT_THAT(say("delete-user romeo@home.test", kAdminA), HasSubstr("yes/no"));
    EXPECT_THAT(say("yes", kAdminA), HasSubstr("is deleted"));
    EXPECT_EQ(house.account(), nullptr);
}

}  // namespace
}  // namespace causeway::commands
