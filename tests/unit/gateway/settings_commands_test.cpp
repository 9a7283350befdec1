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

class SettingsTest : public CommandsTest {
protected:
    SettingsTest() {
        house.network.has_options = true;
        house.network.declared.many_endpoints = true;
    }
    static std::string text(const xml::Element& reply) { return xml::to_string(reply, xmpp::kComponentNs); }
    /// Fills in the settings of %far.
    xml::Element set(const std::vector<std::pair<std::string, std::string>>& answers) {
        const auto session = attribute(command(kRomeoA, "settings"), "sessionid");
        shown = command(kRomeoA, "settings", session, "", form({{"endpoint", "%far"}}));
        return command(kRomeoA, "settings", session, "", form(answers));
    }
    xml::Element shown;  ///< the form of the last set()
};

// covers: GW-CMD-007 GW-REG-025
TEST_F(SettingsTest, AreKeptSealedAndTakenToTheNextSession) {
    EXPECT_EQ(note(set({{"nick", "Romeo"}, {"key", "sesame"}})),
              "info: Saved. If you are connected, you are connected anew.");
    ASSERT_THAT(house.store.rows.options, SizeIs(1));
    const auto& row = house.store.rows.options.front();
    EXPECT_EQ(row.endpoint, EndpointId("far"));
    EXPECT_THAT(row.sealed, AllOf(HasSubstr("v1:"), Not(HasSubstr("sesame"))));
    const auto account = house.account();
    EXPECT_EQ(house.vault.open(row.sealed, security::sealed_owner(account->row.id, row.endpoint))->reveal(),
              "Romeo/sesame");
    house.supervisor.slot(account, EndpointId("far"))->touch();
    house.supervisor.slot(account, EndpointId("near"))->touch();
    house.loop.settle();
    EXPECT_THAT(house.asked(), AllOf(Contains("open far set to Romeo/sesame"), Contains("open near")));
}

TEST_F(SettingsTest, SecretsAreNotShownAgainAndStayWhenLeftEmpty) {
    static_cast<void>(set({{"nick", "Romeo"}, {"key", "sesame"}}));
    static_cast<void>(set({{"nick", "Montague"}, {"key", ""}}));
    EXPECT_THAT(text(shown), AllOf(HasSubstr("<value>Romeo</value>"), HasSubstr("text-private"),
                                   Not(HasSubstr("sesame"))));
    EXPECT_EQ(house.accounts.options(*house.account(), EndpointId("far"))->reveal(), "Montague/sesame");
    static_cast<void>(set({{"key", "open"}}));
    EXPECT_EQ(house.accounts.options(*house.account(), EndpointId("far"))->reveal(), "Montague/open")
        << "what is left out of the form stays";
}

TEST_F(SettingsTest, WhoIsConnectedIsConnectedAnew) {
    house.supervisor.slot(house.accounts.ensure(UserId("romeo@home.test")), EndpointId("far"))->touch();
    house.loop.settle();
    forget_so_far();
    static_cast<void>(set({{"nick", "Romeo"}, {"key", ""}}));
    house.loop.settle();
    EXPECT_THAT(house.asked(), ElementsAre("close", "open far set to Romeo/", "run"));
}

TEST_F(SettingsTest, WhatTheNetworkRefusesIsNamedAndNotKept) {
    EXPECT_EQ(note(set({{"nick", "Romeo Montague"}, {"key", "sesame"}})), "error: Name: one word");
    EXPECT_THAT(house.store.rows.options, IsEmpty());
    house.store.failing = true;
    EXPECT_THAT(note(set({{"nick", "Romeo"}, {"key", ""}})), HasSubstr("cannot store"));
    EXPECT_TRUE(house.account()->sealed_options.empty());
    const auto session = attribute(command(kRomeoA, "settings"), "sessionid");
    EXPECT_THAT(note(command(kRomeoA, "settings", session, "", form({{"endpoint", "bob"}}))),
                HasSubstr("not a server"));
}

// covers: GW-CMD-006
TEST_F(SettingsTest, CanBeMadeInChat) {
    EXPECT_THAT(say("settings"), HasSubstr("Server"));
    EXPECT_THAT(say("%far"), HasSubstr("Name"));
    EXPECT_THAT(say("Romeo"), HasSubstr("Password"));
    EXPECT_THAT(say("sesame"), AllOf(HasSubstr("Saved."), Not(HasSubstr("sesame"))));
    EXPECT_THAT(say("settings %far"), HasSubstr("“--” empties it."));
    EXPECT_THAT(say("--"), HasSubstr("Password"));
    EXPECT_THAT(say("-"), HasSubstr("Saved."));
    EXPECT_EQ(house.accounts.options(*house.account(), EndpointId("far"))->reveal(), "/sesame");
}

TEST_F(SettingsTest, GoWithTheAccountAndComeBackWithTheStore) {
    static_cast<void>(set({{"nick", "Romeo"}, {"key", "sesame"}}));
    accounts::Accounts again(house.loop.executor(), house.name, house.store, house.vault, house.context);
    ASSERT_TRUE(house.loop.await(again.load()));
    EXPECT_EQ(again.options(*again.find(UserId("romeo@home.test")), EndpointId("far"))->reveal(),
              "Romeo/sesame");
    ASSERT_TRUE(house.loop.await(house.accounts.forget(house.account())));
    EXPECT_THAT(house.store.rows.options, IsEmpty());
}

TEST_F(SettingsTest, ANetworkWithoutAnySaysSo) {
    house.network.has_options = false;
    house.network.declared.many_endpoints = false;
    EXPECT_EQ(note(command(kRomeoA, "settings")), "error: There is nothing to set here.");
}

// covers: GW-CMD-007
TEST_F(SettingsTest, PreferencesAreKept) {
    const auto first = command(kRomeoA, "preferences");
    EXPECT_THAT(text(first), AllOf(HasSubstr("always_on"), HasSubstr("language"), HasSubstr("write_roster"),
                                   Not(HasSubstr("show_typing"))))
        << "only what means something on this network";
    const auto done = command(kRomeoA, "preferences", attribute(first, "sessionid"), "",
                              form({{"always_on", "true"}, {"language", "de"}, {"write_roster", "0"}}));
    EXPECT_EQ(note(done), "info: Gespeichert.") << "the language is in force at once";
    ASSERT_THAT(house.store.rows.accounts, SizeIs(1));
    const auto& row = house.store.rows.accounts.front();
    EXPECT_TRUE(row.always_on);
    EXPECT_EQ(row.preferences, (store::Preferences{"de", false, true}));
    EXPECT_THAT(say("rooms"), HasSubstr("Sie sind in keinem Raum."))
        << "what the user chose goes before what the client says";
    EXPECT_THAT(say("preferences false auto"), HasSubstr("Kontakte"));
    EXPECT_THAT(say("-"), HasSubstr("Gespeichert."));
    EXPECT_THAT(say("rooms"), HasSubstr("You are in no room."));
    EXPECT_FALSE(house.account()->row.always_on);
    EXPECT_FALSE(house.account()->row.preferences.write_roster) << "“-” leaves it as it is";
}

}  // namespace
}  // namespace causeway::commands
