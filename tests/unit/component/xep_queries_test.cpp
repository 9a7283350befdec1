#include <gtest/gtest.h>

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0054_vcard.hpp"
#include "component/xep/xep0092_version.hpp"
#include "component/xep/xep0100_gateway.hpp"
#include "component/xep/xep0114_component.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp {
namespace {

using test::expect_answers;
using test::iq;
using test::sent;

std::vector<std::string> features(const xml::Element& query) {
    std::vector<std::string> all;
    for (const auto* child : query.children()) {
        if (child->name() == "feature") all.emplace_back(child->attr("var"));
    }
    return all;
}

// covers: GW-DISCO-003
TEST(Disco, InfoHasIdentityAndFeaturesAndTheNodeAskedFor) {
    const auto request = iq("get", "<query xmlns='http://jabber.org/protocol/disco#info' node='a&amp;b'/>");
    EXPECT_EQ(xep0030::requested_node(request), "a&b");
    xep0030::Info info;
    info.identities = {{"gateway", "irc", "IRC"}, {"conference", "irc", ""}};
    info.features = {"urn:xmpp:ping"};
    info.forms.emplace_back("x", "jabber:x:data");
    const auto result = sent(xep0030::make_info_result(request, info));
    expect_answers(result);
    const auto* query = result.child("query", xep0030::kInfoNs);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->attr("node"), "a&b");
    const auto children = query->children();
    EXPECT_EQ(children[0]->name(), "identity");
    EXPECT_EQ(children[0]->attr("category"), "gateway");
    EXPECT_EQ(children[0]->attr("type"), "irc");
    EXPECT_EQ(children[0]->attr("name"), "IRC");
    EXPECT_FALSE(children[1]->has_attr("name"));
    EXPECT_EQ(features(*query), (std::vector<std::string>{std::string(xep0030::kInfoNs), "urn:xmpp:ping"}));
    EXPECT_TRUE(query->child("x", "jabber:x:data"));
}

TEST(Disco, TheInfoFeatureIsNotToldTwice) {
    const auto request = iq("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    xep0030::Info info;
    info.identities = {{"account", "registered", ""}};
    info.features = {"urn:xmpp:ping", std::string(xep0030::kInfoNs)};
    const auto result = sent(xep0030::make_info_result(request, info));
    EXPECT_EQ(features(*result.child("query", xep0030::kInfoNs)), info.features);
    EXPECT_FALSE(result.child("query", xep0030::kInfoNs)->has_attr("node"));
}

// covers: GW-DISCO-004
TEST(Disco, NoItemsIsAnEmptyQuery) {
    const auto request = iq("get", "<query xmlns='http://jabber.org/protocol/disco#items'/>");
    const auto result = sent(xep0030::make_items_result(request, {}));
    expect_answers(result);
    ASSERT_TRUE(result.child("query", xep0030::kItemsNs));
    EXPECT_EQ(result.child("query", xep0030::kItemsNs)->child_count(), 0U);
}

TEST(Disco, ItemsHaveAddressNodeAndName) {
    const auto request = iq("get", "<query xmlns='http://jabber.org/protocol/disco#items' node='rooms'/>");
    EXPECT_EQ(xep0030::requested_node(request), "rooms");
    const std::vector<xep0030::Item> items{{"#a@irc.home.example", "", "A & B"},
                                           {"irc.home.example", "cmd", ""}};
    const auto result = sent(xep0030::make_items_result(request, items));
    const auto* query = result.child("query", xep0030::kItemsNs);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->attr("node"), "rooms");
    ASSERT_EQ(query->child_count(), 2U);
    EXPECT_EQ(query->children()[0]->attr("jid"), "#a@irc.home.example");
    EXPECT_EQ(query->children()[0]->attr("name"), "A & B");
    EXPECT_FALSE(query->children()[0]->has_attr("node"));
    EXPECT_EQ(query->children()[1]->attr("node"), "cmd");
}

TEST(Disco, WithoutAQueryNoNodeIsAskedFor) {
    EXPECT_EQ(xep0030::requested_node(iq("get", "<ping xmlns='urn:xmpp:ping' node='x'/>")), "");
}

TEST(VCard, HasANameOrIsEmpty) {
    const auto request = iq("get", "<vCard xmlns='vcard-temp'/>");
    const auto named = sent(xep0054::make_result(request, "Romeo <M>"));
    expect_answers(named);
    EXPECT_EQ(named.child("vCard", xep0054::kNs)->child_text("FN"), "Romeo <M>");
    const auto empty = sent(xep0054::make_result(request, ""));
    ASSERT_TRUE(empty.child("vCard", xep0054::kNs));
    EXPECT_EQ(empty.child("vCard", xep0054::kNs)->child_count(), 0U);
}

