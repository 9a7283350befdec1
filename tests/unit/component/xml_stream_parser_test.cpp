#include "component/xml/stream_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/xml/writer.hpp"

namespace causeway::xml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kNs = "jabber:component:accept";
const std::string kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    "xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b' from='irc.example.org'>";

/// Everything the parser says, as lines.
class Recorder final : public StreamEvents {
public:
    void on_stream_open(Element header) override { add("open " + to_string(header, kNs)); }
    void on_stanza(Element stanza) override { add(to_string(stanza, kNs)); }
    void on_oversize(Element head, std::string_view limit) override {
        add("over " + std::string(limit) + " " + to_string(head, kNs));
    }
    void on_stream_close() override { add("close"); }

    std::vector<std::string> said;

private:
    void add(std::string line) { said.push_back(std::move(line)); }
};

struct Harness {
    Recorder events;
    StreamParser parser;

    explicit Harness(ParserLimits limits = {}) : parser(limits, events) {}
    /// What is said of `bytes` behind the header.
    std::vector<std::string> after_header(std::string_view bytes) {
        EXPECT_TRUE(parser.feed(kHeader));
        events.said.clear();
        const auto fed = parser.feed(bytes);
        EXPECT_TRUE(fed) << fed.error().detail;
        return events.said;
    }
    std::string refusal(std::string_view bytes) {
        const auto fed = parser.feed(bytes);
        EXPECT_FALSE(fed);
        return fed ? "" : fed.error().detail;
    }
};

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

// covers: GW-COMP-002
TEST(XmlStreamParser, HeaderIsReportedUnescaped) {
    struct Id final : StreamEvents {
        void on_stream_open(Element header) override {
            EXPECT_TRUE(header.is("stream", "http://etherx.jabber.org/streams"));
            id = header.attr("id");
        }
        void on_stanza(Element) override {}
        void on_oversize(Element, std::string_view) override {}
        void on_stream_close() override {}
        std::string id;
    } events;
    StreamParser parser({}, events);
    EXPECT_TRUE(parser.feed(kHeader));
    EXPECT_EQ(events.id, "a&b");
}

TEST(XmlStreamParser, StanzasAreReportedWholeWithNamespaces) {
    Harness harness;
    EXPECT_THAT(
        harness.after_header(" \n<message to='x' xml:lang='de' xmlns:p='urn:p' p:dropped='1'><body>a&lt;"
                             "<![CDATA[<b>]]>&#x1F600;</body><p:q r='s'><p:t/></p:q></message> <iq/>"),
        ElementsAre("<message to='x' xml:lang='de'><body>a&lt;&lt;b&gt;\U0001F600</body>"
                    "<q xmlns='urn:p' r='s'><t/></q></message>",
                    "<iq/>"));
}

TEST(XmlStreamParser, ElementsWithoutANamespaceAreLikeNoOther) {
    Harness harness;
    EXPECT_THAT(harness.after_header("<message><body xmlns=''>x</body></message>"),
                ElementsAre("<message><body xmlns='about:unqualified'>x</body></message>"));
}

const std::string kSample = kHeader +
                            "<message id='ü'><body>Grüße &amp; \U0001F600 ]]&gt;\r\n</body></message>\n "
                            "<p:iq xmlns:p='urn:p' type='get'><p:q a=\"'\"/></p:iq>"
                            "<presence><a><b><c><d/></c></b></a></presence></stream:stream>";

TEST(XmlStreamParser, EverySplitGivesTheSameEvents) {
    ParserLimits limits;
    limits.depth = 3;
    Harness whole(limits);
    ASSERT_TRUE(whole.parser.feed(kSample));
    ASSERT_EQ(whole.events.said.size(), 5U);
    EXPECT_EQ(whole.events.said[3], "over depth <presence/>");
    for (std::size_t at = 0; at <= kSample.size(); ++at) {
        Harness split(limits);
        ASSERT_TRUE(split.parser.feed(std::string_view(kSample).substr(0, at)));
        ASSERT_TRUE(split.parser.feed(std::string_view(kSample).substr(at)));
        ASSERT_EQ(split.events.said, whole.events.said) << at;
    }
    Harness bytes(limits);
    for (const char c : kSample) ASSERT_TRUE(bytes.parser.feed({&c, 1}));
    EXPECT_EQ(bytes.events.said, whole.events.said);
}

