#include "legacy-adapters/irc/registration.hpp"

#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

ClientSettings with_sasl() {
    auto settings = settings_for("me");
    settings.login.sasl_account = "acc";
    settings.login.sasl_password = Secret<std::string>("sesame");
    return settings;
}

TEST(Registration, SaysWhoWeAre) {
    auto settings = settings_for("me");
    settings.login.server_password = Secret<std::string>("open it");
    Scripted irc(std::move(settings));
    EXPECT_EQ(irc.written(), (Lines{"CAP LS 302", "PASS :open it", "NICK me", "USER user 0 * :Real Name"}));
}

TEST(Registration, AsksOnlyForWhatIsOfferedAndOfUse) {
    Scripted irc;
    (void)irc.written();
    irc.says(":s CAP * LS * :multi-prefix sasl=PLAIN,EXTERNAL unknown/cap")
        .says(":s CAP * LS :server-time echo-message");
    EXPECT_EQ(irc.written(), Lines{"CAP REQ :multi-prefix server-time echo-message"})
        << "no password: no sasl";
    irc.says(":s CAP * ACK :multi-prefix server-time echo-message");
    EXPECT_EQ(irc.written(), Lines{"CAP END"});
    EXPECT_TRUE(irc.client.identity().caps.has(Cap::echo_message));
    EXPECT_FALSE(irc.client.identity().caps.has(Cap::sasl));
}

TEST(Registration, EndsCapWhereNothingIsOffered) {
    Scripted irc;
    (void)irc.written();
    irc.says(":s CAP * LS :");
    EXPECT_EQ(irc.written(), Lines{"CAP END"});
}

// biboumi tests for "NACK", never sends CAP END and hangs.
TEST(Registration, GoesOnAfterNak) {
    Scripted irc(with_sasl());
    (void)irc.written();
    irc.says(":s CAP * LS :sasl multi-prefix");
    EXPECT_EQ(irc.written(), Lines{"CAP REQ :sasl multi-prefix"});
    irc.says(":s CAP * NAK :sasl multi-prefix");
    EXPECT_EQ(irc.written(), (Lines{"CAP REQ :sasl", "CAP REQ :multi-prefix"})) << "which of them was it?";
    irc.says(":s CAP * NAK :sasl");
    EXPECT_EQ(irc.written(), Lines{});
    irc.says(":s CAP * ACK :multi-prefix");
    EXPECT_EQ(irc.written(), Lines{"CAP END"});
}

TEST(Registration, LogsInWithSaslPlain) {
    Scripted irc(with_sasl());
    (void)irc.written();
    irc.says("CAP * LS :sasl").says("CAP * ACK :sasl");
    EXPECT_EQ(irc.written(), (Lines{"CAP REQ :sasl", "AUTHENTICATE PLAIN"}));
    irc.says("AUTHENTICATE +");
    EXPECT_EQ(irc.written(), Lines{"AUTHENTICATE YWNjAGFjYwBzZXNhbWU="});  // acc NUL acc NUL sesame
    irc.says(":s 903 me :ok");
    EXPECT_EQ(irc.written(), Lines{"CAP END"});
    irc.says(":s 001 me :hi").says(":s 422 me :no motd");
    EXPECT_EQ(irc.client.phase(), Client::Phase::ready);
    EXPECT_TRUE(irc.client.authenticated());
}

TEST(Registration, ThePasswordIsSaidOnce) {
    Scripted irc(with_sasl());
    irc.says("CAP * LS :sasl").says("CAP * ACK :sasl").says("AUTHENTICATE +");
    (void)irc.written();
    irc.says("AUTHENTICATE +").says("AUTHENTICATE +");
    EXPECT_EQ(irc.written(), Lines{});
}

TEST(Registration, RefusedPasswordsAreBadCredentials) {
    for (const int numeric : {902, 904, 905, 906, 464}) {
        Scripted irc(with_sasl());
        irc.says("CAP * LS :sasl").says("CAP * ACK :sasl").says("AUTHENTICATE +");
        irc.says(":s " + std::to_string(numeric) + " me :Login failed");
        EXPECT_EQ(irc.client.phase(), Client::Phase::failed) << numeric;
        EXPECT_EQ(irc.client.failure().code, Errc::bad_credentials);
        EXPECT_EQ(irc.client.failure_reason(), "Login failed");
    }
}

