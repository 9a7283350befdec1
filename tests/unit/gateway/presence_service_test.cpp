// Presence as users meet it: subscriptions, logging in and out, contacts' states, the link.
#include "gateway/presence/presence_service.hpp"

#include "component/xep/xep0115_caps.hpp"
#include "component/xep/xep0153_avatar.hpp"
#include "component/xep/xep0203_delay.hpp"
#include "component/xep/xep0319_idle.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::presence {
namespace {

using adapter::SessionState;
using model::Availability;
using test::House;
using test::HouseSettings;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Error lost() {
    auto error = make_error(Errc::not_connected);
    error.retry = Retry::later;
    return error;
}

std::string presence_of(const std::string& type, const std::string& to,
                        const std::string& from = "romeo@home.test", const std::string& inside = "") {
    return "<presence" + (type.empty() ? std::string() : " type='" + type + "'") + " from='" + from +
           "' to='" + to + "' id='s'>" + inside + "</presence>";
}

class PresenceTest : public test::HouseTest {
protected:
    void hear(const std::string& who, Availability show, const std::string& status = "") {
        house.tell(adapter::EventPresence{ContactId(who), {.show = show, .status = status}});
    }
    [[nodiscard]] store::Decision user_sees(const std::string& who) {
        return house.account()->contacts[ContactId(who)].user_sees;
    }
};

// ------------------------------------------------------------------------------------------ subscriptions

// covers: GW-CON-002 GW-CON-004
TEST_F(PresenceTest, AnAcceptedContactSaysYesShowsItselfAndAsksBack) {
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.asked(), Contains("add bob"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unavailable bob@net.test/fake > romeo@home.test",
                                          "presence:subscribe bob@net.test > romeo@home.test"));
    EXPECT_EQ(user_sees("bob"), store::Decision::subscribed);
}

// covers: GW-CON-001
TEST_F(PresenceTest, WhileTheNetworkHasNotAnsweredTheRequestIsPending) {
    house.network.adding.close();
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_EQ(user_sees("bob"), store::Decision::pending_out);
    hear("bob", Availability::away);
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.adding.open();
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence bob@net.test/fake > romeo@home.test show=\"away\"",
                                          "presence:subscribe bob@net.test > romeo@home.test"));
}

// covers: GW-CON-001
TEST_F(PresenceTest, ALostConnectionIsNoAnswerTheRequestIsMadeAgain) {
    house.network.add_error = lost();
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.add_error.reset();
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("add bob") == 2; }));
    EXPECT_THAT(house.sent(), Contains("presence:subscribed bob@net.test > romeo@home.test"));
}

// covers: GW-CON-003
TEST_F(PresenceTest, ARefusedContactSaysNoWithAReason) {
    house.network.add_error = make_error(Errc::bad_recipient);
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(),
                ElementsAre(HasSubstr("presence:unsubscribed bob@net.test > romeo@home.test status=\"")));
    EXPECT_EQ(user_sees("bob"), store::Decision::refused);
}