TEST(XmlStreamParser, AStanzaIsReportedWithItsLastByte) {
    Harness harness;
    EXPECT_THAT(harness.after_header("<message><body>x</body></message"), ElementsAre());
    ASSERT_TRUE(harness.parser.feed(">"));
    EXPECT_EQ(harness.events.said.size(), 1U);
}

// covers: GW-COMP-009
TEST(XmlStreamParser, TenThousandBytesAreAccepted) {
    Harness harness;
    const std::string body(10'000, 'x');
    const auto said = harness.after_header("<message><body>" + body + "</body></message>");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said[0], HasSubstr(body));
}

// covers: GW-COMP-009
TEST(XmlStreamParser, OversizeStanzasAreSkimmedAndTheNextOneIsRead) {
    ParserLimits limits;
    limits.stanza_bytes = 1000;
    limits.attributes = 4;
    limits.depth = 4;
    limits.children = 10;
    const struct {
        std::string stanza;
        std::string said;
    } rows[] = {
        {"<message to='a'><body>" + std::string(2000, 'x') + "</body></message>",
         "over stanza_bytes <message to='a'/>"},
        {"<message to='a'><body>" + repeat("&amp;", 250) + "</body></message>",
         "over stanza_bytes <message to='a'/>"},
        {"<message to='a' x='" + std::string(1000, 'x') + "'/>",
         "over stanza_bytes <message to='a' x='" + std::string(1000, 'x') + "'/>"},
        {"<iq>" + repeat("<a>", 500) + repeat("</a>", 500) + "</iq>", "over depth <iq/>"},
        {"<iq><a><b><c/></b></a></iq>", "<iq><a><b><c/></b></a></iq>"},
        {"<iq>" + repeat("<a/>", 11) + "</iq>", "over children <iq/>"},
        {"<iq a='1' from='f' b='2' to='t' id='i' c='3'/>", "over attributes <iq from='f' to='t' id='i'/>"},
        {"<iq id='i'><q a='1' b='2' c='3' d='4' e='5'/></iq>", "over attributes <iq id='i'/>"},
    };
    for (const auto& row : rows) {
        Harness harness(limits);
        EXPECT_THAT(harness.after_header(row.stanza + "<iq id='next'/>"),
                    ElementsAre(row.said, "<iq id='next'/>"));
        Harness slow(limits);
        EXPECT_THAT(slow.after_header(""), ElementsAre());
        for (const char c : row.stanza) ASSERT_TRUE(slow.parser.feed({&c, 1}));
        EXPECT_THAT(slow.events.said, ElementsAre(row.said));
    }
}

TEST(XmlStreamParser, DeepStanzasDoNotEndTheStream) {
    Harness harness;
    const std::string deep = "<iq>" + repeat("<a>", 100'000) + repeat("</a>", 100'000) + "</iq>";
    EXPECT_THAT(harness.after_header(deep + "<iq id='next'/>"),
                ElementsAre("over depth <iq/>", "<iq id='next'/>"));
}

TEST(XmlStreamParser, ATokenOverTheHardLimitEndsTheStream) {
    ParserLimits limits;
    limits.token_bytes = 10'000;
    Harness harness(limits);
    ASSERT_TRUE(harness.parser.feed(kHeader + "<iq a='"));
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(harness.parser.feed(std::string(1000, 'x')));
    const auto fed = harness.parser.feed(std::string(2000, 'x'));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code, Errc::too_large);
    // Text may be as long as it likes: it is not one token.
    Harness text(limits);
    ASSERT_TRUE(text.parser.feed(kHeader + "<message><body>"));
    for (int i = 0; i < 400; ++i) ASSERT_TRUE(text.parser.feed(std::string(1000, 'x')));
    EXPECT_TRUE(text.parser.feed("</body></message>"));
    EXPECT_THAT(text.events.said.back(), HasSubstr("over stanza_bytes"));
}

