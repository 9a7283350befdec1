// Formatting, CTCP, splitting: what people write, in both directions.
#include <random>

#include <gtest/gtest.h>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/codec/ctcp.hpp"
#include "legacy-adapters/irc/codec/formatting.hpp"
#include "legacy-adapters/irc/codec/split.hpp"

namespace causeway::irc {
namespace {

using namespace std::string_view_literals;

TEST(Formatting, StripsEveryCode) {
    EXPECT_EQ(strip_formatting("\x02"
                               "bold\x02 \x1di\x1d \x1fu\x1f \x1es\x1e \x11m\x11 \x16r\x16\x0f"),
              "bold i u s m r");
    EXPECT_EQ(strip_formatting("\x03"
                               "4red\x03 \x03"
                               "04,12both\x03,1 \x03"
                               "123"),
              "red both,1 3");
    EXPECT_EQ(strip_formatting("\x03"
                               "4,text"),
              ",text");
    EXPECT_EQ(strip_formatting("\x04"
                               "ff0000red\x04"
                               "00ff00,0000ffx\x03"),
              "redx");
    EXPECT_EQ(strip_formatting("\x03"), "");
}

// biboumi writes overlong and too large sequences raw into the stream: any IRC user can cut the component off.
TEST(Formatting, LetsNothingThroughThatXmlCannotCarry) {
    for (const auto bytes :
         {"\xc0\xaf"sv, "\xe0\x80\xaf"sv, "\xf5\x80\x80\x80"sv, "\xf4\x90\x80\x80"sv, "\xed\xa0\x80"sv,
          "\xef\xbf\xbe"sv, "a\0b"sv, "\x1b[1m"sv, "caf\xe9"sv, "\xe2\x82"sv, "a\rb"sv, "\x7f"sv}) {
        for (const auto encoding : {Encoding::latin1, Encoding::cp1252, Encoding::utf8_replace}) {
            const std::string text = decode_text(bytes, encoding);
            EXPECT_TRUE(text::is_xml_text(text)) << testing::PrintToString(bytes);
            EXPECT_EQ(text.find('\r'), std::string::npos);
        }
    }
}

TEST(Formatting, KeepsUtf8AndGuessesLatin1) {
    EXPECT_EQ(decode_text("gr\xc3\xbc\xc3\x9f dich 🌍", Encoding::latin1), "grüß dich 🌍");
    EXPECT_EQ(decode_text("gr\xfc\xdf dich \x80", Encoding::latin1), "grüß dich €");
    EXPECT_EQ(decode_text("gr\xfc", Encoding::utf8_replace), "gr\xef\xbf\xbd");
}

TEST(Formatting, HoldsForRandomBytes) {
    std::mt19937 random(7);  // NOLINT(cert-msc32-c, cert-msc51-cpp)
    for (int round = 0; round < 5000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        ASSERT_TRUE(text::is_xml_text(decode_text(bytes, Encoding::latin1)));
        ASSERT_TRUE(text::is_xml_text(decode_text(bytes, Encoding::utf8_replace)));
    }
}

TEST(Ctcp, ParsesAndMakes) {
    EXPECT_FALSE(parse_ctcp("hello").has_value());
    const auto action = parse_ctcp(
        "\x01"
        "ACTION waves  twice\x01");
    ASSERT_TRUE(action);
    EXPECT_EQ(action->command, "ACTION");
    EXPECT_EQ(action->text, "waves  twice");
    EXPECT_EQ(parse_ctcp("\x01VERSION\x01")->command, "VERSION");
    EXPECT_EQ(parse_ctcp("\x01"
                         "PING 123")
                  ->text,
              "123")
        << "a cut line has no end";
    EXPECT_EQ(parse_ctcp("\x01")->command, "");
    EXPECT_EQ(make_ctcp("ACTION", "waves"),
              "\x01"
              "ACTION waves\x01");
    EXPECT_EQ(make_ctcp("VERSION"), "\x01VERSION\x01");
}

using Parts = std::vector<std::string>;

TEST(Split, MakesAPartOfEachLineAndSkipsEmptyOnes) {
    EXPECT_EQ(split_text("one\n\ntwo\r\n  \nthree\n", 100), (Parts{"one", "two", "three"}));
    EXPECT_EQ(split_text("", 100), Parts{});
    EXPECT_EQ(split_text("\n\n", 100), Parts{});
}

TEST(Split, PrefersSpacesNearTheEnd) {
    EXPECT_EQ(split_text("aaaa bbbb cccc dddd eeee", 16), (Parts{"aaaa bbbb cccc", "dddd eeee"}));
    EXPECT_EQ(split_text("aaaaaaaaaaaaaaaa bb", 16), (Parts{"aaaaaaaaaaaaaaaa", "bb"}));
    EXPECT_EQ(split_text("a bbbbbbbbbbbbbbbbbbbbbbbb", 16), (Parts{"a bbbbbbbbbbbbbb", "bbbbbbbbbb"}))
        << "a space far from the end is no place to cut";
}

// biboumi cuts long private messages at byte 400, inside characters.
TEST(Split, NeverCutsACharacter) {
    for (std::size_t budget = 16; budget < 60; ++budget) {
        std::string text;
        for (int i = 0; i < 50; ++i) text += i % 3 == 0 ? "ü" : i % 3 == 1 ? "€" : "🌍";
        std::string joined;
        for (const auto& part : split_text(text, budget)) {
            EXPECT_LE(part.size(), budget);
            EXPECT_TRUE(text::is_utf8(part));
            joined += part;
        }
        EXPECT_EQ(joined, text);
    }
}

TEST(Split, KeepsAnEmojiTogetherWhereItCan) {
    const std::string family = "👩‍👩‍👧";  // three emoji and two joiners: 18 bytes
    const std::string text = family + family + family;
    for (const auto& part : split_text(text, 40)) EXPECT_EQ(part.size() % family.size(), 0U) << part;
    const std::string thumbs = "👍🏽👍🏽👍🏽👍🏽";
    for (const auto& part : split_text(thumbs, 21)) EXPECT_EQ(part.size() % 8, 0U) << part;
    std::string accents = "a";
    for (int i = 0; i < 100; ++i)
        accents += "\xcc\x81";  // one letter, 200 bytes of accents: must be cut somewhere
    for (const auto& part : split_text(accents, 32)) EXPECT_LE(part.size(), 32U);
}

TEST(Split, RemovesControls) {
    EXPECT_EQ(split_text("a\x01"
                         "b\x02"
                         "c\td",
                         100),
              Parts{"abc\td"});
    EXPECT_EQ(split_text("\x01VERSION\x01", 100), Parts{"VERSION"})
        << "people must not send CTCP by accident";
}

TEST(Split, CountsWhatOthersReceive) {
    // :nick!user@host PRIVMSG #chan :text\r\n
    const std::size_t budget =
        text_budget(512, std::string_view("nick!user@host").size(), "PRIVMSG", "#chan");
    const std::string line = ":nick!user@host PRIVMSG #chan :" + std::string(budget, 'x') + "\r\n";
    EXPECT_EQ(line.size(), 512U);
    EXPECT_GE(text_budget(512, 600, "PRIVMSG", "#chan"), 16U);
}

TEST(Split, IsLinearInTheLengthOfTheText) {
    const std::string text(1'000'000, 'x');
    EXPECT_EQ(split_text(text, 400).size(), 2500U);
}

}  // namespace
}  // namespace causeway::irc
