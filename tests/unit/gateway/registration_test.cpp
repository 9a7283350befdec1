#include "gateway/commands/registration.hpp"

#include "component/xml/writer.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::commands {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kNs = "jabber:iq:register";

std::string iq_of(const std::string& type, const std::string& inside,
                  const std::string& from = "romeo@home.test/a") {
    return "<iq type='" + type + "' id='r' from='" + from +
           "' to='net.test'><query xmlns='jabber:iq:register'>" + inside + "</query></iq>";
}
std::string data_of(const std::string& name, const std::string& password) {
    return "<username>" + name + "</username><password>" + password + "</password>";
}

class RegistrationTest : public test::HouseTest {
protected:
    void register_romeo() {
        house.receive(iq_of("set", data_of("Romeo", "sesame")));
        forget_so_far();
    }
    [[nodiscard]] xml::Element only_answer() {
        house.loop.settle();
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, SizeIs(1));
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    [[nodiscard]] std::string credentials() {
        const auto opened = house.accounts.credentials(*house.account());
        return opened ? opened->reveal() : "(cannot be opened)";
    }
};

// covers: GW-REG-001
TEST_F(RegistrationTest, TheFormListsWhatIsNeeded) {
    house.receive(iq_of("get", ""));
    const auto answer = only_answer();
    EXPECT_EQ(test::brief(answer), "iq:result net.test > romeo@home.test/a");
    const auto* query = answer.child("query", kNs);
    ASSERT_NE(query, nullptr);
    EXPECT_NE(query->child("username"), nullptr);
    EXPECT_NE(query->child("password"), nullptr);
    EXPECT_EQ(query->child_text("instructions").value_or(""), "Fill it in.");
    EXPECT_EQ(query->child("registered"), nullptr);
    EXPECT_EQ(house.account(), nullptr) << "looking at the form makes nobody known";
}

// covers: GW-REG-012
TEST_F(RegistrationTest, SuccessIsTheResultAndThenTheGatewayAsks) {
    house.receive(iq_of("set", data_of("Romeo", "sesame")));
    EXPECT_THAT(house.sent(), ElementsAre("iq:result net.test > romeo@home.test/a",
                                          "presence:subscribe net.test > romeo@home.test"));
    ASSERT_THAT(house.store.rows.accounts, SizeIs(1));
    const auto& row = house.store.rows.accounts.front();
    EXPECT_TRUE(row.registered);
    EXPECT_EQ(row.remote_name, "Romeo");
    EXPECT_EQ(credentials(), "Romeo:sesame");
    EXPECT_THAT(row.sealed_credentials, Not(HasSubstr("sesame")));
}

// covers: GW-REG-003
TEST_F(RegistrationTest, TheRegisteredSeeWhatIsOnFileButNeverASecret) {
    register_romeo();
    house.receive(iq_of("get", "", "romeo@home.test/other"));
    const auto answer = only_answer();
    const auto* query = answer.child("query", kNs);
    ASSERT_NE(query, nullptr);
    EXPECT_NE(query->child("registered"), nullptr);
    EXPECT_EQ(query->child_text("username").value_or(""), "Romeo");
    EXPECT_EQ(query->child_text("password").value_or("?"), "");
    EXPECT_THAT(xml::to_string(answer, xmpp::kComponentNs), Not(HasSubstr("sesame")));
}

// covers: GW-REG-005
TEST_F(RegistrationTest, WhatIsRequiredMustBeThere) {
    for (const auto& inside :
         {data_of("", "sesame"), data_of("Romeo", ""), std::string("<username>Romeo</username>")}) {
        house.receive(iq_of("set", inside));
        const auto answer = only_answer();
        EXPECT_EQ(test::brief(answer), "iq:error net.test > romeo@home.test/a not-acceptable") << inside;
        EXPECT_EQ(answer.child("error")->attr("type"), "modify");
        EXPECT_EQ(answer.child("error")->attr("code"), "406");
    }
    EXPECT_THAT(house.asked(), IsEmpty()) << "the network is not asked";
    EXPECT_EQ(house.account(), nullptr);
}

// covers: GW-REG-006
TEST_F(RegistrationTest, WhatTheNetworkRefusesIsNotStored) {
    house.network.login_error = make_error(Errc::bad_credentials);
    house.receive(iq_of("set", data_of("Romeo", "wrong")));
    EXPECT_EQ(test::brief(only_answer()), "iq:error net.test > romeo@home.test/a not-acceptable");
    EXPECT_EQ(house.account(), nullptr);
    EXPECT_THAT(house.store.rows.accounts, IsEmpty());
}

// covers: GW-REG-007
TEST_F(RegistrationTest, ANetworkThatCannotBeReachedSaysSo) {
    house.network.login_error = make_error(Errc::not_connected);
    house.receive(iq_of("set", data_of("Romeo", "sesame")));
    EXPECT_EQ(test::brief(only_answer()), "iq:error net.test > romeo@home.test/a remote-server-timeout");
    EXPECT_THAT(house.store.rows.accounts, IsEmpty());
}

// covers: GW-REG-008
TEST_F(RegistrationTest, AnAccountOfSomebodyElseIsAConflict) {
    house.network.login_error = make_error(Errc::conflict);
    house.receive(iq_of("set", data_of("Romeo", "sesame")));
    EXPECT_EQ(test::brief(only_answer()), "iq:error net.test > romeo@home.test/a conflict");
}

