#include "gateway/translate/chat.hpp"

#include "component/xep/xep0184_receipts.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::translate {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string words_of(const std::string& body, const std::string& more = "",
                     const std::string& type = "chat") {
    return "<message type='" + type + "' id='m1' from='romeo@home.test/a' to='bob@net.test'><body>" + body +
           "</body>" + more + "</message>";
}
constexpr std::string_view kRequest = "<request xmlns='urn:xmpp:receipts'/>";

class ChatTest : public test::HouseTest {};

// covers: GW-MSG-001
TEST_F(ChatTest, WordsConnectASessionAndReachTheNetwork) {
    house.receive(words_of("héllo"));
    EXPECT_THAT(house.asked(), ElementsAre("open", "run", "send héllo"));
    EXPECT_THAT(house.sent(), IsEmpty()) << "no receipt was asked for";
}

// covers: GW-RCPT-001
TEST_F(ChatTest, TheReceiptSaysWhatTheNetworkSaid) {
    house.network.sending.close();
    house.receive(words_of("hi", std::string(kRequest)));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.sending.open();
    house.loop.settle();
    const auto sent = house.outlet.take();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(test::brief(sent[0]), "message:chat bob@net.test > romeo@home.test/a");
    EXPECT_EQ(sent[0].child("received", xmpp::xep0184::kNs)->attr("id"), "m1");
}

TEST_F(ChatTest, WhereNothingWasAcceptedThereIsNoReceipt) {
    house.network.submits = true;
    house.receive(words_of("hi", std::string(kRequest)));
    EXPECT_THAT(house.sent(), IsEmpty());
    house.network.submits = false;
    house.network.declared.capabilities = {adapter::Capability::rooms};
    house.receive(words_of("hi", std::string(kRequest)));
    EXPECT_THAT(house.sent(), IsEmpty()) << "the network does not confirm";
}

// covers: GW-MSG-002
TEST_F(ChatTest, WhatDidNotArriveComesBackWithItsId) {
    house.network.send_error = make_error(Errc::bad_recipient);
    house.receive(words_of("hi", std::string(kRequest)));
    house.loop.settle();
    auto sent = house.outlet.take();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(test::brief(sent[0]), "message:error bob@net.test > romeo@home.test/a item-not-found");
    EXPECT_EQ(sent[0].attr("id"), "m1");
}

// covers: GW-MSG-002 GW-LOG-016
TEST_F(ChatTest, WithoutASessionWordsComeBackAtOnce) {
    auto error = make_error(Errc::not_connected);
    error.retry = Retry::later;
    house.network.connect_error = error;
    house.receive(words_of("hi"));
    EXPECT_THAT(house.sent(),
                ElementsAre("message:error bob@net.test > romeo@home.test/a remote-server-timeout"));
}

// covers: GW-MSG-001
TEST_F(ChatTest, APersonIsNoRoom) {
    house.receive(words_of("hi", "", "groupchat"));
    EXPECT_THAT(house.sent(), ElementsAre("message:error bob@net.test > romeo@home.test/a bad-request"));
    house.receive(words_of("hi", "", "error"));
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MSG-011
TEST_F(ChatTest, EncryptedWordsComeBack) {
    house.receive(words_of("fallback", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"));
    EXPECT_THAT(house.sent(), ElementsAre("message:error bob@net.test > romeo@home.test/a not-acceptable"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MSG-003 GW-MSG-004 GW-MSG-005
TEST_F(ChatTest, WordsOfContactsGoToTheBareAddressWithTheNetworksId) {
    house.receive(words_of("hi"));
    adapter::EventMessage event;
    event.in = ContactId("bob");
    event.from = ContactId("bob");
    event.text = "hello";
    event.id = LegacyMessageId("l7");
    house.tell(event);
    event.id = {};
    house.tell(event);
    house.tell(event);
    const auto sent = house.outlet.take();
    ASSERT_THAT(sent, SizeIs(3));
    EXPECT_EQ(test::brief(sent[0]), "message:chat bob@net.test > romeo@home.test body=\"hello\"");
    EXPECT_EQ(sent[0].attr("id"), "l7");
    EXPECT_FALSE(sent[1].attr("id").empty());
    EXPECT_NE(sent[1].attr("id"), sent[2].attr("id"));
}

TEST_F(ChatTest, TheServersOwnWordsComeFromTheServer) {
    house.receive(words_of("hi"));
    house.tell(adapter::EventServerNotice{EndpointId{}, "maintenance"});
    EXPECT_THAT(house.sent(), ElementsAre("message:chat net.test > romeo@home.test body=\"maintenance\""));
}

TEST_F(ChatTest, WordsThatComeWhileTheSessionClosesDoNotOpenItAgain) {
    house.receive(words_of("hi"));
    house.network.closing.close();
    house.slot()->set_reason(accounts::Reason::traffic, false);
    house.loop.settle();
    adapter::EventMessage event;
    event.in = ContactId("bob");
    event.from = ContactId("bob");
    event.text = "wait";
    house.tell(event);
    EXPECT_THAT(house.sent(), SizeIs(1));
    house.network.closing.open();
    house.loop.settle();
    EXPECT_EQ(house.slot()->state(), adapter::SessionState::stopped);
}

}  // namespace
}  // namespace causeway::translate
