#include "gateway/base/text.hpp"

#include <gtest/gtest.h>

#include "gateway/base/utf8.hpp"

namespace causeway::text {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

const std::string kR = "\xEF\xBF\xBD";  // U+FFFD

TEST(Text, FineTextIsLeftAlone) {
    for (const std::string& fine :
         {""s, "a"s, "plain ASCII, longer than eight bytes\twith\r\nlines"s, "\x7F"s, "Ünï ✓ 日本 😀"s,
          "\xEF\xBF\xBD \xEE\x80\x80 \xF4\x8F\xBF\xBD \xC2\x80"s}) {
        EXPECT_TRUE(is_utf8(fine)) << fine;
        EXPECT_TRUE(is_xml_text(fine)) << fine;
        EXPECT_EQ(repair(fine), fine);
    }
}

// covers: GW-COMP-007
TEST(Text, IllFormedSequencesAreReplacedByMaximalSubparts) {
    const struct {
        std::string bytes;
        std::string repaired;
    } rows[] = {
        {"\xC0\xAF", kR + kR},                                             // overlong "/"
        {"\xE0\x80\xAF", kR + kR + kR},                                    // overlong "/", three bytes
        {"\xF0\x80\x80\xAF", kR + kR + kR + kR},                           // overlong "/", four bytes
        {"\xED\xA0\x80", kR + kR + kR},                                    // surrogate D800
        {"\xED\xBF\xBF", kR + kR + kR},                                    // surrogate DFFF
        {"\xF4\x90\x80\x80", kR + kR + kR + kR},                           // above U+10FFFF
        {"\xF5\x80\x80\x80", kR + kR + kR + kR},                           // a lead byte that never is
        {"\x80", kR},                                                      // alone
        {"\xFF", kR},                                                      //
        {"\xE2\x82", kR},                                                  // cut: one subpart
        {"\xE2\x82x", kR + "x"},                                           // cut by another character
        {"\xF0\x9F\x98", kR},                                              // cut emoji
        {"\xF0\x9F\x98\xC3\xA9", kR + "é"},                                //
        {"61 \xF1\x80\x80\xE1\x80\xC2 62", "61 " + kR + kR + kR + " 62"},  // Unicode table 3-8
    };
    for (const auto& row : rows) {
        EXPECT_FALSE(is_utf8(row.bytes));
        EXPECT_FALSE(is_xml_text(row.bytes));
        EXPECT_EQ(repair(row.bytes), row.repaired);
    }
}

// covers: GW-COMP-007
TEST(Text, CharactersThatXmlCannotCarryAreReplaced) {
    for (int byte = 0; byte < 0x20; ++byte) {
        const std::string bytes = "twelve bytes" + std::string(1, static_cast<char>(byte)) + "tail";
        const bool allowed = byte == '\t' || byte == '\n' || byte == '\r';
        EXPECT_TRUE(is_utf8(bytes));
        EXPECT_EQ(is_xml_text(bytes), allowed) << byte;
        EXPECT_EQ(repair(bytes), allowed ? bytes : "twelve bytes" + kR + "tail") << byte;
    }
    EXPECT_EQ(repair("a\xEF\xBF\xBE\xEF\xBF\xBF"
                     "b"),
              "a" + kR + kR + "b");  // U+FFFE, U+FFFF
    EXPECT_TRUE(is_utf8("\xEF\xBF\xBE"));
}

TEST(Text, EveryCodePointIsCarriedOrReplaced) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        std::string bytes;
        utf8::append(bytes, c);
        const utf8::Decoded back = utf8::decode(bytes, 0);
        ASSERT_TRUE(back.well_formed && back.code_point == c && back.length == bytes.size())
            << std::hex << +c;
        ASSERT_EQ(repair(bytes), utf8::is_xml_char(c) ? bytes : kR) << std::hex << +c;
    }
}

TEST(Text, FaultsAreFoundAtEveryPlaceOfAWord) {
    for (std::size_t at = 0; at < 24; ++at) {
        std::string bytes(24, 'x');
        bytes[at] = '\x01';
        std::string expected = std::string(at, 'x') + kR + std::string(23 - at, 'x');
        EXPECT_EQ(repair(bytes), expected) << at;
    }
}

TEST(Text, Latin1IsWindows1252WhereTheyDiffer) {
    EXPECT_EQ(from_latin1("caf\xE9 \x80 \x93quoted\x94 \xFF"), "café € “quoted” ÿ");
    EXPECT_EQ(from_latin1("\x81"), "\xC2\x81");
}

TEST(Text, PrefixNeverCutsACharacter) {
    EXPECT_EQ(prefix("abc", 3), "abc");
    EXPECT_EQ(prefix("abc", 2), "ab");
    EXPECT_EQ(prefix("aé", 2), "a");
    EXPECT_EQ(prefix("a😀b", 4), "a");
    EXPECT_EQ(prefix("a😀b", 5), "a😀");
    EXPECT_EQ(prefix("é", 0), "");
    EXPECT_LE(prefix(std::string(100, '\x80'), 50).size(), 50U);  // ill-formed: still bounded
}

TEST(Text, LinesEndAtCrlfLfOrCr) {
    using Lines = std::vector<std::string_view>;
    EXPECT_EQ(lines("a\r\nb\nc\rd"), (Lines{"a", "b", "c", "d"}));
    EXPECT_EQ(lines("a\n"), (Lines{"a"}));
    EXPECT_EQ(lines("a\n\nb"), (Lines{"a", "", "b"}));
    EXPECT_EQ(lines("\n"), (Lines{""}));
    EXPECT_TRUE(lines("").empty());
}

TEST(Text, NfcComposesAndRepairs) {
    EXPECT_EQ(nfc("plain"), "plain");
    EXPECT_EQ(nfc("e\xCC\x81"), "é");
    EXPECT_EQ(nfc("e\xCC\x81\xFF"), "é" + kR);
    EXPECT_EQ(nfc("\x01"), kR);
}

TEST(Text, LineBreaksForLineProtocols) {
    EXPECT_FALSE(has_line_break("a b\tc"));
    EXPECT_TRUE(has_line_break("a\rb"));
    EXPECT_TRUE(has_line_break("a\nb"));
    EXPECT_TRUE(has_line_break("a\0b"sv));
}

TEST(Text, AsciiLowerLeavesTheRest) {
    EXPECT_EQ(ascii_lower("ABZaz@[É"), "abzaz@[É");
}

TEST(Text, DisplayNamesCannotHideOrReorderThings) {
    EXPECT_EQ(display_name("  Romeo \t\n Montague  "), "Romeo Montague");
    EXPECT_EQ(display_name("evil\u202Egnp.exe\u2066"), "evilgnp.exe");
    EXPECT_EQ(display_name("a\u2028b\u00A0\u3000c"), "a b c");
    EXPECT_EQ(display_name("a\u0085\x1B[31m"), "a " + kR + "[31m");
    EXPECT_EQ(display_name("👩‍🚀"), "👩‍🚀");  // the joiner of an emoji stays
    EXPECT_EQ(display_name(""), "");
}

}  // namespace
}  // namespace causeway::text
