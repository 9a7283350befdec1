#include "component/stanza/jid.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "component/stanza/prepare.hpp"

namespace causeway::xmpp {
namespace {

std::string parsed(std::string_view text) {
    const auto jid = Jid::parse(text);
    return jid ? jid->str() : "error: " + jid.error().detail;
}

bool refused(std::string_view text) {
    return !Jid::parse(text);
}

// The fast path must not let anything through that preparation would refuse or change.
TEST(Jid, WhatCountsAsPreparedIsLeftAloneByPreparation) {
    std::vector<std::string> parts{"xn--bcher-kva.example",
                                   "a.xn--p1ai",
                                   "[::1]",
                                   "127.0.0.1",
                                   "a..b",
                                   ".a",
                                   "a.",
                                   std::string(63, 'a') + ".b",
                                   std::string(64, 'a') + ".b",
                                   std::string(1023, 'a'),
                                   std::string(1024, 'a'),
                                   ""};
    for (int first = 0; first < 256; ++first) {
        parts.emplace_back(1, static_cast<char>(first));
        for (int second = 0; second < 256; ++second)
            parts.push_back({'a', static_cast<char>(first), static_cast<char>(second)});
    }
    std::size_t prepared = 0;
    for (const auto& part : parts) {
        if (is_prepared_local(part)) {
            ++prepared;
            EXPECT_EQ(prepare_local(part).value_or("refused"), part);
        }
        if (is_prepared_domain(part)) {
            ++prepared;
            EXPECT_EQ(prepare_domain(part).value_or("refused"), part);
        }
    }
    EXPECT_GT(prepared, 1000U);
}

// covers: GW-ADDR-005
TEST(Jid, Rfc7622Table1) {
    const struct {
        std::string_view text;
        std::string_view local, domain, resource;
    } rows[] = {
        {"juliet@example.com", "juliet", "example.com", ""},
        {"juliet@example.com/foo", "juliet", "example.com", "foo"},
        {"juliet@example.com/foo bar", "juliet", "example.com", "foo bar"},
        {"juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"},
        {"foo\\20bar@example.com", "foo\\20bar", "example.com", ""},
        {"fussball@example.com", "fussball", "example.com", ""},
        {"fu\u00DFball@example.com", "fussball", "example.com",
         ""},  // nodeprep folds it; UsernameCaseMapped would not
        {"\u03C0@example.com", "\u03C0", "example.com", ""},
        {"\u03A3@example.com/foo", "\u03C3", "example.com", "foo"},
        {"\u03C3@example.com/foo", "\u03C3", "example.com", "foo"},
        {"\u03C2@example.com/foo", "\u03C3", "example.com", "foo"},  // nodeprep folds final sigma
        {"king@example.com/\u265A", "king", "example.com", "\u265A"},
        {"example.com", "", "example.com", ""},
        {"example.com/foobar", "", "example.com", "foobar"},
        {"a.example.com/b@example.net", "", "a.example.com", "b@example.net"},
    };
    for (const auto& row : rows) {
        const auto jid = Jid::parse(row.text);
        ASSERT_TRUE(jid) << row.text << ": " << jid.error().detail;
        EXPECT_EQ(jid->local(), row.local) << row.text;
        EXPECT_EQ(jid->domain(), row.domain) << row.text;
        EXPECT_EQ(jid->resource(), row.resource) << row.text;
    }
}

// covers: GW-ADDR-005
TEST(Jid, Rfc7622Table2) {
    EXPECT_TRUE(refused("\"juliet\"@example.com"));
    EXPECT_TRUE(refused("foo bar@example.com"));
    EXPECT_TRUE(refused("@example.com/"));
    EXPECT_TRUE(refused("juliet@"));
    EXPECT_TRUE(refused("/foobar"));
    // Three that RFC 7622 forbids and the stringprep profiles, which servers use, allow. A stanza from such an
    // address reaches us: refusing it would leave its sender without any answer.
    EXPECT_EQ(parsed("juliet@example.com/ foo"), "juliet@example.com/ foo");
    EXPECT_EQ(parsed("henry\u2163@example.com"), "henryiv@example.com");
    EXPECT_EQ(parsed("\u265A@example.com"), "\u265A@example.com");
}

// covers: GW-ADDR-005
TEST(Jid, PartsArePrepared) {
    EXPECT_EQ(parsed("Juliet@EXAMPLE.com/Balcony"), "juliet@example.com/Balcony");
    EXPECT_EQ(parsed("Ünï@example.com"), "ünï@example.com");
    EXPECT_EQ(parsed("e\u0301@example.com"), "é@example.com");
    EXPECT_EQ(parsed("\uFF21@example.com"), "a@example.com");  // full-width A
    EXPECT_EQ(parsed("😀@example.com"), "😀@example.com");
    EXPECT_EQ(parsed("👩‍🚀@example.com"), "👩🚀@example.com");  // nodeprep maps the joiner to nothing
    EXPECT_EQ(parsed("a@example.com/e\u0301"), "a@example.com/é");
}

TEST(Jid, Domains) {
    EXPECT_EQ(parsed("a@example.com."), "a@example.com");
    EXPECT_EQ(parsed("Bücher.Example"), "bücher.example");
    EXPECT_EQ(parsed("xn--bcher-kva.example"), "bücher.example");
    EXPECT_EQ(parsed("a@bücher。example。"), "a@bücher.example");  // ideographic full stops
    EXPECT_EQ(parsed("faß.de"), "faß.de");
    EXPECT_EQ(parsed("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(parsed("a@[2001:DB8::1]/r"), "a@[2001:db8::1]/r");
    EXPECT_EQ(parsed("localhost"), "localhost");
    EXPECT_EQ(parsed("my_host.lan"), "my_host.lan");
    for (const std::string_view bad :
         {"a@", "a@.", "a@..", "a@b..c", "a@.b", "a@b c", "a@b:c", "a@[1", "a@[::zz]", "a@[]", "a@b@c",
          "a@b\"c", "a@b\nc", "a@xn--a", "a@-\u00E9-.example", "a@\u2100.example"}) {
        EXPECT_TRUE(refused(bad)) << bad;
    }
    EXPECT_TRUE(refused("a@" + std::string(64, 'x') + ".example"));
}

TEST(Jid, WhatIsForbidden) {
    for (const char c : std::string_view("\"&'/:<>@ ")) {
        EXPECT_FALSE(prepare_local(std::string("a") + c + "b")) << c;
    }
    for (int byte = 0; byte < 0x20; ++byte) {
        const std::string part = "a" + std::string(1, static_cast<char>(byte));
        EXPECT_FALSE(prepare_local(part)) << byte;
        EXPECT_FALSE(prepare_resource(part)) << byte;
    }
    EXPECT_FALSE(prepare_local("a\x7F"));
    EXPECT_FALSE(prepare_resource("a\x7F"));
    EXPECT_FALSE(prepare_local("\xC0\xAF"));
    EXPECT_FALSE(prepare_resource("\xED\xA0\x80"));
    EXPECT_FALSE(prepare_resource("a\u0085"));
    EXPECT_FALSE(
        prepare_local("a\uFF20"
                      "b"))
        << "full-width @ becomes @";
    EXPECT_FALSE(prepare_local("\u200B")) << "mapped to nothing";
    EXPECT_FALSE(prepare_local(""));
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("a@b/"));
}

// covers: GW-ADDR-005
TEST(Jid, EachPartHoldsAtMost1023Bytes) {
    const std::string most(1023, 'a');
    EXPECT_TRUE(Jid::make(most, "example.com", most));
    EXPECT_FALSE(Jid::make(most + "a", "example.com"));
    EXPECT_FALSE(Jid::make("a", "example.com", most + "a"));
    std::string long_domain;
    while (long_domain.size() < 1023) long_domain += "abcdefg.";
    EXPECT_TRUE(Jid::make("a", long_domain.substr(0, 1023)));
    EXPECT_FALSE(Jid::make("a", long_domain + "x"));
    std::string wide;
    for (int i = 0; i < 511; ++i) wide += "é";
    EXPECT_TRUE(prepare_local(wide));
    EXPECT_FALSE(prepare_local(wide + "é"));
    // U+FDFA is one character that compatibility makes eighteen of.
    EXPECT_FALSE(prepare_resource(std::string(340 * 3, ' ').replace(0, 340 * 3, [] {
        std::string ligatures;
        for (int i = 0; i < 340; ++i) ligatures += "\uFDFA";
        return ligatures;
    }())));
}

TEST(Jid, BareAndFull) {
    const auto full = Jid::parse("romeo@example.org/orchard");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->bare_view(), "romeo@example.org");
    EXPECT_EQ(full->bare().str(), "romeo@example.org");
    EXPECT_TRUE(full->bare().is_bare());
    EXPECT_FALSE(full->is_bare());
    EXPECT_EQ(full->with_resource("garden")->str(), "romeo@example.org/garden");
    EXPECT_EQ(full->with_resource("")->str(), "romeo@example.org");
    EXPECT_FALSE(full->with_resource("a\nb"));
    EXPECT_TRUE(Jid().empty());
    EXPECT_EQ(Jid().domain(), "");
    EXPECT_EQ(Jid().resource(), "");
    EXPECT_EQ(*Jid::parse("ROMEO@example.org"), full->bare());
    EXPECT_EQ(std::hash<Jid>{}(*Jid::parse("ROMEO@example.org")), std::hash<Jid>{}(full->bare()));
    EXPECT_LT(*Jid::parse("a@example.org"), *Jid::parse("b@example.org"));
}

}  // namespace
}  // namespace causeway::xmpp
