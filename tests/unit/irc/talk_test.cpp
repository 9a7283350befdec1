// Messages out and in: confirmation, errors, CTCP, splitting by the real prefix.
#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

using adapter::EventMessage;
using model::MessageKind;

model::OutgoingMessage message_to(model::Conversation to, std::string text,
                                  MessageKind kind = MessageKind::normal) {
    model::OutgoingMessage message;
    message.to = std::move(to);
    message.text = std::move(text);
    message.kind = kind;
    return message;
}

const RoomId kRoom("#c%irc.test");
const ContactId kJuliet("juliet%irc.test");

TEST(Talk, IsAcceptedByThePongBehindIt) {
    Scripted irc;
    irc.ready();
    const auto first = irc.client.say(message_to(kJuliet, "one\n\ntwo"));
    const auto second = irc.client.say(message_to(kRoom, "waves", MessageKind::action));
    const auto third = irc.client.say(message_to(kJuliet, "psst", MessageKind::notice));
    EXPECT_EQ(irc.written(), (Lines{"PRIVMSG juliet one", "PRIVMSG juliet two",
                                    "PRIVMSG #c :\x01"
                                    "ACTION waves\x01",
                                    "NOTICE juliet psst", "PING cw-1"}));
    EXPECT_TRUE(irc.output().completions.empty());
    irc.says(":s PONG s :cw-1");
    const auto done = irc.output().completions;
    ASSERT_EQ(done.size(), 3U);
    EXPECT_EQ(done[0].id, *first);
    EXPECT_EQ(done[1].id, *second);
    EXPECT_EQ(done[2].id, *third);
    EXPECT_TRUE(std::holds_alternative<adapter::Accepted>(*done[0].outcome));
}

TEST(Talk, IsAcceptedByItsEchoWithTheNetworksId) {
    Scripted irc;
    irc.ready("CHANTYPES=#", "echo-message message-tags server-time");
    const auto id = irc.client.say(message_to(kRoom, "hi\nthere"));
    EXPECT_EQ(irc.written(), (Lines{"PRIVMSG #c hi", "PRIVMSG #c there"})) << "no PING is needed";
    irc.says("@msgid=m1 :me!u@h PRIVMSG #C :hi");
    EXPECT_TRUE(irc.output().completions.empty());
    irc.says("@msgid=m2 :me!u@h PRIVMSG #c :there");
    const auto out = irc.output();
    EXPECT_TRUE(out.events.empty()) << "our own words are no news";
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *id);
    const auto accepted = std::get<adapter::Accepted>(*out.completions[0].outcome);
    ASSERT_EQ(accepted.parts.size(), 2U);
    EXPECT_EQ(accepted.parts[0].view(), "m1");
}

TEST(Talk, WhatWeSaidElsewhereIsNews) {
    Scripted irc;
    irc.ready("CHANTYPES=#", "echo-message");
    (void)irc.client.say(message_to(kRoom, "mine"));
    (void)irc.written();
    irc.says(":me!u@h PRIVMSG #c :from my bouncer").says(":me!u@h PRIVMSG juliet :hello");
    const auto out = irc.output();
    EXPECT_TRUE(out.completions.empty());
    const auto messages = Scripted::only<EventMessage>(out.events);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_TRUE(messages[0].from_self);
    EXPECT_EQ(std::get<ContactId>(messages[1].in), kJuliet);
}

TEST(Talk, AnEchoThatTheServerCutIsStillOurs) {
    Scripted irc;
    irc.ready("CHANTYPES=#", "echo-message");
    (void)irc.client.say(message_to(kRoom, "a long message"));
    (void)irc.written();
    irc.says(":me!u@h PRIVMSG #c :a long mess");
    EXPECT_EQ(irc.output().completions.size(), 1U);
}

// biboumi shows the 401 as text of the server and lets the message look sent.
TEST(Talk, ErrorsFailExactlyTheMessageTheyBelongTo) {
    Scripted irc;
    irc.ready();
    const auto good = irc.client.say(message_to(kRoom, "fine"));
    const auto nobody = irc.client.say(message_to(ContactId("tybalt%irc.test"), "hello"));
    const auto muted = irc.client.say(message_to(RoomId("#quiet%irc.test"), "hello"));
    const auto also_good = irc.client.say(message_to(kJuliet, "fine"));
    (void)irc.written();
    irc.says(":s 401 me Tybalt :No such nick").says(":s 404 me #quiet :Cannot send to channel");
    auto failed = irc.output().completions;
    ASSERT_EQ(failed.size(), 2U);
    EXPECT_EQ(failed[0].id, *nobody);
    EXPECT_EQ(failed[0].outcome.error().error.code, Errc::bad_recipient);
    EXPECT_EQ(failed[0].outcome.error().error.retry, Retry::never);
    EXPECT_EQ(failed[1].id, *muted);
    EXPECT_EQ(failed[1].outcome.error().error.code, Errc::refused);
    irc.says(":s PONG s cw-1");
    const auto accepted = irc.output().completions;
    ASSERT_EQ(accepted.size(), 2U);
    EXPECT_EQ(accepted[0].id, *good);
    EXPECT_EQ(accepted[1].id, *also_good);
}

