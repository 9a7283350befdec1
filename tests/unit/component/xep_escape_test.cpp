#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "component/xep/xep0106_escape.hpp"

namespace causeway::xmpp::xep0106 {
namespace {

struct Vector {
    std::string_view name;
    std::string_view plain;
    std::string_view escaped;
};

/// XEP-0106 §5.1 (V1-V12), §4.3 (V13-V15) and §5.2 and following: mail, IMPS, LDAP, IRC (V16-V20).
constexpr std::array<Vector, 20> kVectors{{
    {"V1", "space cadet", R"(space\20cadet)"},
    {"V2", R"(call me "ishmael")", R"(call\20me\20\22ishmael\22)"},
    {"V3", "at&t guy", R"(at\26t\20guy)"},
    {"V4", "d'artagnan", R"(d\27artagnan)"},
    {"V5", "/.fanboy", R"(\2f.fanboy)"},
    {"V6", "::foo::", R"(\3a\3afoo\3a\3a)"},
    {"V7", "<foo>", R"(\3cfoo\3e)"},
    {"V8", "user@host", R"(user\40host)"},
    {"V9", R"(c:\net)", R"(c\3a\net)"},
    {"V10", R"(c:\\net)", R"(c\3a\\net)"},
    {"V11", R"(c:\cool stuff)", R"(c\3a\cool\20stuff)"},
    {"V12", R"(c:\5commas)", R"(c\3a\5c5commas)"},
    {"V13", R"(\2plus\2is\4)", R"(\2plus\2is\4)"},
    {"V14", R"(foo\bar)", R"(foo\bar)"},
    {"V15", R"(foob\41r)", R"(foob\41r)"},
    {"V16", "here's_a_wild_&_/cr%zy/_address", R"(here\27s_a_wild_\26_\2fcr%zy\2f_address)"},
    {"V17", R"(here's_a_wild_&_/cr%zy/_address_for:<wv>("IMPS"))",
     R"x(here\27s_a_wild_\26_\2fcr%zy\2f_address_for\3a\3cwv\3e(\22IMPS\22))x"},
    {"V18", R"(\3and\2is\5cool)", R"(\5c3and\2is\5c5cool)"},
    {"V19", R"(CN=D'Artagnan Saint-Andr\E9,O=Example & Company, Inc.,DC=example,DC=com)",
     R"(CN=D\27Artagnan\20Saint-Andr\E9,O=Example\20\26\20Company,\20Inc.,DC=example,DC=com)"},
    {"V20", R"(somenick!user"&'/:<>\3address)", R"(somenick!user\22\26\27\2f\3a\3c\3e\5c3address)"},
}};

// covers: GW-ADDR-002
TEST(JidEscape, PublishedVectorsAreEscaped) {
    for (const auto& vector : kVectors) EXPECT_EQ(escape(vector.plain), vector.escaped) << vector.name;
}

// covers: GW-ADDR-003
TEST(JidEscape, PublishedVectorsAreUnescaped) {
    for (const auto& vector : kVectors) EXPECT_EQ(unescape(vector.escaped), vector.plain) << vector.name;
}

// covers: GW-ADDR-003
TEST(JidEscape, OnlyTheTenSequencesAreUndone) {
    EXPECT_EQ(unescape(R"(\20a\22\26\27\2f\3a\3c\3e\40\5c)"), R"(\20a"&'/:<>@\)");
    EXPECT_EQ(unescape(R"(\2plus\2is\4)"), R"(\2plus\2is\4)");
    EXPECT_EQ(unescape(R"(foo\bar)"), R"(foo\bar)");
    EXPECT_EQ(unescape(R"(foob\41r)"), R"(foob\41r)");
    EXPECT_EQ(unescape(R"(a\2Fb)"), R"(a\2Fb)");
    EXPECT_EQ(unescape(R"(a\2)"), R"(a\2)");
    EXPECT_EQ(unescape(R"(a\)"), R"(a\)");
    EXPECT_EQ(unescape(""), "");
}

// covers: GW-ADDR-003
TEST(JidEscape, AnEscapedSpaceAtEitherEndStandsAsItIs) {
    EXPECT_EQ(unescape(R"(\20a\20b\20)"), R"(\20a b\20)");
    EXPECT_EQ(unescape(R"(\20)"), R"(\20)");
    EXPECT_NE(unescape(escape(" a")), " a");
    EXPECT_NE(unescape(escape("a ")), "a ");
}

// covers: GW-ADDR-003
TEST(JidEscape, NothingForbiddenIsLeft) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(escape(all).find_first_of(" \"&'/:<>@"), std::string::npos);
}

// A JID is lower-cased when it is prepared: what only looks like a sequence by then must be escaped before.
TEST(JidEscape, UpperCaseSequencesSurviveLowerCasing) {
    EXPECT_EQ(escape(R"(a\2Fb)"), R"(a\5c2Fb)");
    EXPECT_EQ(unescape(R"(a\5c2fb)"), R"(a\2fb)");
}

/// Every text of up to `length` letters of an alphabet of what is hard, in turn.
std::string nth_text(std::size_t number, std::size_t length) {
    static constexpr std::string_view kAlphabet = "\\ 25cF@a";
    std::string text;
    for (std::size_t at = 0; at < length; ++at, number /= kAlphabet.size()) {
        text += kAlphabet[number % kAlphabet.size()];
    }
    return text;
}

// covers: GW-ADDR-002 GW-ADDR-003
TEST(JidEscape, EveryTextWithoutSpacesAtItsEndsComesBack) {
    constexpr std::size_t kLength = 5;
    constexpr std::size_t kTexts = 8 * 8 * 8 * 8 * 8;
    for (std::size_t number = 0; number < kTexts; ++number) {
        const auto text = nth_text(number, kLength);
        if (text.front() == ' ' || text.back() == ' ') continue;
        ASSERT_EQ(unescape(escape(text)), text);
    }
}

}  // namespace
}  // namespace causeway::xmpp::xep0106
