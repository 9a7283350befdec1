#include "gateway/translate/resend.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::translate {
namespace {

using ::testing::ElementsAre;

class ResendTest : public test::HouseTest {
protected:
    void say(std::string_view type) {
        const auto romeo = xmpp::Jid::parse("romeo@home.test");
        const auto bob = xmpp::Jid::parse("bob@net.test");
        resend.send(xmpp::make_stanza(xmpp::StanzaKind::presence, *bob, *romeo, type));
        house.clock.advance(Millis{1});
    }
    Resend resend{house.face, 2};
};

TEST_F(ResendTest, WhatMayBeLostIsSentAgainInOrder) {
    say("subscribe");
    house.outlet.taken = house.clock.steady();
    say("subscribed");
    say("unsubscribe");
    static_cast<void>(house.sent());
    resend.send_again();
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unsubscribe bob@net.test > romeo@home.test"));
}

TEST_F(ResendTest, TheOldestIsGivenUpBeyondTheLimit) {
    house.outlet.taken = house.clock.steady();
    for (const auto* type : {"subscribe", "subscribed", "unsubscribe"}) say(type);
    static_cast<void>(house.sent());
    resend.send_again();
    EXPECT_THAT(house.sent(), ElementsAre("presence:subscribed bob@net.test > romeo@home.test",
                                          "presence:unsubscribe bob@net.test > romeo@home.test"));
}

}  // namespace
}  // namespace causeway::translate
