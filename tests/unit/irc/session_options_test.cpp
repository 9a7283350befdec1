#include "legacy-adapters/irc/session_options.hpp"

#include <algorithm>

#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

TEST(SessionOptions, ComeBackAsTheyWereSealed) {
    const auto changed = change_options({}, {{"nick", "romeo"},
                                             {"realname", "Romeo M."},
                                             {"sasl_account", "montague"},
                                             {"sasl_password", "s3cret"},
                                             {"nickserv_password", "n1ck"},
                                             {"commands", " /MODE romeo +i \n\nWHO #c\r\n"},
                                             {"encoding", "cp1252"}});
    ASSERT_TRUE(changed.has_value());
    const auto read = read_options(seal_options(*changed));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->nick, "romeo");
    EXPECT_EQ(read->realname, "Romeo M.");
    EXPECT_EQ(read->sasl_account, "montague");
    EXPECT_EQ(read->sasl_password.reveal(), "s3cret");
    EXPECT_EQ(read->nickserv_password.reveal(), "n1ck");
    EXPECT_EQ(read->commands, (Lines{"MODE romeo +i", "WHO #c"}));
    EXPECT_EQ(read->encoding, Encoding::cp1252);
    EXPECT_TRUE(read_options({}).has_value());
    EXPECT_FALSE(read_options(Secret<std::string>("{")).has_value());
}

TEST(SessionOptions, AreShownWithoutSecretsWhichStayWhenEmpty) {
    auto options = change_options({}, {{"sasl_password", "s3cret"}, {"nick", "romeo"}});
    options = change_options(*options, {{"sasl_password", ""}, {"nick", ""}});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->sasl_password.reveal(), "s3cret");
    EXPECT_EQ(options->nick, "");
    for (const auto& field : fields_of(*options)) {
        if (field.kind == adapter::Field::Kind::secret) EXPECT_EQ(field.value, "");
        if (field.kind == adapter::Field::Kind::choice) {
            EXPECT_EQ(std::ranges::count(field.choices, field.value), 1);
            EXPECT_TRUE(change_options({}, {{field.id, field.value}}).has_value());
        }
    }
}

TEST(SessionOptions, WhatCannotBeWrittenIsRefused) {
    const std::string nul("a\0b", 3);
    for (const auto& [id, value] : adapter::Answers{{"nick", "a b"},
                                                    {"nick", "#c"},
                                                    {"realname", "a\nb"},
                                                    {"realname", std::string(101, 'x')},
                                                    {"sasl_account", "a\rb"},
                                                    {"sasl_password", nul},
                                                    {"nickserv_password", "a\nQUIT"},
                                                    {"commands", "QUIT"},
                                                    {"commands", "mode a +i\nnick x"},
                                                    {"commands", ":a PRIVMSG b :c"},
                                                    {"commands", "PRIVMSG a " + nul},
                                                    {"commands", "PRIVMSG a :" + std::string(600, 'x')},
                                                    {"encoding", "ebcdic"}}) {
        const auto changed = change_options({}, {{id, value}});
        ASSERT_FALSE(changed.has_value()) << id << value;
        EXPECT_EQ(changed.error().code, Errc::bad_input);
        EXPECT_TRUE(changed.error().detail.starts_with(id)) << "the field is named";
    }
}

TEST(AfterLogin, NickServIsToldThePasswordAndTheCommandsFollow) {
    auto settings = settings_for("me");
    settings.nickserv_password = Secret<std::string>("n1ck");
    settings.commands = {"MODE me +i", "PRIVMSG Q :AUTH me pw"};
    Scripted irc(std::move(settings));
    (void)irc.written();
    irc.says(":s CAP * LS :echo-message").says(":s CAP * ACK :echo-message");
    irc.says(":s 001 me :Welcome").says(":s 376 me :End");
    (void)irc.output();
    auto lines = irc.written();
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("CAP"); });
    EXPECT_EQ(lines, (Lines{"PRIVMSG NickServ :IDENTIFY n1ck", "MODE me +i", "PRIVMSG Q :AUTH me pw"}));
    irc.says(":me!u@h PRIVMSG NickServ :IDENTIFY n1ck").says(":me!u@h PRIVMSG Q :AUTH me pw");
    EXPECT_TRUE(irc.output().events.empty()) << "passwords are not shown as messages";
}

class Reclaiming : public testing::Test {
protected:
    Reclaiming() {
        (void)irc.written();
        irc.says(":s 433 * me :in use");
        EXPECT_EQ(irc.written(), Lines{"NICK me_"});
        irc.says(":s 001 me_ :Welcome").says(":s 376 me_ :End");
        (void)irc.client.join(RoomId("#c%irc.test"), "");
        (void)irc.written();
        irc.says(":me_!u@h JOIN #c").says(":s 353 me_ = #c :me_ me romeo").says(":s 366 me_ #c :End");
        (void)irc.written();
        (void)irc.output();
    }
    Scripted irc;
};

TEST_F(Reclaiming, TheNickIsTakenBackWhenItsHolderGoes) {
    irc.says(":me!old@h QUIT :Ping timeout");
    EXPECT_EQ(irc.written(), (Lines{"NICK me", "PING cw-1"}));
    irc.says(":me_!u@h NICK me");
    EXPECT_EQ(irc.client.identity().nick, "me");
    irc.says(":s PONG s :cw-1").says(":romeo!r@h QUIT :bye");
    irc.now.steady += 70s;
    EXPECT_TRUE(irc.client.sweep(irc.now.steady, false));
    EXPECT_TRUE(irc.written().empty()) << "it is had";
}

TEST_F(Reclaiming, AHolderWhoTakesAnotherNameLetsGoToo) {
    irc.says(":me!old@h NICK other");
    EXPECT_EQ(irc.written(), (Lines{"NICK me", "PING cw-1"}));
}

TEST_F(Reclaiming, IsTriedNowAndThenWithoutAWord) {
    EXPECT_TRUE(irc.client.sweep(irc.now.steady + 10s, false));
    EXPECT_TRUE(irc.written().empty());
    EXPECT_TRUE(irc.client.sweep(irc.now.steady + 16s, false));
    EXPECT_EQ(irc.written(), (Lines{"NICK me", "PING cw-1"}));
    irc.says(":s 433 me_ me :in use");
    EXPECT_TRUE(irc.output().events.empty()) << "nobody asked: nobody is told";
}

TEST_F(Reclaiming, EndsWhenAnotherNickIsWanted) {
    (void)irc.client.change_nick("tybalt");
    EXPECT_EQ(irc.written(), (Lines{"NICK tybalt", "PING cw-1"}));
    irc.says(":me_!u@h NICK tybalt").says(":me!old@h QUIT :bye");
    EXPECT_TRUE(irc.written().empty());
}

}  // namespace
}  // namespace causeway::irc