TEST(Registration, CutsLongSaslPayloadsAt400) {
    EXPECT_EQ(authenticate_lines(std::string(299, 'a')).size(),
              std::string("AUTHENTICATE \r\n").size() * 2 + 401)
        << "exactly 400: an empty piece closes";
    const std::string lines = authenticate_lines(std::string(400, 'a'));
    EXPECT_EQ(lines.find("\r\n"), std::string("AUTHENTICATE ").size() + 400);
    EXPECT_EQ(authenticate_lines(""), "AUTHENTICATE +\r\n");
}

// In biboumi a taken nick leaves the connection stuck until the server gives up.
TEST(Registration, FindsAnotherNickWhenItsOwnIsTaken) {
    Scripted irc;
    (void)irc.written();
    for (const auto* const next : {"NICK me_", "NICK me__", "NICK me3", "NICK me4"}) {
        irc.says(":s 433 * me :in use");
        EXPECT_EQ(irc.written(), Lines{next});
    }
    irc.says(":s 001 me4 :hi").says(":s 376 me4 :end");
    EXPECT_EQ(irc.client.identity().nick, "me4");
    const auto notices = Scripted::only<adapter::EventServerNotice>(irc.output().events);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_NE(notices[0].text.find("me4"), std::string::npos);
}

TEST(Registration, GivesUpNicksAfterAWhile) {
    Scripted irc;
    for (int i = 0; i < 20; ++i) irc.says(":s 433 * me :in use");
    EXPECT_EQ(irc.client.phase(), Client::Phase::failed);
    EXPECT_EQ(irc.client.failure().code, Errc::conflict);
}

TEST(Registration, ShortensWhatTheServerFindsIllFormed) {
    EXPECT_EQ(alternative_nick("averylongnickname", 3, 0), "averylon3");
    EXPECT_EQ(alternative_nick("nick", 1, 4), "nic1");
    EXPECT_EQ(alternative_nick("nick", 2, 30), "nick__");
    Scripted irc(settings_for("averylongnickname"));
    (void)irc.written();
    irc.says(":s 432 * averylongnickname :Erroneous");
    EXPECT_EQ(irc.written(), Lines{"NICK averylon3"});
    irc.says(":s 432 * x :Erroneous").says(":s 432 * x :Erroneous");
    EXPECT_EQ(irc.client.failure().code, Errc::bad_input);
}

TEST(Registration, TellsClosedFromBanned) {
    Scripted closed;
    closed.says("ERROR :Closing Link: (Too many connections)");
    EXPECT_EQ(closed.client.failure().code, Errc::not_connected);
    EXPECT_EQ(closed.client.failure().retry, Retry::later);
    Scripted banned;
    banned.says("ERROR :Closing Link: You are banned (K-Lined)");
    EXPECT_EQ(banned.client.failure().code, Errc::refused);
    Scripted numeric;
    numeric.says(":s 465 me :You are banned");
    EXPECT_EQ(numeric.client.failure().code, Errc::refused);
}

TEST(Registration, AnswersPingsBeforeItIsDone) {
    Scripted irc;
    (void)irc.written();
    irc.says("PING :12 34");
    EXPECT_EQ(irc.written(), Lines{"PONG :12 34"});
}

TEST(Registration, RefusesDetailsThatWouldInject) {
    Client client(settings_for("me\r\nOPER a b"));
    EXPECT_EQ(client.connected(SteadyTime{}).error().code, Errc::bad_input);
}

TEST(Registration, FollowsCapNotify) {
    Scripted irc;
    irc.ready("CHANTYPES=#", "cap-notify away-notify");
    irc.says(":s CAP me NEW :echo-message draft/x");
    EXPECT_EQ(irc.written(), Lines{"CAP REQ echo-message"});
    irc.says(":s CAP me ACK :echo-message").says(":s CAP me DEL :away-notify");
    EXPECT_TRUE(irc.client.identity().caps.has(Cap::echo_message));
    EXPECT_FALSE(irc.client.identity().caps.has(Cap::away_notify));
}

}  // namespace
}  // namespace causeway::irc
