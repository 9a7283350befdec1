#include "gateway/translate/queries.hpp"

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0115_caps.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::translate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kInfo = xmpp::xep0030::kInfoNs;
constexpr auto kItems = xmpp::xep0030::kItemsNs;

class QueriesTest : public test::HouseTest {
protected:
    xml::Element ask(const std::string& to, const std::string& payload, const std::string& type = "get",
                     const std::string& from = "romeo@home.test/a") {
        house.receive("<iq type='" + type + "' id='q' from='" + from + "' to='" + to + "'>" + payload +
                      "</iq>");
        house.loop.settle();
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, SizeIs(1)) << "one answer to " << payload;
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    xml::Element info(const std::string& to, const std::string& node = "") {
        return ask(to, "<query xmlns='" + std::string(kInfo) + "'" +
                           (node.empty() ? "" : " node='" + node + "'") + "/>");
    }
    static std::vector<std::string> listed(const xml::Element& answer, const std::string& name,
                                           const std::string& attr) {
        std::vector<std::string> values;
        const auto* query = answer.child_in(kInfo);
        if (query == nullptr) query = answer.child_in(kItems);
        if (query == nullptr) return values;
        for (const auto* child : query->children()) {
            if (child->name() == name) values.emplace_back(child->attr(attr));
        }
        return values;
    }
};

xmpp::xep0030::Info read_info(const xml::Element& answer) {
    xmpp::xep0030::Info info;
    for (const auto* child : answer.child_in(kInfo)->children()) {
        if (child->name() == "identity") {
            info.identities.push_back({std::string(child->attr("category")), std::string(child->attr("type")),
                                       std::string(child->attr("name"))});
        } else if (child->name() == "feature") {
            info.features.emplace_back(child->attr("var"));
        }
    }
    return info;
}

// covers: GW-DISCO-001
TEST_F(QueriesTest, TheGatewaySaysWhatItIs) {
    const auto answer = info("net.test");
    EXPECT_EQ(answer.attr("type"), "result");
    EXPECT_THAT(listed(answer, "identity", "category"), Contains("gateway"));
    EXPECT_THAT(listed(answer, "identity", "type"), Contains("fake"));
    EXPECT_THAT(listed(answer, "identity", "name"), Contains("Fakenet"));
    EXPECT_THAT(listed(answer, "feature", "var"), Contains(std::string(kInfo)));
}

// covers: GW-DISCO-003
TEST_F(QueriesTest, EveryEntityHasAnIdentityAndAFeatureAndUnknownNodesAreNotThere) {
    house.network.declared.many_endpoints = true;
    for (const auto* to :
         {"net.test", "%far@net.test", "bob%far@net.test", "#hall%far@net.test", "#hall%far@net.test/x"}) {
        const auto answer = info(to);
        EXPECT_THAT(listed(answer, "identity", "category"), Not(IsEmpty())) << to;
        EXPECT_THAT(listed(answer, "feature", "var"), Not(IsEmpty())) << to;
        EXPECT_THAT(test::brief(info(to, "other")), HasSubstr("item-not-found")) << to;
    }
}

// covers: GW-DISCO-009
TEST_F(QueriesTest, TheHashInPresenceIsThatOfTheAnswerToItsNode) {
    house.network.declared.many_endpoints = true;
    const auto hash_and_ask = [&](const std::string& to) {
        house.receive("<presence type='subscribe' from='romeo@home.test' to='" + to + "'/>");
        come_online();
        if (to.contains('@')) {
            house.tell(adapter::EventPresence{ContactId("bob"), {.show = model::Availability::online}});
            forget_so_far();
        }
        house.receive("<presence type='probe' from='romeo@home.test/a' to='" + to + "'/>");
        const auto sent = house.outlet.take();
        ASSERT_THAT(sent, SizeIs(1)) << to;
        const auto* caps = sent.front().child("c", xmpp::xep0115::kNs);
        ASSERT_NE(caps, nullptr) << to;
        const auto ver = std::string(caps->attr("ver"));
        const auto node = std::string(caps->attr("node")) + "#" + ver;
        const auto answer = info(to, node);
        EXPECT_EQ(answer.child_in(kInfo)->attr("node"), node);
        EXPECT_EQ(xmpp::xep0115::make_ver(read_info(answer)), ver) << to;
        EXPECT_EQ(listed(answer, "feature", "var"), listed(info(to), "feature", "var")) << to;
        EXPECT_THAT(test::brief(info(to, node + "x")), HasSubstr("item-not-found")) << to;
    };
    hash_and_ask("net.test");
    hash_and_ask("bob@net.test");
}