TEST(XmlStreamParser, WhatXmppForbidsEndsTheStream) {
    EXPECT_THAT(Harness().refusal("<!DOCTYPE stream [<!ENTITY a 'b'>]><stream>"), HasSubstr("document type"));
    EXPECT_THAT(Harness().refusal(kHeader + "<!-- x -->"), HasSubstr("a comment at line 1"));
    EXPECT_THAT(Harness().refusal(kHeader + "<iq><?php x?></iq>"), HasSubstr("a processing instruction"));
    EXPECT_THAT(Harness().refusal(kHeader + "<iq>&foo;</iq>"), HasSubstr("undefined entity"));
}

TEST(XmlStreamParser, IllFormedXmlEndsTheStreamAndSaysWhere) {
    EXPECT_THAT(Harness().refusal(kHeader + "\n<iq>\n  <a></b></iq>"),
                HasSubstr("mismatched tag at line 3, column 8"));
    for (const std::string& bad :
         {"<iq a='1' a='2'/>", "<iq>&#0;</iq>", "<iq>\x01</iq>", "<iq>\xC0\xAF</iq>", "<iq>\xED\xA0\x80</iq>",
          "<iq>\xEF\xBF\xBF</iq>", "<iq><p:a/></iq>", "<iq>]]></iq>", "<iq a=1/>", "</iq>"}) {
        EXPECT_FALSE(Harness().refusal(kHeader + bad).empty()) << bad;
    }
    Harness harness;
    const std::string first = harness.refusal("<a><b></a>");
    EXPECT_EQ(harness.refusal("<c/>"), first) << "a dead stream stays dead, for the same reason";
}

TEST(XmlStreamParser, NothingIsReportedBehindTheFault) {
    Harness harness;
    EXPECT_FALSE(harness.parser.feed(kHeader + "<iq id='1'/><!-- x --><iq id='2'/>"));
    EXPECT_EQ(harness.events.said.size(), 2U);
}

TEST(XmlStreamParser, DeclaredEncodingsAreIgnored) {
    Harness harness;
    EXPECT_TRUE(harness.parser.feed("<?xml version='1.0' encoding='ISO-8859-1'?><s xmlns='u'><a>é</a>"));
    EXPECT_THAT(harness.events.said.back(), HasSubstr("é"));
}

TEST(XmlStreamParser, ResetBeginsANewStream) {
    Harness harness;
    EXPECT_FALSE(harness.parser.feed("<a><b></a>"));
    harness.parser.reset();
    EXPECT_THAT(harness.after_header("<iq/></stream:stream>"), ElementsAre("<iq/>", "close"));
}

// expat never forgets a name it has seen; so a new one takes over every megabyte, unnoticed.
TEST(XmlStreamParser, GoesOnForMegabytesInSlicesOfAnySize) {
    for (const std::size_t slice : {std::size_t{97}, std::size_t{65'536}, std::size_t{8'000'000}}) {
        Harness harness;
        std::string stream = kHeader;
        for (int i = 0; i < 60'000; ++i) {
            const std::string n = std::to_string(i);
            stream +=
                "<iq id='" + n + "'><stream:q" + n + " a" + n + "='1' xmlns:p" + n + "='urn:p'/></iq>\n";
        }
        stream += "<iq id='last'/></stream:stream>";
        ASSERT_GT(stream.size(), 3'000'000U);
        for (std::string_view rest = stream; !rest.empty();
             rest.remove_prefix(std::min(slice, rest.size()))) {
            ASSERT_TRUE(harness.parser.feed(rest.substr(0, slice)));
        }
        ASSERT_EQ(harness.events.said.size(), 60'003U);
        EXPECT_EQ(harness.events.said[60'000],
                  "<iq id='59999'><q59999 xmlns='http://etherx.jabber.org/streams' a59999='1'/></iq>");
        EXPECT_EQ(harness.events.said[60'002], "close");
    }
}

}  // namespace
}  // namespace causeway::xml
