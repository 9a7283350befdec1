#include "legacy-adapters/irc/channels.hpp"

#include <algorithm>

#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

using adapter::EventMemberLeft;
using model::Rank;
using model::RoomRefusal;

const RoomId kRoom("#c%irc.test");

model::Member member_of(const model::RoomSnapshot& snapshot, std::string_view nick) {
    const auto found = std::ranges::find(snapshot.members, nick, &model::Member::nick);
    EXPECT_NE(found, snapshot.members.end()) << nick;
    return found == snapshot.members.end() ? model::Member{} : *found;
}

TEST(Channels, AJoinGivesTheWholeRoomAtTheEndOfNames) {
    Scripted irc;
    irc.ready("PREFIX=(qaohv)~&@%+ CHANMODES=b,k,l,imnt", "multi-prefix userhost-in-names");
    const auto id = irc.client.join(kRoom, "key");
    EXPECT_EQ(irc.written(), Lines{"JOIN #c key"});
    irc.says(":me!user@my.host JOIN #c")
        .says(":s 332 me #c :Verona")
        .says(":s 333 me #c romeo!r@h 1700000000");
    irc.says(":s 353 me = #c :me!user@my.host @+romeo!r@h ~owner!o@h")
        .says(":s 353 me = #c :%half &adm +voice");
    EXPECT_TRUE(irc.output().completions.empty());
    irc.says(":romeo!r@h MODE #c +m").says(":s 366 me #c :End of /NAMES list");
    const auto out = irc.output();
    EXPECT_TRUE(out.events.empty()) << "what comes before the snapshot is in it";
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *id);
    const auto snapshot = std::get<model::RoomSnapshot>(*out.completions[0].outcome);
    EXPECT_EQ(snapshot.room, kRoom);
    EXPECT_EQ(snapshot.own_nick, "me");
    EXPECT_EQ(snapshot.members.size(), 6U);
    EXPECT_EQ(member_of(snapshot, "romeo").rank, Rank::moderator);
    EXPECT_EQ(member_of(snapshot, "romeo").account_address, "r@h");
    EXPECT_EQ(member_of(snapshot, "romeo").contact.view(), "romeo%irc.test");
    EXPECT_EQ(member_of(snapshot, "owner").rank, Rank::owner);
    EXPECT_EQ(member_of(snapshot, "adm").rank, Rank::admin);
    EXPECT_EQ(member_of(snapshot, "half").rank, Rank::half_moderator);
    EXPECT_EQ(member_of(snapshot, "voice").rank, Rank::voiced);
    EXPECT_EQ(member_of(snapshot, "me").rank, Rank::none);
    EXPECT_EQ(snapshot.topic.text, "Verona");
    EXPECT_EQ(snapshot.topic.set_by, "romeo");
    EXPECT_TRUE(snapshot.topic.set_at.has_value());
    EXPECT_TRUE(snapshot.settings.moderated.value_or(false));
}

// biboumi leaves the client waiting for ever on most of these.
// covers: GW-MUC-005
TEST(Channels, EveryRefusalEndsTheJoinWithItsReason) {
    const std::vector<std::pair<int, RoomRefusal>> cases{
        {403, RoomRefusal::no_such_room}, {405, RoomRefusal::too_many_rooms},
        {407, RoomRefusal::other},        {437, RoomRefusal::other},
        {471, RoomRefusal::full},         {473, RoomRefusal::invite_only},
        {474, RoomRefusal::banned},       {475, RoomRefusal::password},
        {476, RoomRefusal::no_such_room}, {477, RoomRefusal::registered_only},
        {480, RoomRefusal::other}};
    for (const auto& [numeric, refusal] : cases) {
        Scripted irc;
        irc.ready();
        const auto id = irc.client.join(RoomId("#secret%irc.test"), "");
        (void)irc.written();
        irc.says(":s " + std::to_string(numeric) + " me #SECRET :Sorry");
        const auto out = irc.output();
        ASSERT_EQ(out.completions.size(), 1U) << numeric;
        EXPECT_EQ(out.completions[0].id, *id);
        EXPECT_EQ(out.completions[0].outcome.error().refusal, refusal) << numeric;
        EXPECT_EQ(out.completions[0].outcome.error().reason, "Sorry");
    }
}