// covers: GW-DISCO-002
TEST_F(QueriesTest, WhatIsAdvertisedIsAnswered) {
    const std::map<std::string, std::string> questions{
        {"jabber:iq:register", "<query xmlns='jabber:iq:register'/>"},
        {"jabber:iq:gateway", "<query xmlns='jabber:iq:gateway'/>"},
        {"urn:xmpp:ping", "<ping xmlns='urn:xmpp:ping'/>"},
        {"jabber:iq:version", "<query xmlns='jabber:iq:version'/>"},
        {"vcard-temp", "<vCard xmlns='vcard-temp'/>"},
        {"urn:ietf:params:xml:ns:vcard-4.0", "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>"},
        {"jabber:iq:search", "<query xmlns='jabber:iq:search'/>"},
        {std::string(kInfo), "<query xmlns='http://jabber.org/protocol/disco#info'/>"},
        {std::string(kItems), "<query xmlns='http://jabber.org/protocol/disco#items'/>"},
    };
    for (const auto* to : {"net.test", "bob@net.test", "#hall@net.test"}) {
        for (const auto& feature : listed(info(to), "feature", "var")) {
            const auto question = questions.find(feature);
            if (question == questions.end()) continue;
            EXPECT_EQ(ask(to, question->second).attr("type"), "result") << feature << " of " << to;
        }
    }
    for (const auto& [feature, question] : questions) {
        EXPECT_THAT(listed(info("net.test"), "feature", "var"), Contains(feature));
    }
}

// covers: GW-DISCO-004 GW-DISCO-006
TEST_F(QueriesTest, ItemsAreTheAskersOwnAndMayBeNone) {
    house.network.declared.many_endpoints = true;
    const auto items = "<query xmlns='" + std::string(kItems) + "'/>";
    EXPECT_THAT(listed(ask("net.test", items), "item", "jid"), IsEmpty());
    const auto account = house.accounts.ensure(UserId("romeo@home.test"));
    house.supervisor.slot(account, EndpointId("far"))->touch();
    house.loop.settle();
    EXPECT_THAT(listed(ask("net.test", items), "item", "jid"), ElementsAre("%far@net.test"));
    const auto others = ask("net.test", items, "get", "juliet@home.test/a");
    EXPECT_EQ(others.attr("type"), "result");
    EXPECT_THAT(listed(others, "item", "jid"), IsEmpty());
    EXPECT_THAT(listed(ask("#hall%far@net.test", items), "item", "jid"), IsEmpty());
}

// covers: GW-DISCO-012
TEST_F(QueriesTest, VersionIsTheGatewaysOwn) {
    const auto answer = ask("net.test", "<query xmlns='jabber:iq:version'/>");
    const auto* query = answer.child("query", "jabber:iq:version");
    ASSERT_NE(query, nullptr);
    EXPECT_EQ(query->child_text("name").value_or(""), "Causeway");
    EXPECT_EQ(query->child_text("version").value_or(""), CAUSEWAY_VERSION);
    EXPECT_EQ(query->child("os"), nullptr);
    EXPECT_THAT(test::brief(ask("bob@net.test", "<query xmlns='jabber:iq:version'/>")),
                HasSubstr("service-unavailable"));
}

// covers: GW-PROF-001
TEST_F(QueriesTest, CardsAreReadAndNotWritten) {
    const auto card = ask("bob@net.test", "<vCard xmlns='vcard-temp'/>");
    EXPECT_EQ(card.child("vCard", "vcard-temp")->child_text("FN").value_or(""), "bob");
    EXPECT_THAT(test::brief(ask("net.test", "<vCard xmlns='vcard-temp'/>", "set")), HasSubstr("forbidden"));
}