TEST(Talk, OneFailedLineFailsItsMessage) {
    Scripted irc;
    irc.ready();
    (void)irc.client.say(message_to(kRoom, "one\ntwo"));
    (void)irc.written();
    irc.says(":s 404 me #c :Cannot send").says(":s PONG s cw-1");
    const auto done = irc.output().completions;
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].outcome.error().error.ambiguous, Ambiguous::yes);
}

TEST(Talk, EveryRefusalOfAMessageIsKnown) {
    for (const int numeric : {401, 403, 404, 407, 413, 442, 477, 486, 489, 531, 716}) {
        Scripted irc;
        irc.ready();
        (void)irc.client.say(message_to(kJuliet, "hello"));
        (void)irc.written();
        irc.says(":s " + std::to_string(numeric) + " me juliet :No");
        const auto out = irc.output();
        ASSERT_EQ(out.completions.size(), 1U) << numeric;
        EXPECT_FALSE(out.completions[0].outcome.has_value()) << numeric;
        EXPECT_TRUE(out.events.empty()) << "and not told twice";
    }
}

TEST(Talk, ALostConnectionMakesWhatIsUnconfirmedAmbiguous) {
    Scripted irc;
    irc.ready();
    (void)irc.client.say(message_to(kJuliet, "hello"));
    (void)irc.written();
    (void)irc.client.say(message_to(kJuliet, "never written"));
    irc.client.lost(make_error(Errc::not_connected), "x");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 2U);
    EXPECT_EQ(out.completions[0].outcome.error().error.ambiguous, Ambiguous::yes);
    EXPECT_EQ(out.completions[0].outcome.error().error.retry, Retry::never);
    EXPECT_EQ(out.completions[1].outcome.error().error.ambiguous, Ambiguous::no);
    EXPECT_EQ(irc.client.say(message_to(kJuliet, "x")).error().error.retry, Retry::when_connected);
}

TEST(Talk, AGivenUpMessageIsNotSentLate) {
    auto settings = settings_for("me");
    settings.flood = {.burst = 1, .lines_per_second = 1};
    Scripted irc(std::move(settings));
    irc.ready();
    (void)irc.client.say(message_to(kJuliet, "one"));
    const auto late = irc.client.say(message_to(kJuliet, "two"));
    (void)irc.written();
    const Error error = irc.client.abandon(*late);
    EXPECT_EQ(error.code, Errc::timed_out);
    EXPECT_EQ(error.ambiguous, Ambiguous::no);
    irc.now.steady += 1h;
    EXPECT_EQ(irc.written(), Lines{});
}