// covers: GW-MUC-005
// ngIRCd has one numeric for all the modes that close a channel to some.
TEST(Channels, WhatTheNumericDoesNotTellIsReadFromItsWords) {
    const std::vector<std::pair<std::string, RoomRefusal>> cases{
        {"Cannot join channel (+l) -- Channel is full, try later", RoomRefusal::full},
        {"Cannot join channel (+R) -- Registered users only", RoomRefusal::registered_only},
        {"Cannot join channel (+O) -- IRC opers only", RoomRefusal::not_permitted},
        {"Cannot join channel (+z) -- SSL connections only", RoomRefusal::not_permitted}};
    for (const auto& [words, refusal] : cases) {
        Scripted irc;
        irc.ready();
        const auto id = irc.client.join(RoomId("#secret%irc.test"), "");
        (void)irc.written();
        irc.says(":s 471 me #secret :" + words);
        const auto out = irc.output();
        ASSERT_EQ(out.completions.size(), 1U) << words;
        EXPECT_EQ(out.completions[0].id, *id);
        EXPECT_EQ(out.completions[0].outcome.error().refusal, refusal) << words;
    }
}

TEST(Channels, TwoJoinsOfOneRoomGetTheSameAnswer) {
    Scripted irc;
    irc.ready();
    (void)irc.client.join(kRoom, "");
    (void)irc.client.join(kRoom, "");
    EXPECT_EQ(irc.written(), Lines{"JOIN #c"});
    irc.says(":me!u@h JOIN #c").says(":s 353 me = #c :me").says(":s 366 me #c :End");
    EXPECT_EQ(irc.output().completions.size(), 2U);
}

TEST(Channels, LeavesARoomThatNobodyWaitsForAnyMore) {
    Scripted irc;
    irc.ready();
    const auto id = irc.client.join(kRoom, "");
    (void)irc.written();
    EXPECT_EQ(irc.client.abandon(*id).code, Errc::timed_out);
    irc.says(":me!u@h JOIN #c").says(":s 353 me = #c :me").says(":s 366 me #c :End");
    EXPECT_EQ(irc.written(), (Lines{"PART #c", "PING cw-1"}));
}

TEST(Channels, ATransferIntoARoomIsAnInvitation) {
    Scripted irc;
    irc.ready();
    irc.says(":me!u@h JOIN #forced").says(":s 353 me = #forced :me @x").says(":s 366 me #forced :End");
    const auto invites = Scripted::only<adapter::EventInvite>(irc.output().events);
    ASSERT_EQ(invites.size(), 1U);
    EXPECT_EQ(invites[0].room.view(), "#forced%irc.test");
    EXPECT_TRUE(irc.client.snapshot(RoomId("#forced%irc.test")).has_value());
}

TEST(Channels, PeopleComeGoAndChange) {
    Scripted irc;
    irc.ready("PREFIX=(ohv)@%+", "extended-join away-notify chghost").in_channel();
    irc.says(":Tybalt!t@host JOIN #c account :Real")
        .says(":tybalt!t@host AWAY :sword")
        .says(":tybalt!t@host AWAY");
    irc.says(":romeo!r@h MODE #c +ov-v tybalt tybalt juliet").says(":tybalt!t@host NICK Prince");
    irc.says(":prince!t@host PART #c :bye")
        .says(":romeo!r@h KICK #c juliet :out")
        .says(":romeo!r@h TOPIC #c :New");
    const auto events = irc.output().events;
    const auto joined = Scripted::only<adapter::EventMemberJoined>(events);
    ASSERT_EQ(joined.size(), 1U);
    EXPECT_EQ(joined[0].member.nick, "Tybalt");
    EXPECT_EQ(joined[0].member.account_address, "t@host");
    const auto changed = Scripted::only<adapter::EventMemberChanged>(events);
    ASSERT_EQ(changed.size(), 4U) << "away, back, operator (a voice changes nothing then), juliet's voice";
    EXPECT_TRUE(changed[0].member.away);
    EXPECT_FALSE(changed[1].member.away);
    EXPECT_EQ(changed[2].member.rank, Rank::moderator);
    EXPECT_EQ(changed[3].member.rank, Rank::none);
    const auto renamed = Scripted::only<adapter::EventMemberRenamed>(events);
    ASSERT_EQ(renamed.size(), 1U);
    EXPECT_EQ(renamed[0].old_nick, "Tybalt");
    EXPECT_EQ(renamed[0].member.nick, "Prince");
    EXPECT_EQ(renamed[0].member.rank, Rank::moderator) << "a rank stays with the person";
    const auto left = Scripted::only<EventMemberLeft>(events);
    ASSERT_EQ(left.size(), 2U);
    EXPECT_EQ(left[0].how, EventMemberLeft::How::left);
    EXPECT_EQ(left[0].reason, "bye");
    EXPECT_EQ(left[1].how, EventMemberLeft::How::kicked);
    EXPECT_EQ(left[1].actor, "romeo");
    EXPECT_EQ(Scripted::only<adapter::EventTopic>(events)[0].topic.set_by, "romeo");
}

