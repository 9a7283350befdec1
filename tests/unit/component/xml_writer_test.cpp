#include "component/xml/writer.hpp"

#include <gtest/gtest.h>

namespace causeway::xml {
namespace {

using namespace std::string_literals;

constexpr std::string_view kNs = "jabber:component:accept";

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

TEST(XmlWriter, StreamsAStanza) {
    std::string out = "before";
    Writer writer(out, kNs);
    writer.open("message").attr("to", "a@b/\"c'").attr("id", "1");
    writer.open("body").text("x < y").close();
    writer.open("x", "urn:other").open("inner").close().close();
    EXPECT_EQ(writer.depth(), 1U);
    writer.close();
    EXPECT_EQ(out,
              "before<message to='a@b/&quot;c&apos;' id='1'><body>x &lt; y</body>"
              "<x xmlns='urn:other'><inner/></x></message>");
    EXPECT_EQ(writer.depth(), 0U);
}

TEST(XmlWriter, WritesTreesAndNamespacesOnlyWhereTheyChange) {
    Element iq("iq", std::string(kNs));
    iq.set_attr("type", "get").set_attr("xml:lang", "de");
    Element& query = iq.add("query", "jabber:iq:register");
    query.add("username").add_text("romeo");
    query.add("x", "jabber:x:data");
    iq.add(Element("inherits"));
    EXPECT_EQ(to_string(iq, kNs),
              "<iq type='get' xml:lang='de'><query xmlns='jabber:iq:register'><username>romeo</username>"
              "<x xmlns='jabber:x:data'/></query><inherits/></iq>");
    EXPECT_EQ(to_string(iq, "jabber:client").substr(0, 33), "<iq xmlns='jabber:component:accep");
}

// covers: GW-COMP-007
TEST(XmlWriter, EscapesAndReplacesWhatXmlCannotCarry) {
    EXPECT_EQ(escaped("<>&'\""), "&lt;&gt;&amp;&apos;&quot;");
    EXPECT_EQ(escaped("]]>"), "]]&gt;");
    EXPECT_EQ(escaped("a\x01z\x00"s + "b\x1F"),
              "a\xEF\xBF\xBDz\xEF\xBF\xBD"
              "b\xEF\xBF\xBD");
    EXPECT_EQ(escaped("\xED\xA0\x80|\xEF\xBF\xBF|\xC0\xAF|\xE2\x82"),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD");
    EXPECT_EQ(escaped("Ünï 😀 \x7F"), "Ünï 😀 \x7F");
    EXPECT_EQ(escaped(""), "");
}

// What is copied in blocks and what is looked at byte by byte must come out the same, wherever it stands.
TEST(XmlWriter, EscapesAtEveryPlaceOfALongText) {
    const std::pair<std::string_view, std::string_view> kSpecial[] = {
        {"<", "&lt;"},  {">", "&gt;"},   {"&", "&amp;"},  {"'", "&apos;"},          {"\"", "&quot;"},
        {"\t", "&#9;"}, {"\n", "&#10;"}, {"\r", "&#13;"}, {"\x01", "\xEF\xBF\xBD"}, {"\xC3\xA9", "\xC3\xA9"}};
    for (std::size_t length = 0; length < 50; ++length) {
        for (std::size_t at = 0; at <= length; ++at) {
            const std::string before(at, 'a');
            const std::string after(length - at, 'z');
            for (const auto& [raw, safe] : kSpecial) {
                EXPECT_EQ(escaped(before + std::string(raw) + after), before + std::string(safe) + after);
            }
        }
    }
}

TEST(XmlWriter, KeepsLineEndsAsTheyWere) {
    std::string out;
    Writer(out, kNs).open("a").attr("v", "1\n2\r3\t4").text("1\n2\r\n3\t4").close();
    EXPECT_EQ(out, "<a v='1&#10;2&#13;3&#9;4'>1\n2&#13;\n3\t4</a>");
}

TEST(XmlWriterDeathTest, NothingButNamesIsWrittenAsNames) {
    std::string out;
    Writer writer(out, kNs);
    EXPECT_DEATH(writer.open("a b"), "is_name");
    EXPECT_DEATH(writer.open(""), "is_name");
    EXPECT_DEATH(writer.open("1a"), "is_name");
    EXPECT_DEATH(writer.open("a:b"), "is_name");
    writer.open("a");
    EXPECT_DEATH(writer.attr("xmlns", "urn:x"), "xmlns");
    EXPECT_DEATH(writer.attr("v='1' w", "x"), "is_name");
    writer.text("t");
    EXPECT_DEATH(writer.attr("late", "x"), "tag_open_");
}

TEST(XmlElement, AttributesAreSetReplacedAndRemoved) {
    Element element("a", "urn:a");
    element.set_attr("x", "1").set_attr("y", "2").set_attr("x", "3");
    EXPECT_EQ(element.attr("x"), "3");
    EXPECT_EQ(element.attributes().size(), 2U);
    EXPECT_TRUE(element.has_attr("y"));
    element.remove_attr("y");
    EXPECT_FALSE(element.has_attr("y"));
    EXPECT_EQ(element.attr("y"), "");
}

TEST(XmlElement, ChildrenAreFoundByNameAndNamespace) {
    Element element("message", "jabber:client");
    element.add_text("one ");
    element.add("body").add_text("hello");
    element.add_text("two");
    element.add("body", "urn:other").add_text("not this");
    element.add(Element("bare"));
    EXPECT_EQ(element.text(), "one two");
    EXPECT_EQ(element.child_text("body"), "hello");
    EXPECT_EQ(element.child_text("body", "urn:other"), "not this");
    EXPECT_EQ(element.child_text("subject"), std::nullopt);
    ASSERT_NE(element.child_in("urn:other"), nullptr);
    EXPECT_EQ(element.child_in("urn:none"), nullptr);
    EXPECT_NE(element.child("bare"), nullptr);
    EXPECT_EQ(element.child("bare", "urn:other"), nullptr);
    EXPECT_EQ(element.child_count(), 3U);
    EXPECT_EQ(element.children().size(), 3U);
    EXPECT_EQ(element.nodes().size(), 5U);
}

}  // namespace
}  // namespace causeway::xml
