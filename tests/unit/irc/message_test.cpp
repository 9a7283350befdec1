#include "legacy-adapters/irc/codec/message.hpp"

#include <random>

#include <gtest/gtest.h>

namespace causeway::irc {
namespace {

using Params = std::vector<std::string_view>;

Message parsed(std::string_view line) {
    auto message = Message::parse(line);
    EXPECT_TRUE(message.has_value()) << line;
    return message.value_or(Message{});
}

Params params_of(const Message& message) {
    return {message.params().begin(), message.params().end()};
}

struct Vector {
    std::string_view line;
    std::string_view nick, user, host;
    std::string_view verb;
    Params params;
};

// The parsing vectors of modern.ircdocs.horse (irc-parser-tests: msg-split).
TEST(Message, ParsesTheModernIrcVectors) {
    const std::vector<Vector> vectors{
        {"foo bar baz asdf", "", "", "", "foo", {"bar", "baz", "asdf"}},
        {":coolguy foo bar baz asdf", "coolguy", "", "", "foo", {"bar", "baz", "asdf"}},
        {"foo bar baz :asdf quux", "", "", "", "foo", {"bar", "baz", "asdf quux"}},
        {"foo bar baz :", "", "", "", "foo", {"bar", "baz", ""}},
        {"foo bar baz ::asdf", "", "", "", "foo", {"bar", "baz", ":asdf"}},
        {":coolguy foo bar baz :asdf quux", "coolguy", "", "", "foo", {"bar", "baz", "asdf quux"}},
        {":coolguy foo bar baz :  asdf quux ", "coolguy", "", "", "foo", {"bar", "baz", "  asdf quux "}},
        {":coolguy PRIVMSG bar :lol :) ", "coolguy", "", "", "PRIVMSG", {"bar", "lol :) "}},
        {":coolguy foo bar baz :  ", "coolguy", "", "", "foo", {"bar", "baz", "  "}},
        {"foo bar :", "", "", "", "foo", {"bar", ""}},
        {":src JOIN #chan", "src", "", "", "JOIN", {"#chan"}},
        {":src JOIN :#chan", "src", "", "", "JOIN", {"#chan"}},
        {":src AWAY", "src", "", "", "AWAY", {}},
        {":src AWAY ", "src", "", "", "AWAY", {}},
        {":cool\tguy foo bar baz", "cool\tguy", "", "", "foo", {"bar", "baz"}},
        {":coolguy!~ag@net\x03w\x1b.ork PRIVMSG foo :bar baz",
         "coolguy",
         "~ag",
         "net\x03w\x1b.ork",
         "PRIVMSG",
         {"foo", "bar baz"}},
        {":irc.example.com COMMAND param1 param2 :param3 param3",
         "irc.example.com",
         "",
         "",
         "COMMAND",
         {"param1", "param2", "param3 param3"}},
        {":gravel.mozilla.org 432  #momo :Erroneous Nickname: Illegal characters",
         "gravel.mozilla.org",
         "",
         "",
         "432",
         {"#momo", "Erroneous Nickname: Illegal characters"}},
        {":SomeOp MODE #channel +oo SomeUser :AnotherUser",
         "SomeOp",
         "",
         "",
         "MODE",
         {"#channel", "+oo", "SomeUser", "AnotherUser"}},
        {"COMMAND :  :  ", "", "", "", "COMMAND", {"  :  "}},
    };
    for (const auto& vector : vectors) {
        const Message message = parsed(vector.line);
        EXPECT_EQ(message.source.nick, vector.nick) << vector.line;
        EXPECT_EQ(message.source.user, vector.user) << vector.line;
        EXPECT_EQ(message.source.host, vector.host) << vector.line;
        EXPECT_EQ(message.command, vector.verb) << vector.line;
        EXPECT_EQ(params_of(message), vector.params) << vector.line;
    }
}

TEST(Message, ReadsTagsUnescapedAndTheLastOfEqualKeys) {
    const Message message = parsed("@a=b;c=32;k;rt=ql7;e=\\:\\s\\\\\\r\\n\\b\\;a=last :n PRIVMSG x :y");
    EXPECT_EQ(message.tag("a"), "last");
    EXPECT_EQ(message.tag("c"), "32");
    EXPECT_EQ(message.tag("k"), "");
    EXPECT_EQ(message.tag("rt"), "ql7");
    EXPECT_EQ(message.tag("e"), "; \\\r\nb");
    EXPECT_EQ(message.tag("nope"), std::nullopt);
    EXPECT_EQ(message.command, "PRIVMSG");
    EXPECT_EQ(unescape_tag("test\\"), "test");
}

TEST(Message, KnowsNumericsServersAndCase) {
    EXPECT_EQ(parsed(":s 001 me :hi").numeric, 1);
    EXPECT_EQ(parsed("433x").numeric, 0);
    EXPECT_TRUE(parsed("privmsg a :b").is("PRIVMSG"));
    EXPECT_TRUE(parsed(":irc.example.net NOTICE a :b").source.is_server());
    EXPECT_FALSE(parsed(":nick NOTICE a :b").source.is_server());
    EXPECT_FALSE(parsed(":nick!u@irc.example.net NOTICE a :b").source.is_server());
}

TEST(Message, RefusesWhatHasNoCommand) {
    for (const std::string_view line :
         {"", " ", ":only.source", "@tags", "@tags :src", ":s \x01", ":s pri-vmsg x"}) {
        EXPECT_FALSE(Message::parse(line).has_value()) << line;
    }
}

TEST(Message, BoundsParameters) {
    const Message message = parsed("C 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
    EXPECT_EQ(message.size(), Message::kMaxParams);
    EXPECT_EQ(message.last(), "15 16");
    EXPECT_EQ(message.param(99), "");
}

TEST(Encode, WritesOneLine) {
    EXPECT_EQ(encode("PRIVMSG", {"#c", "hi there"}), "PRIVMSG #c :hi there\r\n");
    EXPECT_EQ(encode("JOIN", {"#c"}), "JOIN #c\r\n");
    EXPECT_EQ(encode("TOPIC", {"#c", ""}), "TOPIC #c :\r\n");
    EXPECT_EQ(encode("PRIVMSG", {"#c", ":)"}), "PRIVMSG #c ::)\r\n");
    EXPECT_EQ(encode("AWAY"), "AWAY\r\n");
}

// biboumi lets these through as commands of their own (MUC password, kick reason, part status).
TEST(Encode, RefusesLineBreaksInEveryPlace) {
    for (const std::string_view bad : {std::string_view("a\r\nQUIT"), std::string_view("a\rb"),
                                       std::string_view("a\nb"), std::string_view("a\0b", 3)}) {
        EXPECT_EQ(encode("PRIVMSG", {"#c", bad}).error().code, Errc::bad_input);
        EXPECT_EQ(encode("PRIVMSG", {bad, "x"}).error().code, Errc::bad_input);
        EXPECT_EQ(encode(bad, {"x"}).error().code, Errc::bad_input);
    }
}

TEST(Encode, RefusesMiddleParametersThatWouldShiftOthers) {
    for (const std::string_view bad : {"", "a b", ":a", " "}) {
        EXPECT_EQ(encode("KICK", {bad, "nick", "why"}).error().code, Errc::bad_input) << bad;
    }
    EXPECT_EQ(encode("", {}).error().code, Errc::bad_input);
    EXPECT_EQ(encode("NI CK", {"a"}).error().code, Errc::bad_input);
    EXPECT_EQ(encode("PRIVMSG", {"#c", std::string(600, 'x')}).error().code, Errc::too_large);
}

TEST(Encode, IsNeverMoreThanOneLineAndParsesBack) {
    std::mt19937 random(20261121);  // NOLINT(cert-msc32-c, cert-msc51-cpp): the same cases each time
    const std::string_view alphabet("ab :\r\n\0@!,#%\x01\xc3\xa9 PING", 21);
    std::size_t written = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<std::string> values(1 + random() % 4);
        for (auto& value : values) {
            for (auto left = random() % 12; left > 0; --left) value += alphabet[random() % alphabet.size()];
        }
        const std::vector<std::string_view> views(values.begin(), values.end());
        const auto line = encode("TOPIC", views);
        if (!line) continue;
        ++written;
        ASSERT_EQ(std::ranges::count(*line, '\n'), 1);
        ASSERT_EQ(std::ranges::count(*line, '\r'), 1);
        ASSERT_EQ(std::ranges::count(*line, '\0'), 0);
        ASSERT_TRUE(line->ends_with("\r\n"));
        ASSERT_EQ(params_of(parsed(std::string_view(*line).substr(0, line->size() - 2))), views);
    }
    EXPECT_GT(written, 1000U);
}

}  // namespace
}  // namespace causeway::irc
