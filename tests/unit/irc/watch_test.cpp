#include "legacy-adapters/irc/watch.hpp"

#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

using adapter::EventPresence;
using model::Availability;

ContactId contact(const std::string& nick) {
    return ContactId(nick + "%irc.test");
}

std::vector<std::pair<std::string, Availability>> told(Scripted& irc) {
    std::vector<std::pair<std::string, Availability>> result;
    for (const auto& presence : Scripted::only<EventPresence>(irc.output().hints)) {
        result.emplace_back(presence.who.str().substr(0, presence.who.str().find('%')),
                            presence.presence.show);
    }
    return result;
}
using Told = std::vector<std::pair<std::string, Availability>>;

TEST(Watch, AsksWithIsonAndUserhostWhereThereIsNoMonitor) {
    Scripted irc;
    irc.ready();
    for (const auto* const nick : {"romeo", "juliet", "tybalt"})
        EXPECT_TRUE(irc.client.watch(contact(nick)).has_value());
    EXPECT_EQ(irc.written(), Lines{"ISON juliet romeo tybalt"});
    irc.says(":s 303 me :Romeo juliet");
    EXPECT_EQ(told(irc), (Told{{"tybalt", Availability::offline}})) << "the first state is told too";
    EXPECT_EQ(irc.written(), Lines{"USERHOST juliet romeo"});
    irc.says(":s 302 me :romeo*=+r@h juliet=-j@h");
    EXPECT_EQ(told(irc), (Told{{"romeo", Availability::online}, {"juliet", Availability::away}}));

    EXPECT_TRUE(irc.client.sweep(irc.now.steady, true));
    EXPECT_EQ(irc.written(), Lines{"ISON juliet romeo tybalt"});
    irc.says(":s 303 me :romeo juliet");
    (void)irc.written();
    irc.says(":s 302 me :romeo=+r@h juliet=-j@h");
    EXPECT_EQ(told(irc), Told{}) << "only changes are told";
    (void)irc.client.sweep(irc.now.steady, true);
    (void)irc.written();
    irc.says(":s 303 me :");
    EXPECT_EQ(told(irc), (Told{{"juliet", Availability::offline}, {"romeo", Availability::offline}}));
}

TEST(Watch, UsesMonitorAndFallsBackWhenItIsFull) {
    Scripted irc;
    irc.ready("MONITOR=2");
    for (const auto* const nick : {"a", "b", "c"}) (void)irc.client.watch(contact(nick));
    EXPECT_EQ(irc.written(), Lines{"MONITOR + a,b,c"});
    irc.says(":s 734 me 2 c :Monitor list is full").says(":s 730 me :a!u@h").says(":s 731 me :b");
    EXPECT_EQ(told(irc), (Told{{"b", Availability::offline}}));
    EXPECT_EQ(irc.written(), (Lines{"ISON c", "USERHOST a"}));
    irc.says(":s 303 me :").says(":s 302 me :a=+u@h");
    EXPECT_EQ(told(irc), (Told{{"c", Availability::offline}, {"a", Availability::online}}));
    irc.client.unwatch(contact("a"));
    EXPECT_EQ(irc.written(), Lines{"MONITOR - a"});
}

TEST(Watch, WhoseAnswerWasLostIsAskedForAgain) {
    Scripted irc;
    irc.ready("MONITOR=10");
    (void)irc.client.watch(contact("a"));
    (void)irc.written();
    irc.says(":s 730 me :a!u@h");
    EXPECT_EQ(irc.written(), Lines{"USERHOST a"});
    for (int polls = 0; polls < 3; ++polls) (void)irc.client.sweep(irc.now.steady, true);
    EXPECT_EQ(irc.written(), Lines{"USERHOST a"});
    irc.says(":s 302 me :a=+u@h");
    EXPECT_EQ(told(irc), (Told{{"a", Availability::online}}));
}

TEST(Watch, AnAnswerThatCameTooLateSaysNothingOfOthers) {
    Scripted irc;
    irc.ready();
    for (const auto* const nick : {"a", "b", "c", "d", "e", "f"}) (void)irc.client.watch(contact(nick));
    (void)irc.written();
    irc.says(":s 303 me :a b c d e f");
    EXPECT_EQ(irc.written(), (Lines{"USERHOST a b c d e", "USERHOST f"}));
    irc.says(":s 302 me :f=+u@h");  // the first answer was lost
    EXPECT_EQ(told(irc), (Told{{"f", Availability::online}}));
    irc.says(":s 302 me :a=+u@h b=+u@h c=+u@h d=+u@h e=+u@h");
    EXPECT_EQ(told(irc).size(), 5U);
    (void)irc.client.sweep(irc.now.steady, true);
    EXPECT_EQ(irc.written(), Lines{"ISON a b c d e f"});
    irc.says(":s 303 me :stranger");
    EXPECT_EQ(told(irc), Told{}) << "no answer to any question of ours";
}

