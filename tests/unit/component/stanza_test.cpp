#include "component/stanza/stanza.hpp"

#include <gtest/gtest.h>

#include "component/stanza/stanza_error.hpp"
#include "component/xml/writer.hpp"

namespace causeway::xmpp {
namespace {

constexpr std::string_view kStanzasNs = "urn:ietf:params:xml:ns:xmpp-stanzas";

xml::Element element(std::string name, std::string ns = std::string(kComponentNs)) {
    xml::Element out(std::move(name), std::move(ns));
    out.set_attr("from", "Romeo@Example.org/r").set_attr("to", "irc.example.org").set_attr("id", "1");
    return out;
}

StanzaHead head(StanzaKind kind, std::string type) {
    StanzaHead out;
    out.kind = kind;
    out.from = *Jid::parse("romeo@example.org/r");
    out.to = *Jid::parse("irc.example.org");
    out.id = "1";
    out.type = std::move(type);
    return out;
}

TEST(Stanza, HeadIsReadInBothNamespaces) {
    for (const std::string_view ns : {kComponentNs, kClientNs}) {
        const auto read = read_head(element("presence", std::string(ns)).set_attr("type", "probe"));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->kind, StanzaKind::presence);
        EXPECT_EQ(read->from.str(), "romeo@example.org/r");
        EXPECT_EQ(read->to.str(), "irc.example.org");
        EXPECT_EQ(read->id, "1");
        EXPECT_EQ(read->type, "probe");
    }
}

TEST(Stanza, WhatIsNotAStanzaIsRefused) {
    EXPECT_FALSE(read_head(element("message", "urn:other")));
    EXPECT_FALSE(read_head(element("handshake")));
    EXPECT_FALSE(read_head(element("iq").remove_attr("from")));
    EXPECT_FALSE(read_head(element("iq").remove_attr("to")));
    EXPECT_FALSE(read_head(element("iq").set_attr("from", "a b@c")));
}

TEST(Stanza, PayloadAndBody) {
    Stanza stanza{head(StanzaKind::message, "chat"), element("message", std::string(kClientNs))};
    EXPECT_EQ(stanza.body(), std::nullopt);
    stanza.element.add("body").add_text("hello");
    stanza.element.add("request", "urn:xmpp:receipts");
    EXPECT_EQ(stanza.body(), "hello");
    EXPECT_NE(stanza.payload("urn:xmpp:receipts"), nullptr);
    EXPECT_EQ(stanza.payload("urn:none"), nullptr);
}

// covers: GW-COMP-004
TEST(Stanza, BuildersAlwaysAddress) {
    const auto made = make_stanza(StanzaKind::message, *Jid::parse("a@b"), *Jid::parse("c@d"), "chat", "7");
    EXPECT_EQ(xml::to_string(made, kComponentNs), "<message from='a@b' to='c@d' type='chat' id='7'/>");
    EXPECT_EQ(xml::to_string(make_result(head(StanzaKind::iq, "get")), kComponentNs),
              "<iq from='irc.example.org' to='romeo@example.org/r' type='result' id='1'/>");
}

// covers: GW-COMP-014 GW-COMP-015
TEST(StanzaError, ReplySwapsAddressesAndKeepsTheId) {
    auto error = make_condition(Condition::not_acceptable, "No.");
    error.by = "irc.example.org";
    const auto reply = make_error_reply(head(StanzaKind::iq, "set"), error);
    ASSERT_TRUE(reply);
    EXPECT_EQ(xml::to_string(*reply, kComponentNs),
              "<iq from='irc.example.org' to='romeo@example.org/r' type='error' id='1'>"
              "<error type='modify' code='406' by='irc.example.org'>"
              "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
              "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No.</text></error></iq>");
}

// covers: GW-COMP-013
TEST(StanzaError, ErrorsAndResultsAreNotAnswered) {
    const auto error = make_condition(Condition::bad_request);
    for (const StanzaKind kind : {StanzaKind::message, StanzaKind::presence, StanzaKind::iq}) {
        EXPECT_FALSE(make_error_reply(head(kind, "error"), error));
    }
    EXPECT_FALSE(make_error_reply(head(StanzaKind::iq, "result"), error));
    EXPECT_TRUE(make_error_reply(head(StanzaKind::iq, "nonsense"), error));
    EXPECT_TRUE(make_error_reply(head(StanzaKind::message, ""), error));
}

// covers: GW-COMP-015
TEST(StanzaError, EveryConditionIsReadAsItIsWritten) {
    for (int i = 0; i <= static_cast<int>(Condition::unexpected_request); ++i) {
        const auto error = make_condition(static_cast<Condition>(i), "text");
        EXPECT_GE(legacy_code(error.condition), 302);
        EXPECT_LE(legacy_code(error.condition), 504);
        const auto reply = make_error_reply(head(StanzaKind::message, "chat"), error);
        const auto back = read_error(*reply);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->condition, error.condition);
        EXPECT_EQ(back->type, error.type);
        EXPECT_EQ(back->text, "text");
    }
    EXPECT_EQ(to_string(Condition::item_not_found), "item-not-found");
    EXPECT_EQ(legacy_code(Condition::item_not_found), 404);
    EXPECT_EQ(to_string(ErrorType::cont), "continue");
}

TEST(StanzaError, UnknownConditionsAreUndefined) {
    auto stanza = element("message").set_attr("type", "error");
    EXPECT_FALSE(read_error(stanza)) << "no <error/>";
    xml::Element& payload = stanza.add("error");
    payload.set_attr("type", "nonsense");
    payload.add("from-the-future", kStanzasNs);
    payload.add("item-not-found", "urn:application");
    const auto read = read_error(stanza);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->condition, Condition::undefined_condition);
    EXPECT_EQ(read->type, ErrorType::cancel);
    EXPECT_FALSE(read_error(element("message").add("error")));
}

}  // namespace
}  // namespace causeway::xmpp