TEST(Talk, LinesFitWhatOthersReceive) {
    Scripted irc;
    irc.ready().in_channel();
    (void)irc.client.say(message_to(kRoom, std::string(900, 'x')));
    const std::string source = ":me!user@my.host ";
    const auto lines = irc.written();
    EXPECT_GE(lines[0].size() + source.size() + 2, 511U) << "and nothing is wasted";
    for (const auto& line : lines) EXPECT_LE(line.size() + source.size() + 2, 512U);
    EXPECT_EQ(irc.client.say(message_to(kRoom, std::string(60'000, 'x'))).error().error.code,
              Errc::too_large);
    EXPECT_EQ(irc.client.say(message_to(kRoom, " \n")).error().error.code, Errc::bad_input);
}

TEST(Talk, ComesInFromPeopleAndRooms) {
    Scripted irc;
    irc.ready("CHANTYPES=# STATUSMSG=@+", "message-tags server-time").in_channel();
    irc.says("@msgid=x;time=2020-01-02T03:04:05.678Z :romeo!r@h PRIVMSG #c :\x02hi\x02");
    irc.says(
           ":romeo!r@h PRIVMSG me :\x01"
           "ACTION waves\x01")
        .says(":NickServ!s@services NOTICE me :register!");
    irc.says(":romeo!r@h PRIVMSG @#c :to operators").says(":irc.test NOTICE me :hello from the server");
    const auto events = irc.output().events;
    const auto messages = Scripted::only<EventMessage>(events);
    ASSERT_EQ(messages.size(), 4U);
    EXPECT_EQ(std::get<RoomId>(messages[0].in), kRoom);
    EXPECT_EQ(messages[0].nick, "romeo");
    EXPECT_EQ(messages[0].text, "hi");
    EXPECT_EQ(messages[0].id.view(), "x");
    ASSERT_TRUE(messages[0].sent_at.has_value());
    EXPECT_EQ(format_utc(*messages[0].sent_at), "2020-01-02T03:04:05Z");
    EXPECT_EQ(std::get<ContactId>(messages[1].in).view(), "romeo%irc.test");
    EXPECT_EQ(messages[1].kind, MessageKind::action);
    EXPECT_EQ(messages[2].kind, MessageKind::notice);
    EXPECT_EQ(messages[2].from.view(), "nickserv%irc.test");
    EXPECT_EQ(std::get<RoomId>(messages[3].in), kRoom);
    EXPECT_EQ(Scripted::only<adapter::EventServerNotice>(events).size(), 1U);
}

TEST(Talk, AnswersCtcpButNotForEverAndNeverToNotices) {
    Scripted irc;
    irc.ready();
    irc.says(":a!b@c PRIVMSG me :\x01VERSION\x01").says(":a!b@c PRIVMSG me :\x01PING 12 34\x01");
    irc.says(":a!b@c PRIVMSG me :\x01TIME\x01").says(":a!b@c NOTICE me :\x01VERSION\x01");
    irc.says(
        ":a!b@c PRIVMSG me :\x01"
        "DCC SEND x 1 2 3\x01");
    const auto lines = irc.written();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_TRUE(lines[0].starts_with("NOTICE a :\x01VERSION Causeway "));
    EXPECT_EQ(lines[1], "NOTICE a :\x01PING 12 34\x01");
    EXPECT_TRUE(lines[2].ends_with("Z\x01")) << lines[2];
    for (int i = 0; i < 100; ++i) irc.says(":a!b@c PRIVMSG me :\x01VERSION\x01");
    EXPECT_EQ(irc.written(), Lines{});
    irc.now.steady += 11s;
    irc.says(":a!b@c PRIVMSG me :\x01VERSION\x01");
    EXPECT_EQ(irc.written().size(), 1U);
    EXPECT_TRUE(irc.output().events.empty());
}

TEST(Talk, AsksContactsClients) {
    Scripted irc;
    irc.ready();
    const auto version = irc.client.ask_version(kJuliet);
    const auto ping = irc.client.ask_ping(kJuliet);
    EXPECT_EQ(irc.written(), (Lines{"PRIVMSG juliet \x01VERSION\x01", "PRIVMSG juliet :\x01PING 1\x01"}));
    irc.says(":Juliet!j@h NOTICE me :\x01VERSION HexChat 2.16\x01")
        .says(":juliet!j@h NOTICE me :\x01PING 1\x01");
    const auto done = irc.output().completions;
    ASSERT_EQ(done.size(), 2U);
    EXPECT_EQ(done[0].id, *version);
    EXPECT_EQ(std::get<std::string>(*done[0].outcome), "HexChat 2.16");
    EXPECT_EQ(done[1].id, *ping);
    (void)irc.client.ask_version(ContactId("nobody%irc.test"));
    (void)irc.written();
    irc.says(":s 401 me nobody :No such nick");
    EXPECT_EQ(irc.output().completions.at(0).outcome.error().error.code, Errc::bad_recipient);
}

TEST(Talk, ErrorsOfNoRequestAreTold) {
    Scripted irc;
    irc.ready();
    irc.says(":s 404 me #other :Cannot send")
        .says(":s 421 me CAP :Unknown command")
        .says("ERROR :Closing Link");
    const auto notices = Scripted::only<adapter::EventServerNotice>(irc.output().events);
    ASSERT_EQ(notices.size(), 2U);
    EXPECT_EQ(notices[0].text, "#other Cannot send");
    EXPECT_EQ(notices[0].endpoint.view(), "irc.test");
    EXPECT_EQ(irc.client.phase(), Client::Phase::failed);
}

TEST(Talk, InvitesOfUsAreTold) {
    Scripted irc;
    irc.ready();
    irc.says(":romeo!r@h INVITE me :#party").says(":romeo!r@h INVITE other #party");
    const auto invites = Scripted::only<adapter::EventInvite>(irc.output().events);
    ASSERT_EQ(invites.size(), 1U);
    EXPECT_EQ(invites[0].room.view(), "#party%irc.test");
    EXPECT_EQ(invites[0].by.view(), "romeo%irc.test");
}

TEST(Talk, NothingTheServerSaysBreaksUs) {
    Scripted irc;
    irc.ready("CHANTYPES=#", "echo-message").in_channel();
    for (const auto* const command :
         {"PRIVMSG", "NOTICE",  "JOIN",   "PART", "KICK", "QUIT", "NICK", "MODE", "TOPIC",
          "AWAY",    "CHGHOST", "INVITE", "CAP",  "PONG", "FAIL", "001",  "005",  "301",
          "302",     "303",     "324",    "332",  "333",  "353",  "366",  "396",  "401",
          "404",     "433",     "441",    "482",  "730",  "731",  "734",  "999",  "AUTHENTICATE"}) {
        for (const auto* const rest :
             {"", " ", " :", " #c", " me", " #c :", " #c +ooooo", " me #c", " me #c x :", " me = #c :@+ @ +",
              " #c me", " \x01", " cw-", " cw-99999999999999999999999"}) {
            for (const auto* const source : {"", ":me ", ":me!u@h ", ":romeo!r@h ", ": ", ":!@ "}) {
                irc.says(std::string(source) + command + rest);
                (void)irc.written();
                (void)irc.output();
            }
        }
    }
}

TEST(Talk, SilentServersAreAskedAndThenLeft) {
    Scripted irc;
    irc.ready();
    irc.now.steady += 60s;
    EXPECT_TRUE(irc.client.sweep(irc.now.steady, false));
    EXPECT_EQ(irc.written(), Lines{});
    irc.now.steady += 40s;
    EXPECT_TRUE(irc.client.sweep(irc.now.steady, false));
    EXPECT_EQ(irc.written(), Lines{"PING causeway"});
    irc.now.steady += 81s;
    EXPECT_FALSE(irc.client.sweep(irc.now.steady, false));
}

TEST(Talk, TheBacklogHasALimit) {
    auto settings = settings_for("me");
    settings.flood = {.burst = 1, .lines_per_second = 1};
    Scripted irc(std::move(settings));
    irc.ready();
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(irc.client.say(message_to(kJuliet, "x")).has_value());
    const auto refused = irc.client.say(message_to(kJuliet, "x"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().error.code, Errc::rate_limited);
    EXPECT_EQ(irc.client.join(kRoom, "").error().error.code, Errc::rate_limited);
}

TEST(Talk, OnlyTheNewestAwayWaits) {
    using model::Availability;
    auto settings = settings_for("me");
    settings.flood = {.burst = 1, .lines_per_second = 1};
    Scripted irc(std::move(settings));
    irc.ready();
    (void)irc.client.say(message_to(kJuliet, "x"));
    (void)irc.client.set_presence({.show = Availability::away, .status = "one"});
    (void)irc.client.set_presence({.show = Availability::away, .status = "two"});
    (void)irc.client.set_presence({.show = Availability::away, .status = "three"});
    (void)irc.written();
    irc.now.steady += 1s;
    EXPECT_EQ(irc.written(), Lines{"AWAY three"});
    irc.now.steady += 1h;
    EXPECT_EQ(irc.written(), Lines{});
}

TEST(Leaving, IsTakenBackByAQuickReturn) {
    Scripted irc;
    irc.ready().in_channel();
    const auto left = irc.client.part(kRoom, "bye");
    EXPECT_TRUE(irc.client.stay(kRoom));
    EXPECT_EQ(irc.written(), Lines{});
    const auto done = irc.output().completions;
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].id, *left);
    EXPECT_TRUE(done[0].outcome.has_value());
    EXPECT_TRUE(irc.client.snapshot(kRoom).has_value());
}

TEST(Leaving, ThatIsUnderWayIsFollowedByAJoin) {
    Scripted irc;
    irc.ready().in_channel();
    (void)irc.client.part(kRoom, "bye");
    (void)irc.written();
    EXPECT_FALSE(irc.client.stay(kRoom));
    const auto id = irc.client.join(kRoom, "");
    EXPECT_EQ(irc.written(), Lines{"JOIN #c"});
    irc.says(":me!user@my.host PART #c :bye");
    EXPECT_EQ(irc.output().completions.size(), 1U);
    irc.says(":me!user@my.host JOIN #c").says(":s 353 me = #c :me").says(":s 366 me #c :End");
    const auto done = irc.output().completions;
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].id, *id);
    EXPECT_EQ(std::get<model::RoomSnapshot>(*done[0].outcome).members.size(), 1U);
}

TEST(Leaving, DoesNotFailForItsReason) {
    Scripted irc;
    irc.ready().in_channel();
    EXPECT_TRUE(irc.client.part(kRoom, std::string(900, 'x')).has_value());
    EXPECT_TRUE(irc.client.part(kRoom, "two\nlines").has_value());
    EXPECT_EQ(irc.written(), (Lines{"PART #c " + std::string(200, 'x'), "PART #c", "PING cw-1"}));
}

}  // namespace
}  // namespace causeway::irc