TEST_F(RegistrationTest, WhenTheStoreFailsNobodyIsRegistered) {
    house.store.failing = true;
    house.receive(iq_of("set", data_of("Romeo", "sesame")));
    EXPECT_EQ(test::brief(only_answer()), "iq:error net.test > romeo@home.test/a internal-server-error");
    EXPECT_EQ(house.account(), nullptr);
}

// covers: GW-REG-018
TEST_F(RegistrationTest, AFailedChangeLeavesTheOldRegistrationAndItsSession) {
    register_romeo();
    come_online();
    house.network.login_error = make_error(Errc::bad_credentials);
    house.receive(iq_of("set", data_of("Romeo", "wrong")));
    EXPECT_EQ(test::brief(only_answer()), "iq:error net.test > romeo@home.test/a not-acceptable");
    EXPECT_EQ(credentials(), "Romeo:sesame");
    EXPECT_EQ(house.slot()->state(), adapter::SessionState::connected);
    EXPECT_EQ(house.network.count("close"), 0U);
}

// covers: GW-REG-019
TEST_F(RegistrationTest, AnEmptyPasswordInAChangeKeepsTheOldOne) {
    register_romeo();
    house.receive(iq_of("set", data_of("Montague", "")));
    EXPECT_THAT(house.sent(), Contains("iq:result net.test > romeo@home.test/a"));
    EXPECT_EQ(credentials(), "Montague:sesame");
}

// covers: GW-REG-020 GW-REG-015
TEST_F(RegistrationTest, ChangedCredentialsMakeANewSession) {
    register_romeo();
    come_online();
    house.receive(iq_of("set", data_of("Romeo", "other")));
    EXPECT_THAT(house.asked(),
                ElementsAre("login", "close", "open with Romeo:other", "run", "presence online"));
    forget_so_far();
    house.receive(iq_of("set", data_of("Romeo", "other")));
    EXPECT_THAT(house.asked(), ElementsAre("login")) << "nothing has changed";
}

TEST_F(RegistrationTest, OneRequestAtATime) {
    house.network.login.close();
    house.receive(iq_of("set", data_of("Romeo", "sesame")));
    house.receive(iq_of("set", data_of("Romeo", "other")));
    EXPECT_THAT(house.sent(), ElementsAre("iq:error net.test > romeo@home.test/a resource-constraint"));
    house.network.login.open();
    EXPECT_THAT(house.sent(), Contains("iq:result net.test > romeo@home.test/a"));
    house.receive(iq_of("set", data_of("Romeo", "other")));
    EXPECT_THAT(house.sent(), Contains("iq:result net.test > romeo@home.test/a"));
}

// covers: GW-REG-022 GW-REG-023
TEST_F(RegistrationTest, RemovingEndsInTheOrderOfTheBook) {
    register_romeo();
    befriend("bob");
    enter_hall();
    house.receive(iq_of("set", "<remove/>"));
    EXPECT_THAT(house.asked(), Contains("close"));
    EXPECT_THAT(house.store.rows.accounts, IsEmpty());
    EXPECT_EQ(house.account(), nullptr);
    EXPECT_EQ(house.rooms.room_count(), 0U);
    const auto sent = house.sent();
    const std::vector<std::string> end{"iq:result net.test > romeo@home.test/a",
                                       "presence:unsubscribe bob@net.test > romeo@home.test",
                                       "presence:unsubscribed bob@net.test > romeo@home.test",
                                       "presence:unavailable bob@net.test/fake > romeo@home.test",
                                       "presence:unsubscribe net.test > romeo@home.test",
                                       "presence:unsubscribed net.test > romeo@home.test",
                                       "presence:unavailable net.test > romeo@home.test"};
    ASSERT_GE(sent.size(), end.size());
    EXPECT_EQ(std::vector(sent.end() - static_cast<std::ptrdiff_t>(end.size()), sent.end()), end);
    EXPECT_EQ(sent.front(), "presence:unavailable #hall@net.test/romeo > romeo@home.test/a (110)");
}

TEST_F(RegistrationTest, WhatCannotBeDeletedIsNotSaidToBe) {
    register_romeo();
    house.store.failing = true;
    house.receive(iq_of("set", "<remove/>"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:error net.test > romeo@home.test/a internal-server-error"));
    EXPECT_NE(house.account(), nullptr);
    house.store.failing = false;
    come_online();
    EXPECT_EQ(house.slot()->state(), adapter::SessionState::connected) << "the account goes on";
}

// covers: GW-REG-021
TEST_F(RegistrationTest, RemovingNeedsARegistrationAndStandsAlone) {
    house.receive(iq_of("set", "<remove/>"));
    house.receive(iq_of("set", "<remove/><username>x</username>"));
    EXPECT_THAT(house.sent(), ElementsAre("iq:error net.test > romeo@home.test/a registration-required",
                                          "iq:error net.test > romeo@home.test/a bad-request"));
}

// covers: GW-REG-004
TEST_F(RegistrationTest, AnybodyElseHasARegistrationOfTheirOwn) {
    register_romeo();
    house.receive(iq_of("get", "", "juliet@home.test/a"));
    const auto answer = only_answer();
    EXPECT_EQ(answer.child("query", kNs)->child("registered"), nullptr);
    EXPECT_THAT(xml::to_string(answer, xmpp::kComponentNs), Not(HasSubstr("Romeo")));
}

}  // namespace
}  // namespace causeway::commands