// covers: GW-CON-005
TEST_F(PresenceTest, ARepeatedRequestIsAnsweredWithoutTheNetwork) {
    befriend("bob");
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unavailable bob@net.test/fake > romeo@home.test"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-CON-006 GW-CON-012 GW-CON-013
TEST_F(PresenceTest, RemovingAContactIsOneDeletionAndNothingComesBack) {
    befriend("bob");
    house.receive(presence_of("unsubscribed", "bob@net.test", "romeo@home.test/a"));
    house.receive(presence_of("unavailable", "bob@net.test", "romeo@home.test/a"));
    house.receive(presence_of("unsubscribe", "bob@net.test", "romeo@home.test/a"));
    house.receive(presence_of("unsubscribe", "bob@net.test"));
    EXPECT_EQ(house.network.count("remove bob"), 1U);
    hear("bob", Availability::online);
    EXPECT_THAT(house.sent(), Not(Contains(HasSubstr("bob@net.test"))));
    EXPECT_EQ(user_sees("bob"), store::Decision::removed);
    forget_so_far();
    come_online("b");
    EXPECT_EQ(house.network.count("add bob"), 0U);
}

// covers: GW-CON-007
TEST_F(PresenceTest, WhereALoginIsNeededOnlyTheRegisteredHaveContacts) {
    house.network.declared.login_required = true;
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error bob@net.test > romeo@home.test registration-required"));
    EXPECT_EQ(house.account(), nullptr);
}

TEST_F(PresenceTest, ARoomIsNoContact) {
    house.receive(presence_of("subscribe", "#hall@net.test"));
    EXPECT_THAT(house.sent(),
                ElementsAre(HasSubstr("presence:unsubscribed #hall@net.test > romeo@home.test")));
}

TEST_F(PresenceTest, NobodyIsNobody) {
    house.receive(presence_of("subscribe", "nobody@net.test"));
    house.receive(presence_of("probe", "nobody@net.test"));
    house.receive(presence_of("", "nobody@net.test"));
    EXPECT_THAT(house.sent(),
                ElementsAre(HasSubstr("presence:unsubscribed nobody@net.test > romeo@home.test"),
                            HasSubstr("presence:unsubscribed nobody@net.test > romeo@home.test")));
}

TEST_F(PresenceTest, ApprovalsThatNobodyAskedForLeaveNoTrace) {
    befriend("bob");
    const auto commits = house.store.commits;
    house.receive(presence_of("subscribed", "stranger@net.test"));
    house.receive(presence_of("unsubscribed", "stranger2@net.test"));
    EXPECT_EQ(house.account()->contacts.size(), 1U);
    EXPECT_EQ(house.store.commits, commits);
}

// covers: GW-LOG-010
TEST_F(PresenceTest, TheFirstApprovalIsFollowedByAProbeForTheOtherClients) {
    house.receive(presence_of("subscribe", "bob@net.test"));
    house.receive(presence_of("subscribe", "carol@net.test"));
    static_cast<void>(house.sent());
    house.receive(presence_of("subscribed", "bob@net.test"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:probe bob@net.test > romeo@home.test"));
    house.receive(presence_of("subscribed", "bob@net.test"));
    house.receive(presence_of("subscribed", "carol@net.test"));
    EXPECT_THAT(house.sent(), IsEmpty());
}

TEST(Presence, ContactsOfOneAccountAreBounded) {
    HouseSettings settings;
    settings.presence.most_contacts = 1;
    House house(settings);
    house.receive(presence_of("subscribe", "bob@net.test"));
    static_cast<void>(house.sent());
    house.receive(presence_of("subscribe", "carol@net.test"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence:error carol@net.test > romeo@home.test resource-constraint"));
    house.receive(presence_of("subscribe", "bob@net.test"));
    EXPECT_THAT(house.sent(), Contains("presence:subscribed bob@net.test > romeo@home.test"));
}

// covers: GW-REG-013
TEST_F(PresenceTest, TheGatewayItselfCanBeSubscribedToAsOftenAsOneLikes) {
    house.receive(presence_of("subscribe", "net.test"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed net.test > romeo@home.test",
                                          "presence net.test > romeo@home.test",
                                          "presence:subscribe net.test > romeo@home.test"));
    house.receive(presence_of("subscribe", "net.test"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed net.test > romeo@home.test",
                                          "presence net.test > romeo@home.test"));
}

// ------------------------------------------------------------------------------------------------- probes

// covers: GW-PRES-001
TEST_F(PresenceTest, AProbeIsAnsweredFromWhatIsKnown) {
    befriend("bob");
    hear("bob", Availability::offline);
    house.receive(presence_of("probe", "bob@net.test"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test > romeo@home.test"));
    hear("bob", Availability::busy, "working");
    static_cast<void>(house.sent());
    house.receive(presence_of("probe", "bob@net.test"));
    const auto answer = house.outlet.take();
    ASSERT_THAT(answer, SizeIs(1));
    EXPECT_EQ(test::brief(answer[0]),
              "presence bob@net.test/fake > romeo@home.test show=\"dnd\" status=\"working\"");
    EXPECT_EQ(answer[0].attr("id"), "s");
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-PRES-001 GW-PRES-011
TEST_F(PresenceTest, AProbeOfSomebodyWhoWentTellsWhen) {
    befriend("bob");
    hear("bob", Availability::online);
    hear("bob", Availability::offline);
    house.clock.advance(Millis{60'000});
    forget_so_far();
    house.receive(presence_of("probe", "bob@net.test"));
    const auto answer = house.outlet.take();
    ASSERT_THAT(answer, SizeIs(1));
    EXPECT_EQ(test::brief(answer[0]), "presence:unavailable bob@net.test > romeo@home.test");
    EXPECT_EQ(answer[0].attr("id"), "s");
    const auto* delay = answer[0].child("delay", xmpp::xep0203::kNs);
    ASSERT_NE(delay, nullptr);
    EXPECT_EQ(delay->attr("stamp"), "2023-11-14T22:13:20Z");
    // It is still known after the user has been away.
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    come_online();
    house.receive(presence_of("probe", "bob@net.test"));
    EXPECT_NE(house.outlet.take().at(0).child("delay", xmpp::xep0203::kNs), nullptr);
}

// covers: GW-PRES-003
TEST_F(PresenceTest, AProbeOfAResourceIsAnsweredByThatResourceOnly) {
    befriend("bob");
    hear("bob", Availability::online);
    forget_so_far();
    house.receive(presence_of("probe", "bob@net.test/phone"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test/phone > romeo@home.test"));
    house.receive(presence_of("probe", "bob@net.test/fake"));
    EXPECT_THAT(house.sent(), ElementsAre("presence bob@net.test/fake > romeo@home.test"));
}

// covers: GW-PRES-010 GW-PRES-015 GW-DISCO-008
TEST_F(PresenceTest, AContactShowsItsCapabilitiesSinceWhenItIsIdleAndThatItHasNoPicture) {
    befriend("bob");
    const auto since = WallTime{std::chrono::seconds(1'699'999'000)};
    house.tell(adapter::EventPresence{ContactId("bob"), {Availability::away, "", since}});
    const auto sent = house.outlet.take();
    ASSERT_THAT(sent, SizeIs(1));
    const auto* idle = sent[0].child("idle", xmpp::xep0319::kNs);
    ASSERT_NE(idle, nullptr);
    EXPECT_EQ(idle->attr("since"), "2023-11-14T21:56:40Z");
    const auto* avatar = sent[0].child("x", xmpp::xep0153::kNs);
    ASSERT_NE(avatar, nullptr);
    ASSERT_NE(avatar->child("photo"), nullptr);
    EXPECT_EQ(avatar->child("photo")->text(), "");
    EXPECT_NE(sent[0].child("c", xmpp::xep0115::kNs), nullptr);
}

// covers: GW-PRES-002
TEST_F(PresenceTest, AProbeWithoutAuthorisationIsToldSo) {
    befriend("bob");
    for (const auto* from : {"romeo@home.test", "juliet@home.test"}) {
        house.receive(presence_of(
            "probe", from == std::string("romeo@home.test") ? "carol@net.test" : "bob@net.test", from));
        const auto answer = house.outlet.take();
        ASSERT_THAT(answer, SizeIs(1));
        EXPECT_EQ(answer[0].attr("type"), "unsubscribed");
        EXPECT_EQ(answer[0].attr("id"), "s");
    }
}

// covers: GW-PRES-004
TEST_F(PresenceTest, AProbeToTheGatewayShowsItsOwnState) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    house.receive(presence_of("probe", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.sent(), ElementsAre("presence net.test > romeo@home.test/a"));
    house.network.connect_error = make_error(Errc::bad_credentials);
    house.network.lose(make_error(Errc::bad_credentials));
    static_cast<void>(house.sent());
    house.receive(presence_of("probe", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(
        house.sent(),
        ElementsAre(HasSubstr("presence net.test > romeo@home.test/a show=\"dnd\" status=\"The login")));
}

// ------------------------------------------------------------------------------------ contacts' presence

// covers: GW-PRES-013 GW-NF-001 GW-LOG-007
TEST_F(PresenceTest, OnlyChangesAreShown) {
    befriend("bob");
    for (int i = 0; i < 5; ++i) hear("bob", Availability::online);
    hear("bob", Availability::online, "hi");
    hear("stranger", Availability::online);
    EXPECT_THAT(house.sent(), ElementsAre("presence bob@net.test/fake > romeo@home.test",
                                          "presence bob@net.test/fake > romeo@home.test status=\"hi\""));
}

// covers: GW-PRES-007 GW-PRES-008
TEST_F(PresenceTest, EveryStateHasItsWord) {
    befriend("bob");
    hear("bob", Availability::chat);
    hear("bob", Availability::extended_away);
    hear("bob", Availability::offline);
    EXPECT_THAT(house.sent(), ElementsAre("presence bob@net.test/fake > romeo@home.test show=\"chat\"",
                                          "presence bob@net.test/fake > romeo@home.test show=\"xa\"",
                                          "presence:unavailable bob@net.test/fake > romeo@home.test"));
}

// ------------------------------------------------------------------------------------------ logging in

// covers: GW-LOG-001 GW-LOG-002
TEST_F(PresenceTest, TheFirstPresenceStartsTheSessionOnceAndTheGatewayIsShown) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    forget_so_far();
    ASSERT_EQ(house.slot()->state(), SessionState::stopped);
    house.receive(presence_of("", "bob@net.test", "romeo@home.test/a"));
    house.receive(presence_of("", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.asked(), ElementsAre("open", "run", "presence online", "add bob"));
    EXPECT_THAT(house.sent(),
                ElementsAre("presence net.test > romeo@home.test show=\"dnd\" status=\"Connecting…\"",
                            "presence net.test > romeo@home.test"));
}

TEST_F(PresenceTest, WhoComesBackToASessionThatStayedSeesTheContactsAgain) {
    befriend("bob");
    enter_hall();
    hear("bob", Availability::online);
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    forget_so_far();
    ASSERT_EQ(house.slot()->state(), SessionState::connected) << "the room keeps it";
    house.receive(presence_of("", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.asked(), UnorderedElementsAre("presence online", "add bob"));
}

// Prosody probes the contact right after it has told of the user for the first time.
// covers: GW-PRES-001 GW-LOG-002
TEST_F(PresenceTest, WhoSaysYesToAContactThatIsThereDoesNotSeeItGo) {
    house.receive(presence_of("subscribe", "bob@net.test"));
    hear("bob", Availability::online);
    forget_so_far();
    house.receive(presence_of("subscribed", "bob@net.test"));
    house.receive(presence_of("", "bob@net.test", "romeo@home.test/a"));
    house.receive(presence_of("probe", "bob@net.test"));
    const auto sent = house.sent();
    EXPECT_THAT(sent, Contains("presence bob@net.test/fake > romeo@home.test"));
    EXPECT_THAT(sent, Not(Contains(HasSubstr("presence:unavailable"))));
}

// covers: GW-LOG-006
TEST_F(PresenceTest, OnePresencePerContactIsOneChangeForTheNetwork) {
    befriend("bob");
    for (int i = 0; i < 200; ++i) {
        house.receive(presence_of("", "contact" + std::to_string(i) + "@net.test", "romeo@home.test/a",
                                  "<show>away</show><status>lunch</status>"));
    }
    EXPECT_THAT(house.asked(), ElementsAre("presence away"));
    EXPECT_THAT(house.sent(), IsEmpty());
}

// covers: GW-LOG-008
TEST_F(PresenceTest, TheLastResourceThatGoesEndsTheSession) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    hear("bob", Availability::online);
    house.receive(presence_of("", "net.test", "romeo@home.test/b"));
    forget_so_far();
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.asked(), IsEmpty());
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/b"));
    EXPECT_THAT(house.asked(), ElementsAre("close"));
    EXPECT_EQ(house.slot()->state(), SessionState::stopped);
    EXPECT_THAT(house.sent(), Contains("presence:unavailable net.test > romeo@home.test/b"));
}

// covers: GW-LOG-002 GW-LOG-009
TEST_F(PresenceTest, WhoWantsToStayIsAwayForTheNetworkAndSeesWhoIsThereOnComingBack) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    house.presence.set_always_on(house.account(), true);
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.asked(), ElementsAre("presence away"));
    EXPECT_EQ(house.slot()->state(), SessionState::connected);
    static_cast<void>(house.sent());
    hear("bob", Availability::busy);
    EXPECT_THAT(house.sent(), IsEmpty()) << "nobody is there to see it";
    house.receive(presence_of("", "net.test", "romeo@home.test/a"));
    EXPECT_THAT(house.asked(), UnorderedElementsAre("presence online", "add bob"));
    EXPECT_THAT(house.sent(),
                UnorderedElementsAre("presence net.test > romeo@home.test",
                                     "presence bob@net.test/fake > romeo@home.test show=\"dnd\""));
    EXPECT_TRUE(house.store.rows.accounts.front().always_on) << "it is kept";
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    house.presence.set_always_on(house.account(), false);
    house.loop.settle();
    EXPECT_EQ(house.slot()->state(), SessionState::stopped);
}

// covers: GW-LOG-009
TEST_F(PresenceTest, WhoStaysIsLoggedInWhenTheLinkIsFirstUp) {
    befriend("bob");
    house.presence.set_always_on(house.account(), true);
    house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
    house.loop.await(house.slot()->shut("", house.face.in(Millis{1'000})));
    house.loop.settle();
    house.account()->slots.clear();
    forget_so_far();
    house.presence.on_link_up();
    house.loop.settle();
    EXPECT_THAT(house.asked(), ElementsAre("open", "run", "presence away", "add bob"));
}

// covers: GW-NF-001 GW-PRES-005 GW-LOG-006
TEST_F(PresenceTest, ALoginStormIsOneChangeAndOneAnswerAProbe) {
    constexpr int kContacts = 200;
    const auto contact = [](int i) { return "c" + std::to_string(i) + "@net.test"; };
    for (int i = 0; i < kContacts; ++i) {
        house.receive(presence_of("subscribe", contact(i)));
        house.receive(presence_of("subscribed", contact(i)));
    }
    come_online();
    for (int i = 0; i < kContacts; ++i) hear("c" + std::to_string(i), Availability::online);
    EXPECT_THAT(house.sent(), SizeIs(kContacts));
    for (int i = 0; i < kContacts; ++i) {
        house.receive(presence_of("", contact(i), "romeo@home.test/b", "<show>chat</show>"));
        house.receive(presence_of("probe", contact(i)));
    }
    EXPECT_THAT(house.asked(), ElementsAre("presence chat"));
    EXPECT_THAT(house.sent(), SizeIs(kContacts));
    const auto value = [&](const std::string& name) {
        return house.metrics.counter("causeway_presence_" + name + "_total", "", {{"network", "fake"}})
            .Value();
    };
    EXPECT_EQ(value("changes"), kContacts);
    EXPECT_LE(value("sent"), value("changes"));
}

// covers: GW-LOG-012
TEST_F(PresenceTest, AnErrorFromAResourceIsItsEnd) {
    befriend("bob");
    house.receive(presence_of("error", "bob@net.test", "romeo@home.test/a"));
    EXPECT_EQ(house.slot()->state(), SessionState::stopped);
}

// covers: GW-LOG-011
TEST_F(PresenceTest, AFarewellToSomebodyWhoIsNoContactMeansNothing) {
    befriend("bob");
    house.receive(presence_of("unavailable", "carol@net.test", "romeo@home.test/a"));
    EXPECT_EQ(house.slot()->state(), SessionState::connected);
}

// covers: GW-LOG-017
TEST_F(PresenceTest, WithTheSessionTheContactsGoAndNobodysRosterChanges) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    hear("bob", Availability::online);
    forget_so_far();
    house.network.connecting.close();
    house.network.lose(lost());
    ASSERT_TRUE(house.loop.until([&] { return house.network.count("run") == 1; }));
    const auto sent = house.sent();
    EXPECT_THAT(sent, Contains("presence:unavailable bob@net.test/fake > romeo@home.test"));
    EXPECT_THAT(
        sent,
        Contains(HasSubstr("presence net.test > romeo@home.test show=\"dnd\" status=\"The network cannot")));
    EXPECT_THAT(sent, Not(Contains(HasSubstr("subscribe"))));
    EXPECT_EQ(user_sees("bob"), store::Decision::subscribed);
}

// covers: GW-LOG-004
TEST_F(PresenceTest, ARefusedLoginIsAnErrorFromTheGateway) {
    house.receive(presence_of("subscribe", "net.test"));
    house.network.connect_error = make_error(Errc::bad_credentials);
    befriend("bob");
    house.slot()->restart();
    EXPECT_THAT(house.sent(), Contains("presence:error net.test > romeo@home.test not-authorized"));
}

// --------------------------------------------------------------------------------------------------- link

// covers: GW-LOG-013 GW-LOG-015
TEST_F(PresenceTest, WhenTheLinkComesBackEveryUserIsProbedOnce) {
    befriend("bob");
    befriend("carol");
    house.presence.on_link_down();
    house.presence.on_link_up();
    EXPECT_THAT(house.sent(), ElementsAre("presence:probe bob@net.test > romeo@home.test"));
}

// covers: GW-LOG-015
TEST_F(PresenceTest, WhoDoesNotAnswerAfterTheLinkCameBackIsLoggedOut) {
    befriend("bob");
    house.presence.on_link_down();
    house.presence.on_link_up();
    house.loop.settle();
    EXPECT_TRUE(house.loop.until([&] { return house.slot()->state() == SessionState::stopped; }));
}

TEST_F(PresenceTest, WhoAnswersAfterTheLinkCameBackStays) {
    befriend("bob");
    house.receive(presence_of("subscribe", "bob@net.test", "juliet@home.test"));
    house.receive(presence_of("", "net.test", "juliet@home.test/a"));
    house.presence.on_link_down();
    house.presence.on_link_up();
    come_online();
    ASSERT_TRUE(house.loop.until([&] {
        return house.slot("juliet@home.test")->state() == SessionState::stopped;
    })) << "who does not answer shows that the time for answers is over";
    EXPECT_EQ(house.slot()->state(), SessionState::connected);
}

// covers: GW-NF-002
TEST_F(PresenceTest, WhatChangedWhileTheLinkWasDownIsShownWhenItIsBack) {
    befriend("bob");
    hear("bob", Availability::online);
    forget_so_far();
    house.outlet.down = true;
    house.outlet.taken = house.clock.steady();
    house.presence.on_link_down();
    hear("bob", Availability::away);
    house.outlet.down = false;
    house.presence.on_link_up();
    house.receive(presence_of("", "net.test", "romeo@home.test/a"));
    std::vector<std::string> sent;
    EXPECT_TRUE(house.loop.until([&] {
        for (auto& line : house.sent()) sent.push_back(line);
        return std::ranges::count(sent, "presence bob@net.test/fake > romeo@home.test show=\"away\"") == 1;
    }));
}

// covers: GW-NF-005 GW-LOG-017
TEST_F(PresenceTest, AfterACrashNobodyIsTakenForThereUntilSeen) {
    befriend("bob");
    const auto leave_and_come = [&] {
        house.receive(presence_of("unavailable", "net.test", "romeo@home.test/a"));
        forget_so_far();
        house.receive(presence_of("", "net.test", "romeo@home.test/a"));
        return house.sent();
    };
    house.presence.after_crash();
    EXPECT_THAT(leave_and_come(), Contains("presence:unavailable bob@net.test/fake > romeo@home.test"));
    EXPECT_THAT(leave_and_come(), Not(Contains("presence:unavailable bob@net.test/fake > romeo@home.test")))
        << "said once";
}

// covers: GW-LOG-014 GW-PRES-031
TEST_F(PresenceTest, OnTheWayOutTheGatewayAndThoseWhoWereShownGo) {
    house.receive(presence_of("subscribe", "net.test"));
    befriend("bob");
    befriend("carol");
    hear("bob", Availability::online);
    forget_so_far();
    house.presence.close_all();
    EXPECT_THAT(house.sent(),
                UnorderedElementsAre("presence:unavailable net.test > romeo@home.test",
                                     "presence:unavailable bob@net.test/fake > romeo@home.test"));
    hear("bob", Availability::offline);  // the end of the session says it as well
    EXPECT_THAT(house.sent(), IsEmpty());
}

}  // namespace
}  // namespace causeway::presence