TEST(Version, NamesTheSoftwareAndNoMachineUnlessTold) {
    const auto request = iq("get", "<query xmlns='jabber:iq:version'/>");
    const auto result = sent(xep0092::make_result(request, "Causeway", "1.0"));
    expect_answers(result);
    const auto* query = result.child("query", xep0092::kNs);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->child_text("name"), "Causeway");
    EXPECT_EQ(query->child_text("version"), "1.0");
    EXPECT_FALSE(query->child("os"));
    EXPECT_EQ(
        sent(xep0092::make_result(request, "a", "b", "c")).child("query", xep0092::kNs)->child_text("os"),
        "c");
}

TEST(GatewayPrompt, ReadsTheAddressOfASetOnly) {
    const std::string query = "<query xmlns='jabber:iq:gateway'><prompt>(03) 1234</prompt></query>";
    EXPECT_EQ(xep0100::read_prompt(iq("set", query)), "(03) 1234");
    EXPECT_EQ(xep0100::read_prompt(iq("get", query)), std::nullopt);
    EXPECT_EQ(xep0100::read_prompt(iq("set", "<query xmlns='jabber:iq:gateway'/>")), std::nullopt);
    EXPECT_EQ(xep0100::read_prompt(iq("set", "<query xmlns='jabber:iq:search'><prompt>a</prompt></query>")),
              std::nullopt);
}

// covers: GW-PROMPT-001
TEST(GatewayPrompt, AsksWithAnOptionalDescription) {
    const auto request = iq("get", "<query xmlns='jabber:iq:gateway'/>");
    const auto full = sent(xep0100::make_prompt_result(request, "Who is it?", "Nickname"));
    expect_answers(full);
    EXPECT_EQ(full.child("query", xep0100::kNs)->child_text("desc"), "Who is it?");
    EXPECT_EQ(full.child("query", xep0100::kNs)->child_text("prompt"), "Nickname");
    const auto bare = sent(xep0100::make_prompt_result(request, "", "Nickname"));
    EXPECT_FALSE(bare.child("query", xep0100::kNs)->child("desc"));
}

// covers: GW-PROMPT-002
TEST(GatewayPrompt, AnswersForNewAndForOldClients) {
    const auto request = iq("set", "<query xmlns='jabber:iq:gateway'><prompt>a b</prompt></query>");
    const auto result = sent(xep0100::make_jid_result(request, R"(a\20b@irc.home.example)"));
    expect_answers(result);
    EXPECT_EQ(result.child("query", xep0100::kNs)->child_text("jid"), R"(a\20b@irc.home.example)");
    EXPECT_EQ(result.child("query", xep0100::kNs)->child_text("prompt"), R"(a\20b@irc.home.example)");
}

// covers: GW-COMP-001
TEST(ComponentHandshake, TheHeaderNamesTheComponent) {
    const auto header = xep0114::stream_header("irc.home.example");
    EXPECT_TRUE(header.starts_with("<?xml version='1.0'?><stream:stream "));
    EXPECT_TRUE(header.ends_with(">"));
    EXPECT_NE(header.find("xmlns='jabber:component:accept'"), std::string::npos);
    EXPECT_NE(header.find("xmlns:stream='http://etherx.jabber.org/streams'"), std::string::npos);
    EXPECT_NE(header.find("to='irc.home.example'"), std::string::npos);
    EXPECT_EQ(xep0114::stream_header("a'b").find("a'b"), std::string::npos);
}

// covers: GW-COMP-002
TEST(ComponentHandshake, TheDigestIsOfIdAndSecret) {
    const auto digest = [](std::string_view id, std::string secret) {
        return xep0114::handshake_digest(id, Secret<std::string>(std::move(secret)));
    };
    EXPECT_EQ(digest("", ""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(digest("", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-2, appendix A.1
    EXPECT_EQ(digest("ab", "c"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digest("3BF96D32", "test"), "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e");  // XEP-0114 §3
    EXPECT_EQ(digest("a&b", "gehe\xC3\xADm"), "5e56a2429a4a282e8ff410db2f2adb2d38125da7");
}

TEST(Ping, IsEmpty) {
    const auto ping = sent(xep0199::make_ping());
    EXPECT_TRUE(ping.is("ping", xep0199::kNs));
    EXPECT_TRUE(ping.nodes().empty());
}

}  // namespace
}  // namespace causeway::xmpp