// covers: GW-PROF-004
TEST_F(QueriesTest, NewCardsAreReadByRequestAndFromTheirNode) {
    constexpr std::string_view kCard = "urn:ietf:params:xml:ns:vcard-4.0";
    constexpr std::string_view kPubsub = "http://jabber.org/protocol/pubsub";
    const std::string question = "<vcard xmlns='" + std::string(kCard) + "'/>";
    const auto name_in = [](const xml::Element* card) {
        const auto* fn = card == nullptr ? nullptr : card->child("fn");
        return fn == nullptr ? std::string() : fn->child_text("text").value_or("");
    };
    EXPECT_EQ(name_in(ask("bob@net.test", question).child("vcard", kCard)), "bob");
    EXPECT_EQ(name_in(ask("net.test", question).child("vcard", kCard)), "Fakenet");
    EXPECT_THAT(test::brief(ask("bob@net.test", question, "set")), HasSubstr("forbidden"));
    const auto node = ask("bob@net.test", "<pubsub xmlns='" + std::string(kPubsub) +
                                              "'><items node='urn:xmpp:vcard4'/></pubsub>");
    const auto* items = node.child("pubsub", kPubsub)->child("items");
    EXPECT_EQ(items->attr("node"), "urn:xmpp:vcard4");
    EXPECT_EQ(name_in(items->child("item")->child("vcard", kCard)), "bob");
    EXPECT_THAT(test::brief(ask("bob@net.test", "<pubsub xmlns='" + std::string(kPubsub) +
                                                    "'><items node='other'/></pubsub>")),
                HasSubstr("service-unavailable"));
}

TEST_F(QueriesTest, WhatNobodyKnowsIsAnsweredToo) {
    for (const auto* to : {"net.test", "bob@net.test", "#hall@net.test", "#hall@net.test/x"}) {
        EXPECT_THAT(test::brief(ask(to, "<query xmlns='made:up'/>")), HasSubstr("service-unavailable")) << to;
    }
}

// covers: GW-PROMPT-001 GW-PROMPT-002
TEST_F(QueriesTest, TypedAddressesBecomeJids) {
    const auto form = ask("net.test", "<query xmlns='jabber:iq:gateway'/>");
    EXPECT_EQ(form.child("query", "jabber:iq:gateway")->child_text("prompt").value_or(""), "name");
    const auto prompt = [&](const std::string& typed) {
        return ask("net.test", "<query xmlns='jabber:iq:gateway'><prompt>" + typed + "</prompt></query>",
                   "set");
    };
    EXPECT_EQ(prompt("bob smith").child("query", "jabber:iq:gateway")->child_text("jid").value_or(""),
              "bob\\20smith@net.test");
    EXPECT_THAT(test::brief(prompt("nobody")), HasSubstr("item-not-found"));
    EXPECT_THAT(test::brief(ask("net.test", "<query xmlns='jabber:iq:gateway'/>", "set")),
                HasSubstr("item-not-found"));
}

// covers: GW-MSG-007
TEST_F(QueriesTest, WordsToTheGatewayAreAnsweredWithHelp) {
    house.receive("<message type='chat' from='romeo@home.test/a' to='net.test'><body>help</body></message>");
    EXPECT_THAT(house.sent(), ElementsAre(AllOf(HasSubstr("message:chat net.test > romeo@home.test/a"),
                                                HasSubstr("Fakenet"), HasSubstr("name@net.test"))));
    house.receive("<message type='chat' from='romeo@home.test/a' to='net.test'/>");
    house.receive("<message type='error' from='romeo@home.test/a' to='net.test'><body>help</body></message>");
    EXPECT_THAT(house.sent(), IsEmpty()) << "no answer to silence, and none to an error";
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-020
TEST_F(QueriesTest, InvitationsComeFromTheRoomInBothForms) {
    enter_hall();
    house.tell(adapter::EventInvite{RoomId("#attic"), ContactId("alice"), "alice", "come up"});
    house.loop.settle();
    const auto sent = house.outlet.take();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(sent[0].attr("from"), "#attic@net.test");
    EXPECT_EQ(sent[0].attr("to"), "romeo@home.test");
    EXPECT_EQ(sent[0].child("x", "jabber:x:conference")->attr("jid"), "#attic@net.test");
    EXPECT_EQ(sent[0].child("x", xmpp::xep0045::kUserNs)->child("invite")->attr("from"), "alice@net.test");
}

}  // namespace
}  // namespace causeway::translate