TEST(Watch, SendsChunksThatFit) {
    Scripted irc;
    irc.ready();
    for (int i = 0; i < 100; ++i) (void)irc.client.watch(contact("averagenick" + std::to_string(i)));
    const auto lines = irc.written();
    EXPECT_GE(lines.size(), 4U);
    for (const auto& line : lines) EXPECT_LE(line.size(), 402U);
    for (std::size_t i = 0; i < lines.size(); ++i) irc.says(":s 303 me :" + lines[i].substr(5));
    const auto questions = irc.written();
    EXPECT_EQ(questions.size(), 20U) << "five nicks each";
    for (const auto& line : questions) EXPECT_TRUE(line.starts_with("USERHOST ")) << line;
}

TEST(Watch, WhatPeopleDoInSightTellsAtOnce) {
    Scripted irc;
    irc.ready("PREFIX=(ov)@+", "away-notify").in_channel();
    (void)irc.client.watch(contact("tybalt"));
    (void)irc.written();
    irc.says(":s 303 me :");
    (void)told(irc);
    irc.says(":Tybalt!t@h JOIN #c");
    EXPECT_EQ(told(irc), (Told{{"tybalt", Availability::online}}));
    irc.says(":tybalt!t@h AWAY :duel");
    EXPECT_EQ(told(irc), (Told{{"tybalt", Availability::away}}));
    irc.says(":tybalt!t@h PRIVMSG me :still here");
    EXPECT_EQ(told(irc), Told{}) << "who is away may speak";
    irc.says(":tybalt!t@h NICK prince");
    EXPECT_EQ(told(irc), (Told{{"tybalt", Availability::offline}}));
    irc.says(":prince!t@h NICK tybalt").says(":tybalt!t@h QUIT :x");
    EXPECT_EQ(told(irc), (Told{{"tybalt", Availability::online}, {"tybalt", Availability::offline}}));
}

TEST(Watch, AwayRepliesAndMissingNicksUpdate) {
    Scripted irc;
    irc.ready();
    (void)irc.client.watch(contact("juliet"));
    (void)irc.written();
    irc.says(":s 301 me juliet :at lunch");
    const auto presence = Scripted::only<EventPresence>(irc.output().hints).at(0).presence;
    EXPECT_EQ(presence.show, Availability::away);
    EXPECT_EQ(presence.status, "at lunch");
}

TEST(Watch, StartsAnewAfterALoss) {
    Scripted irc;
    irc.ready();
    (void)irc.client.watch(contact("juliet"));
    (void)irc.written();
    irc.says(":s 303 me :juliet");
    (void)irc.written();
    irc.says(":s 302 me :juliet=+j@h");
    (void)told(irc);
    irc.client.lost(make_error(Errc::not_connected), "x");
    EXPECT_EQ(told(irc), (Told{{"juliet", Availability::offline}}));
    EXPECT_TRUE(irc.client.connected(irc.now.steady).has_value());
    irc.says(":s 001 me :hi").says(":s 005 me MONITOR=10 :are").says(":s 376 me :end");
    const auto lines = irc.written();
    EXPECT_EQ(lines.back(), "MONITOR + juliet");
}

TEST(Watch, OwnPresenceIsToldOnlyWhenItChanges) {
    Scripted irc;
    EXPECT_TRUE(
        irc.client.set_presence({.show = Availability::busy, .status = "do not disturb"}).has_value());
    (void)irc.written();
    irc.says(":s 001 me :hi").says(":s 376 me :end");
    EXPECT_EQ(irc.written(), Lines{"AWAY :do not disturb"}) << "wished before there was a connection";
    (void)irc.client.set_presence({.show = Availability::extended_away, .status = "do not disturb"});
    EXPECT_EQ(irc.written(), Lines{});
    (void)irc.client.set_presence({.show = Availability::online, .status = "hi"});
    EXPECT_EQ(irc.written(), Lines{"AWAY"});
    (void)irc.client.set_presence({.show = Availability::away, .status = ""});
    EXPECT_EQ(irc.written(), Lines{"AWAY Away"});
}

TEST(Watch, RefusesWhatIsNoNick) {
    Scripted irc;
    irc.ready();
    EXPECT_EQ(irc.client.watch(ContactId("#c%irc.test")).error().code, Errc::bad_recipient);
    EXPECT_EQ(irc.client.watch(ContactId("a b%irc.test")).error().code, Errc::bad_recipient);
}

TEST(Watch, QuestionsDoNotHoldUpWords) {
    auto settings = settings_for("me");
    settings.flood = {.burst = 3, .lines_per_second = 1};
    Scripted irc(std::move(settings));
    irc.ready();
    for (int i = 0; i < 200; ++i) (void)irc.client.watch(contact("averagenick" + std::to_string(i)));
    EXPECT_EQ(irc.written().size(), 2U);
    model::OutgoingMessage message;
    message.to = contact("juliet");
    message.text = "hello";
    EXPECT_TRUE(irc.client.say(message).has_value());
    EXPECT_EQ(irc.written().front(), "PRIVMSG juliet hello");
}

}  // namespace
}  // namespace causeway::irc
