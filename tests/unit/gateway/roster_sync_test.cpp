// Rosters as servers let us write them, and what happens where they do not.
#include "gateway/presence/roster_sync.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::presence {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RosterSyncTest : public test::HouseTest {
protected:
    RosterSyncTest() { house.presence.use(rosters); }

    void advertise(const std::string& version = "2", const std::string& type = "both",
                   const std::string& from = "home.test") {
        EXPECT_TRUE(rosters.on_advert(test::parse_stanza(
            "<message from='" + from + "' to='net.test'><privilege xmlns='urn:xmpp:privilege:" + version +
            "'><perm access='roster' type='" + type + "'/></privilege></message>")));
    }
    /// The one IQ that was sent.
    xml::Element request() {
        house.loop.settle();
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, SizeIs(1));
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    void answer(const xml::Element& iq, const std::string& type, const std::string& content = "") {
        house.receive("<iq type='" + type + "' from='romeo@home.test' to='net.test' id='" +
                      std::string(iq.attr("id")) + "'>" + content + "</iq>");
    }
    static std::string roster(const std::string& items) {
        return "<query xmlns='jabber:iq:roster'>" + items + "</query>";
    }
    void subscribe(const std::string& contact = "bob@net.test") {
        house.receive("<presence type='subscribe' from='romeo@home.test' to='" + contact + "'/>");
    }
    store::ContactRow bob() { return house.account()->contacts[ContactId("bob")]; }

    RosterSync rosters{house.face, house.requests};
};

// covers: GW-CON-019 GW-CON-020 GW-PRIV-008
TEST_F(RosterSyncTest, AContactIsWrittenAsTheUserNamedIt) {
    advertise();
    subscribe();
    const auto get = request();
    EXPECT_EQ(test::brief(get), "iq:get net.test > romeo@home.test");
    answer(get, "result",
           roster("<item jid='bob@net.test' name='Bobby' subscription='none' ask='subscribe'>"
                  "<group>Work</group></item><item jid='x@net.test' subscription='both'/>"));
    const auto set = request();
    EXPECT_EQ(test::brief(set), "iq:set net.test > romeo@home.test");
    const auto item = xmpp::xep0356::find_item(set, "bob@net.test");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->name, "Bobby");
    EXPECT_THAT(item->groups, ElementsAre("Work"));
    EXPECT_EQ(item->subscription, "both");
    EXPECT_EQ(set.child_in("jabber:iq:roster")->child_count(), 1U) << "only the difference";
    answer(set, "result");
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test/fake > romeo@home.test"));
    EXPECT_EQ(bob().user_sees, store::Decision::subscribed);
    EXPECT_EQ(bob().contact_sees, store::Decision::subscribed);
}

// covers: GW-CON-020
TEST_F(RosterSyncTest, WhatIsThereIsNotWritten) {
    advertise();
    subscribe();
    answer(request(), "result", roster("<item jid='bob@net.test' subscription='both'/>"));
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test/fake > romeo@home.test"));
}

// covers: GW-CON-020
TEST_F(RosterSyncTest, WhoWasRemovedIsNotWrittenAtTheNextLogin) {
    advertise();
    subscribe();
    answer(request(), "result", roster("<item jid='bob@net.test' subscription='both'/>"));
    house.receive("<presence type='unsubscribe' from='romeo@home.test' to='bob@net.test'/>");
    forget_so_far();
    house.receive("<presence from='romeo@home.test/a' to='net.test'/>");
    for (const auto& line : house.sent()) EXPECT_THAT(line, Not(HasSubstr("iq:")));
}

// covers: GW-PRIV-008
TEST_F(RosterSyncTest, ARefusedRosterIsNoRefusedContact) {
    advertise();
    subscribe();
    answer(request(), "error",
           "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unavailable bob@net.test/fake > romeo@home.test",
                                          "presence:subscribe bob@net.test > romeo@home.test"));
}

// covers: GW-PRIV-009 GW-PRIV-010 GW-PRIV-001
TEST_F(RosterSyncTest, WithoutTheRightPrivilegeOfTheUsersServerNoRosterIsTouched) {
    const UserId romeo("romeo@home.test");
    EXPECT_FALSE(rosters.may_write(romeo));
    advertise("1");
    EXPECT_FALSE(rosters.may_write(romeo)) << "a server of that age may drop the component";
    advertise("2", "get");
    EXPECT_FALSE(rosters.may_write(romeo));
    advertise("2", "both", "elsewhere.test");
    EXPECT_FALSE(rosters.may_write(romeo)) << "somebody else's server";
    subscribe();
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unavailable bob@net.test/fake > romeo@home.test",
                                          "presence:subscribe bob@net.test > romeo@home.test"));
    advertise();
    EXPECT_TRUE(rosters.may_write(romeo));
    rosters.on_link_down();
    EXPECT_FALSE(rosters.may_write(romeo)) << "it held for that stream";
}

// covers: GW-CON-019 GW-CON-013
TEST_F(RosterSyncTest, WhoIsAddedByACommandIsWrittenEvenIfItHadBeenRemoved) {
    const auto contact = house.face.addresses.entity(xmpp::Jid::parse("bob@net.test").value());
    ASSERT_TRUE(contact);
    EXPECT_FALSE(house.presence.add_to_roster(UserId("romeo@home.test"), *contact));
    EXPECT_THAT(house.sent(), IsEmpty());
    advertise();
    for (int times = 0; times < 2; ++times) {
        EXPECT_TRUE(house.presence.add_to_roster(UserId("romeo@home.test"), *contact));
        answer(request(), "result", roster(""));
        const auto set = request();
        const auto item = xmpp::xep0356::find_item(set, "bob@net.test");
        ASSERT_TRUE(item);
        EXPECT_EQ(item->subscription, "both");
        answer(set, "result");
        EXPECT_THAT(house.sent(), Not(Contains(HasSubstr(":subscribe"))));
        EXPECT_EQ(bob().user_sees, store::Decision::subscribed);
        EXPECT_EQ(bob().contact_sees, store::Decision::subscribed);
        for (const auto* type : {"unsubscribe", "unsubscribed"})
            house.receive("<presence type='" + std::string(type) +
                          "' from='romeo@home.test' to='bob@net.test'/>");
        static_cast<void>(house.sent());
    }
}

// covers: GW-CON-019
TEST_F(RosterSyncTest, WhoRegistersHasTheGatewayInTheRoster) {
    advertise();
    house.presence.on_registered(house.accounts.ensure(UserId("romeo@home.test")));
    answer(request(), "result", roster(""));
    const auto set = request();
    const auto item = xmpp::xep0356::find_item(set, "net.test");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->name, "Fakenet");
    answer(set, "result");
    EXPECT_THAT(house.sent(), ElementsAre("presence:probe net.test > romeo@home.test"));
}

// covers: GW-PRIV-008
TEST_F(RosterSyncTest, PushesOfAServerThatGrantedSomethingAreAcknowledged) {
    const auto push = test::parse_stanza("<iq type='set' id='p' from='romeo@home.test' to='net.test'>" +
                                         roster("<item jid='bob@net.test' subscription='both'/>") + "</iq>");
    EXPECT_FALSE(rosters.on_push(push));
    advertise();
    EXPECT_TRUE(rosters.on_push(push));
    EXPECT_THAT(house.sent(), ElementsAre("iq:result net.test > romeo@home.test"));
}

}  // namespace
}  // namespace causeway::presence
