#include "component/xep/xep0356_privilege.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<xep0356::Grants> advert(const std::string& ns, const std::string& perms,
                                      const std::string& from = "home.example") {
    return xep0356::read_advert(test::stanza("<message from='" + from +
                                             "' to='net.home.example'><privilege xmlns='" + ns + "'>" +
                                             perms + "</privilege></message>"));
}

// covers: GW-PRIV-001
TEST(Privilege, GrantsAreRead) {
    const auto grants =
        advert("urn:xmpp:privilege:2",
               "<perm access='roster' type='both' push='false'/>"
               "<perm access='message' type='outgoing'/>"
               "<perm access='iq'><namespace ns='urn:a' type='both'/>"
               "<namespace ns='urn:b' type='get'/><namespace ns='urn:no' type='none'/></perm>");
    ASSERT_TRUE(grants);
    EXPECT_EQ(grants->version, 2);
    EXPECT_TRUE(grants->roster_get && grants->roster_set && grants->message_outgoing);
    EXPECT_FALSE(grants->presence);
    EXPECT_THAT(grants->iq_namespaces, ElementsAre("urn:a", "urn:b"));
}

// covers: GW-PRIV-001
TEST(Privilege, OnlyADomainGrants) {
    const std::string perm = "<perm access='roster' type='both'/>";
    EXPECT_FALSE(advert("urn:xmpp:privilege:2", perm, "juliet@home.example"));
    EXPECT_FALSE(advert("urn:xmpp:privilege:2", perm, "home.example/x"));
    EXPECT_FALSE(advert("urn:other", perm));
}

// covers: GW-PRIV-002
TEST(Privilege, NamespacesMayBeNested) {
    const auto grants = advert("urn:xmpp:privilege:2",
                               "<perm access='iq'><namespace ns='urn:a' type='both'>"
                               "<namespace ns='urn:b' type='both'><namespace ns='urn:c' type='get'/>"
                               "</namespace></namespace></perm>");
    ASSERT_TRUE(grants);
    EXPECT_THAT(grants->iq_namespaces, ElementsAre("urn:a", "urn:b", "urn:c"));
}

// covers: GW-PRIV-003
TEST(Privilege, TheOldVersionHasNoIqs) {
    const auto grants = advert("urn:xmpp:privilege:1",
                               "<perm access='roster' type='get'/><perm access='presence' type='roster'/>"
                               "<perm access='iq'><namespace ns='urn:a' type='both'/></perm>");
    ASSERT_TRUE(grants);
    EXPECT_EQ(grants->version, 1);
    EXPECT_TRUE(grants->roster_get && grants->presence);
    EXPECT_FALSE(grants->roster_set);
    EXPECT_THAT(grants->iq_namespaces, IsEmpty());
}

// covers: GW-PRIV-008
TEST(Privilege, RosterItemsAreReadAndWritten) {
    const auto query =
        test::sent(xep0356::make_roster_set({"bob@net.home.example", "Bob", "both", {"Friends"}}));
    EXPECT_TRUE(query.is("query", xep0356::kRosterNs));
    auto result = test::parse("<iq type='result' from='juliet@home.example' to='net.home.example' id='q'/>");
    result.add(query);
    const auto item = xep0356::find_item(result, "bob@net.home.example");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->name, "Bob");
    EXPECT_EQ(item->subscription, "both");
    EXPECT_THAT(item->groups, ElementsAre("Friends"));
    EXPECT_FALSE(xep0356::find_item(result, "carol@net.home.example"));
    EXPECT_TRUE(test::sent(xep0356::make_roster_get()).nodes().empty());
}

}  // namespace
}  // namespace causeway::xmpp