TEST(Channels, TellsBrokenConnectionsFromGoodbyes) {
    EXPECT_TRUE(is_disconnect("hub.example.net leaf.example.net"));
    EXPECT_TRUE(is_disconnect("*.net *.split"));
    EXPECT_TRUE(is_disconnect("Ping timeout: 240 seconds"));
    EXPECT_FALSE(is_disconnect("Quit: going home"));
    EXPECT_FALSE(is_disconnect("see you. later."));
    EXPECT_FALSE(is_disconnect(""));
    Scripted irc;
    irc.ready().in_channel();
    irc.says(":romeo!r@h QUIT :a.net b.net").says(":juliet!j@h QUIT :Quit: bye").says(":nobody!x@y QUIT :x");
    const auto left = Scripted::only<EventMemberLeft>(irc.output().events);
    ASSERT_EQ(left.size(), 2U);
    EXPECT_EQ(left[0].how, EventMemberLeft::How::disconnected);
    EXPECT_EQ(left[1].how, EventMemberLeft::How::left);
}

TEST(Channels, ComparesNamesByCasemapping) {
    Scripted irc;
    irc.ready("CASEMAPPING=rfc1459 PREFIX=(ov)@+").in_channel();
    irc.says(":Nick[1]!n@h JOIN #C").says(":nick{1}!n@h PART #c :x");
    const auto events = irc.output().events;
    EXPECT_EQ(Scripted::only<adapter::EventMemberJoined>(events).size(), 1U);
    EXPECT_EQ(Scripted::only<EventMemberLeft>(events).size(), 1U);
}

TEST(Channels, BeingKickedAndBeingRenamed) {
    Scripted irc;
    irc.ready().in_channel();
    irc.says(":me!u@h NICK forced");
    const auto renamed = Scripted::only<adapter::EventMemberRenamed>(irc.output().events);
    ASSERT_EQ(renamed.size(), 1U);
    EXPECT_TRUE(renamed[0].self);
    EXPECT_EQ(irc.client.identity().nick, "forced");
    irc.says(":romeo!r@h KICK #c forced :go");
    const auto left = Scripted::only<EventMemberLeft>(irc.output().events);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_TRUE(left[0].self);
    EXPECT_FALSE(irc.client.snapshot(kRoom).has_value());
}

TEST(Channels, ALostConnectionLosesRooms) {
    Scripted irc;
    irc.ready().in_channel();
    irc.client.lost(make_error(Errc::not_connected), "gone");
    const auto lost = Scripted::only<adapter::EventRoomLost>(irc.output().events);
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].room, kRoom);
}

TEST(Channels, RequestsInARoomAreAnsweredByTheirEchoOrTheirError) {
    Scripted irc;
    irc.ready().in_channel();
    const auto topic = irc.client.set_topic(kRoom, "New");
    const auto kick = irc.client.kick(kRoom, "Juliet", "out");
    EXPECT_EQ(irc.written(), (Lines{"TOPIC #c New", "KICK #c Juliet out", "PING cw-1"}));
    irc.says(":me!u@h TOPIC #c :New");
    EXPECT_EQ(irc.output().completions.at(0).id, *topic);
    // biboumi never answers this one when somebody talks in between.
    irc.says(":romeo!r@h PRIVMSG #c :talking").says(":s 482 me #c :You are not an operator");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *kick);
    EXPECT_EQ(out.completions[0].outcome.error().refusal, RoomRefusal::not_permitted);
    irc.says(":s PONG s cw-1");
    EXPECT_TRUE(irc.output().completions.empty());

    (void)irc.client.kick(kRoom, "nobody", "");
    (void)irc.written();
    irc.says(":s 441 me nobody #c :They aren't on that channel");
    EXPECT_EQ(irc.output().completions.at(0).outcome.error().refusal, RoomRefusal::no_such_member);
}

TEST(Channels, WhatTheServerDoesNotEchoIsDoneByThePong) {
    Scripted irc;
    irc.ready().in_channel();
    const auto topic = irc.client.set_topic(kRoom, "The topic");  // as it was: servers say nothing
    (void)irc.written();
    irc.says(":s PONG s :cw-1");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *topic);
    EXPECT_TRUE(out.completions[0].outcome.has_value());
}

TEST(Channels, PartIsDoneByItsEchoOrByNotBeingThere) {
    Scripted irc;
    irc.ready().in_channel();
    (void)irc.client.part(kRoom, "bye");
    EXPECT_EQ(irc.written().at(0), "PART #c bye");
    irc.says(":me!u@h PART #c :bye");
    const auto out = irc.output();
    EXPECT_TRUE(Scripted::only<EventMemberLeft>(out.events).at(0).self);
    EXPECT_TRUE(out.completions.at(0).outcome.has_value());
    (void)irc.client.part(kRoom, "");
    (void)irc.written();
    irc.says(":s 442 me #c :You're not on that channel");
    EXPECT_TRUE(irc.output().completions.at(0).outcome.has_value());
}

