#pragma once
/// @file tests/unit/component/xep_fixture.hpp
/// NAME       Stanzas for the tests of extensions: read by the real parser, written by the real writer.
/// WHY        So that namespaces are judged as they stand on the wire, not as the code happened to build them.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "component/stanza/stanza.hpp"
#include "component/xml/stream_parser.hpp"
#include "component/xml/writer.hpp"

namespace causeway::xmpp::test {

/// Keeps every stanza that it is told of.
class Collector final : public xml::StreamEvents {
public:
    void on_stream_open(xml::Element) override {}
    void on_stanza(xml::Element stanza) override { stanzas.push_back(std::move(stanza)); }
    void on_oversize(xml::Element, std::string_view limit) override { ADD_FAILURE() << "over " << limit; }
    void on_stream_close() override {}

    std::vector<xml::Element> stanzas;
};

/// The one stanza that `text` is, in the component namespace.
inline xml::Element parse(std::string_view text) {
    Collector events;
    xml::StreamParser parser(xml::ParserLimits{}, events);
    const bool opened = parser
                            .feed(
                                "<stream:stream xmlns='jabber:component:accept' "
                                "xmlns:stream='http://etherx.jabber.org/streams'>")
                            .has_value();
    EXPECT_TRUE(opened && parser.feed(text).has_value()) << text;
    EXPECT_EQ(events.stanzas.size(), 1U) << text;
    return events.stanzas.empty() ? xml::Element() : std::move(events.stanzas.front());
}

/// The element as a peer sees it: written, and read again.
inline xml::Element sent(const xml::Element& element) {
    return parse(xml::to_string(element, kComponentNs));
}

/// A stanza with a checked head.
inline Stanza stanza(std::string_view text) {
    auto element = parse(text);
    auto head = read_head(element);
    EXPECT_TRUE(head.has_value()) << text;
    return Stanza{head.value_or(StanzaHead{}), std::move(element)};
}

/// An IQ from juliet to the gateway with that payload.
inline Stanza iq(std::string_view type, std::string_view payload) {
    std::string text = "<iq from='juliet@home.example/balcony' to='irc.home.example' id='q1' type='";
    text.append(type).append("'>").append(payload).append("</iq>");
    return stanza(text);
}

/// A message from juliet to a contact with that content.
inline xml::Element message(std::string_view content) {
    std::string text = "<message from='juliet@home.example/balcony' to='romeo@irc.home.example' type='chat'>";
    return parse(text.append(content).append("</message>"));
}

/// That `result` answers the request of iq(): addresses turned, the same id.
inline void expect_answers(const xml::Element& result) {
    EXPECT_TRUE(result.is("iq", kComponentNs));
    EXPECT_EQ(result.attr("type"), "result");
    EXPECT_EQ(result.attr("id"), "q1");
    EXPECT_EQ(result.attr("from"), "irc.home.example");
    EXPECT_EQ(result.attr("to"), "juliet@home.example/balcony");
    EXPECT_EQ(result.child_count(), 1U);
}

}  // namespace causeway::xmpp::test