TEST(Channels, ChangingTheNick) {
    Scripted irc;
    irc.ready();
    (void)irc.client.change_nick("new");
    EXPECT_EQ(irc.written().at(0), "NICK new");
    irc.says(":s 433 me new :in use");
    EXPECT_EQ(irc.output().completions.at(0).outcome.error().refusal, RoomRefusal::nick_in_use);
    (void)irc.client.change_nick("other");
    (void)irc.written();
    irc.says(":me!u@h NICK :other");
    EXPECT_TRUE(irc.output().completions.at(0).outcome.has_value());
    EXPECT_EQ(irc.client.change_nick("no way").error().refusal, RoomRefusal::bad_nick);
}

TEST(Channels, NothingFromTheGatewayCanInject) {
    Scripted irc;
    irc.ready().in_channel();
    for (const std::string bad : {"x\r\nQUIT", "x\nQUIT", "x\rQUIT"}) {
        EXPECT_FALSE(irc.client.join(kRoom, bad).has_value());
        EXPECT_FALSE(irc.client.set_topic(kRoom, bad).has_value());
        EXPECT_FALSE(irc.client.kick(kRoom, "juliet", bad).has_value());
        EXPECT_FALSE(irc.client.kick(kRoom, bad, "").has_value());
        EXPECT_FALSE(irc.client.change_nick(bad).has_value());
        EXPECT_FALSE(irc.client.set_presence({.show = model::Availability::away, .status = bad}).has_value());
    }
    EXPECT_FALSE(irc.client.join(kRoom, "a,b").has_value());
    EXPECT_EQ(irc.written(), Lines{});
    EXPECT_TRUE(irc.client.part(kRoom, "x\r\nQUIT").has_value()) << "leaving goes on without the reason";
    EXPECT_EQ(irc.written(), (Lines{"PART #c", "PING cw-1"}));
}

TEST(Channels, TheModesAreAskedForAndBecomeTheRoomsSettings) {
    Scripted irc;
    irc.ready("PREFIX=(ohv)@%+ CHANMODES=beI,k,lH,imnpstRr");
    (void)irc.client.join(kRoom, "");
    (void)irc.written();
    irc.says(":me!u@h JOIN #c").says(":s 353 me = #c :me @romeo").says(":s 366 me #c :End");
    EXPECT_EQ(irc.written(), Lines{"MODE #c"});
    auto out = irc.output();
    const auto snapshot = std::get<model::RoomSnapshot>(*out.completions.at(0).outcome);
    EXPECT_EQ(snapshot.settings, model::RoomSettings{}) << "not told yet";

    irc.says(":s 324 me #c +ntlkHR 25 hush 5:10");
    auto changes = Scripted::only<adapter::EventRoomChanged>(irc.output().events);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].room, kRoom);
    EXPECT_EQ(changes[0].settings, (model::RoomSettings{.moderated = false,
                                                        .invite_only = false,
                                                        .topic_protected = true,
                                                        .hidden = false,
                                                        .members_only_talk = true,
                                                        .registered_only = true,
                                                        .password = "hush",
                                                        .max_members = 25}));
    irc.says(":romeo!r@h MODE #c -lk+ib-R hush *!*@bad");
    changes = Scripted::only<adapter::EventRoomChanged>(irc.output().events);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].settings.max_members, 0U);
    EXPECT_EQ(changes[0].settings.password, "");
    EXPECT_EQ(changes[0].settings.invite_only, true);
    EXPECT_EQ(changes[0].settings.registered_only, false);

    irc.says(":romeo!r@h MODE #c +v-b+H romeo *!*@bad 1:1").says(":s 324 me #c +nti");
    EXPECT_TRUE(Scripted::only<adapter::EventRoomChanged>(irc.output().events).empty()) << "no news";
    EXPECT_EQ(irc.client.snapshot(kRoom)->settings.invite_only, true);
}

TEST(Channels, WhatTheServerDoesNotHaveIsNotTold) {
    Scripted irc;
    irc.ready("PREFIX=(ov)@+ CHANMODES=b,,,mps").in_channel();
    irc.says(":s 324 me #c +p");
    EXPECT_EQ(irc.client.snapshot(kRoom)->settings,
              (model::RoomSettings{.moderated = false, .hidden = true}));
    irc.says(":s 324 me #c +k").says(":s 324 me #other +m");
    EXPECT_EQ(irc.client.snapshot(kRoom)->settings.password, std::nullopt) << "no such mode here";
}

}  // namespace
}  // namespace causeway::irc
