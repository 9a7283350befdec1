// Ranks, bans, invitations, settings, the list of channels.
#include "legacy-adapters/irc/mode_change.hpp"
#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

using model::Rank;
using model::RoomRefusal;
using model::RoomSettings;

const RoomId kRoom("#c%irc.test");

/// Written, and the only completion after `answers` is `refusal` (or success).
void expect_refused(Scripted& irc, const Client::Begun& begun, std::string_view answer, RoomRefusal refusal) {
    ASSERT_TRUE(begun.has_value());
    (void)irc.written();
    const auto out = irc.says(answer).output();
    ASSERT_EQ(out.completions.size(), 1U) << answer;
    EXPECT_EQ(out.completions[0].id, *begun);
    ASSERT_FALSE(out.completions[0].outcome.has_value()) << answer;
    EXPECT_EQ(out.completions[0].outcome.error().refusal, refusal) << answer;
    EXPECT_TRUE(out.events.empty()) << "an error of a request is no notice";
}

// covers: GW-MUC-021
TEST(Ranks, ArePrefixesAndWhatStandsAboveGoes) {
    Scripted irc;
    irc.ready("PREFIX=(qaohv)~&@%+ MODES=2").in_channel();
    EXPECT_TRUE(irc.client.set_rank(kRoom, "juliet", Rank::moderator).has_value());
    EXPECT_EQ(irc.written(), (Lines{"MODE #c +o juliet", "PING cw-1"}));
    irc.says(":me!u@h MODE #c +o juliet");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_TRUE(out.completions[0].outcome.has_value());
    irc.says(":s PONG s :cw-1").says(":romeo!r@h MODE #c +qa juliet juliet");

    EXPECT_TRUE(irc.client.set_rank(kRoom, "Juliet", Rank::none).has_value());
    EXPECT_EQ(irc.written(), (Lines{"MODE #c -qa Juliet Juliet", "MODE #c -ov Juliet Juliet", "PING cw-2"}));
    irc.says(":me!u@h MODE #c -qa juliet juliet");
    EXPECT_TRUE(irc.output().completions.empty()) << "there is another line";
    irc.says(":me!u@h MODE #c -ov juliet juliet");
    EXPECT_EQ(irc.output().completions.size(), 1U);

    EXPECT_EQ(irc.client.set_rank(kRoom, "juliet", Rank::none), kNothingToDo);
    EXPECT_EQ(irc.client.set_rank(kRoom, "nobody", Rank::voiced).error().refusal,
              RoomRefusal::no_such_member);
}

TEST(Ranks, TheNearestBelowIsTakenWhereThereIsNone) {
    Scripted irc;
    irc.ready("PREFIX=(ov)@+").in_channel();
    EXPECT_TRUE(irc.client.set_rank(kRoom, "juliet", Rank::owner).has_value());
    EXPECT_TRUE(irc.client.set_rank(kRoom, "romeo", Rank::half_moderator).has_value());
    EXPECT_EQ(irc.written(), (Lines{"MODE #c +o juliet", "MODE #c +v-o romeo romeo", "PING cw-1"}));
}

// covers: GW-MUC-021
TEST(Moderation, EveryRefusalHasItsReason) {
    Scripted irc;
    irc.ready().in_channel();
    expect_refused(irc, irc.client.set_rank(kRoom, "juliet", Rank::moderator), ":s 482 me #c :You're not",
                   RoomRefusal::not_permitted);
    expect_refused(irc, irc.client.set_rank(kRoom, "juliet", Rank::moderator),
                   ":s 441 me juliet #c :Not here", RoomRefusal::no_such_member);
    expect_refused(irc, irc.client.set_rank(kRoom, "juliet", Rank::moderator), ":s 401 me juliet :Nobody",
                   RoomRefusal::no_such_member);
    expect_refused(irc, irc.client.unban(kRoom, "*!*@h"), ":s 482 me #c :You're not",
                   RoomRefusal::not_permitted);
    expect_refused(irc, irc.client.ask_bans(kRoom), ":s 482 me #c :You're not", RoomRefusal::not_permitted);
    expect_refused(irc, irc.client.configure(kRoom, {.moderated = true}), ":s 472 me m :is unknown",
                   RoomRefusal::other);
    const ContactId paris("paris%irc.test");
    expect_refused(irc, irc.client.invite(kRoom, paris), ":s 482 me #c :You're not",
                   RoomRefusal::not_permitted);
    expect_refused(irc, irc.client.invite(kRoom, paris), ":s 401 me paris :Nobody",
                   RoomRefusal::no_such_member);
    expect_refused(irc, irc.client.invite(kRoom, paris), ":s 443 me paris #c :is there", RoomRefusal::other);
}

TEST(Moderation, IsDoneWhenTheServerHasPassedTheFence) {
    Scripted irc;
    irc.ready().in_channel();
    (void)irc.client.unban(kRoom, "*!*@h");
    EXPECT_EQ(irc.written(), (Lines{"MODE #c -b *!*@h", "PING cw-1"}));
    irc.says(":s PONG s :cw-1");
    EXPECT_EQ(irc.output().completions.size(), 1U);
    (void)irc.client.invite(kRoom, ContactId("paris%irc.test"));
    EXPECT_EQ(irc.written(), (Lines{"INVITE paris #c", "PING cw-2"}));
    irc.says(":s 341 me Paris #c");
    EXPECT_EQ(irc.output().completions.size(), 1U);
}

TEST(Bans, AreByHostWhereItIsKnownAndPutOut) {
    Scripted irc;
    irc.ready().in_channel();
    irc.says(":paris!p@mantua.test JOIN #c");
    (void)irc.client.ban(kRoom, "paris", "too\nmuch");
    EXPECT_TRUE(irc.written().empty()) << "a line break is refused before anything is sent";
    (void)irc.client.ban(kRoom, "paris", "enough");
    (void)irc.client.ban(kRoom, "juliet", "");
    (void)irc.client.ban(kRoom, "gone", "");
    (void)irc.client.ban(kRoom, "*!*@*.example", "");
    EXPECT_EQ(irc.written(),
              (Lines{"MODE #c +b *!*@mantua.test", "KICK #c paris enough", "MODE #c +b juliet!*@*",
                     "KICK #c juliet :", "MODE #c +b gone!*@*", "MODE #c +b *!*@*.example", "PING cw-1"}));
    irc.says(":me!u@h MODE #c +b *!*@mantua.test").says(":me!u@h KICK #c paris :enough");
    EXPECT_EQ(irc.output().completions.size(), 1U);
}

TEST(Bans, AreListed) {
    Scripted irc;
    irc.ready().in_channel();
    const auto id = irc.client.ask_bans(kRoom);
    EXPECT_EQ(irc.written(), Lines{"MODE #c b"});
    irc.says(":s 367 me #c *!*@bad romeo!r@h 1700000000")
        .says(":s 367 me #c *!*@old")
        .says(":s 367 me #x a!*@*");
    irc.says(":s 368 me #c :End of bans");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *id);
    const auto bans = std::get<std::vector<model::Ban>>(*out.completions[0].outcome);
    ASSERT_EQ(bans.size(), 2U);
    EXPECT_EQ(bans[0].mask, "*!*@bad");
    EXPECT_EQ(bans[0].set_by, "romeo");
    EXPECT_TRUE(bans[0].set_at.has_value());
    EXPECT_EQ(bans[1].mask, "*!*@old");
    EXPECT_FALSE(bans[1].set_at.has_value());
}

TEST(Moderation, NobodyWritesOtherLinesByIt) {
    Scripted irc;
    irc.ready().in_channel();
    const std::vector<std::string> bad{"a b", "a\r\nQUIT", "a\nQUIT", std::string("a\0b", 3), ":a", "a,b"};
    for (const auto& word : bad) {
        EXPECT_FALSE(irc.client.ban(kRoom, word, "").has_value()) << word;
        EXPECT_FALSE(irc.client.unban(kRoom, word).has_value()) << word;
        EXPECT_FALSE(irc.client.set_rank(kRoom, word, Rank::voiced).has_value()) << word;
        EXPECT_FALSE(irc.client.invite(kRoom, ContactId(word + "%irc.test")).has_value()) << word;
        EXPECT_FALSE(irc.client.configure(kRoom, {.password = word}).has_value()) << word;
    }
    EXPECT_TRUE(irc.written().empty());
}

TEST(Settings, AreChangedInOneLine) {
    Scripted irc;
    irc.ready("CHANMODES=b,k,l,imnpstR").in_channel();
    irc.says(":s 324 me #c +ntpk old");
    (void)irc.client.configure(kRoom, {.moderated = true,
                                       .invite_only = false,
                                       .topic_protected = false,
                                       .hidden = false,
                                       .members_only_talk = true,
                                       .registered_only = true,
                                       .password = "new",
                                       .max_members = 7});
    EXPECT_EQ(irc.written(), (Lines{"MODE #c +m-tps+Rl-k+k 7 old new", "PING cw-1"}));
    irc.says(":s PONG s :cw-1");
    EXPECT_EQ(irc.output().completions.size(), 1U);
    EXPECT_EQ(irc.client.configure(kRoom, {.members_only_talk = true}), kNothingToDo);
    (void)irc.client.configure(kRoom, {.password = "", .max_members = 0});
    EXPECT_EQ(irc.written(), (Lines{"MODE #c -k old", "PING cw-2"}));
}

TEST(Settings, OneThatTheServerDoesNotHaveRefusesAll) {
    Scripted irc;
    irc.ready("CHANMODES=b,,,imnpst").in_channel();
    for (const auto& changes : {RoomSettings{.moderated = true, .registered_only = true},
                                RoomSettings{.moderated = true, .password = "x"},
                                RoomSettings{.moderated = true, .max_members = 3}}) {
        const auto begun = irc.client.configure(kRoom, changes);
        ASSERT_FALSE(begun.has_value());
        EXPECT_EQ(begun.error().error.code, Errc::unsupported);
    }
    EXPECT_TRUE(irc.written().empty());
}

TEST(List, GivesTheChannelsOnceAtATime) {
    Scripted irc;
    irc.ready();
    const auto id = irc.client.list_rooms();
    EXPECT_EQ(irc.client.list_rooms().error().error.code, Errc::rate_limited);
    EXPECT_EQ(irc.written(), Lines{"LIST"});
    irc.says(":s 321 me Channel :Users  Name")
        .says(
            ":s 322 me #Verona 12 :\x03"
            "04red\x0f \x02"
            "bold");
    irc.says(":s 322 me * 3 :").says(":s 322 me #x many").says(":s 323 me :End of /LIST");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(out.completions[0].id, *id);
    const auto rooms = std::get<std::vector<model::RoomListing>>(*out.completions[0].outcome);
    ASSERT_EQ(rooms.size(), 2U);
    EXPECT_EQ(rooms[0].room, RoomId("#verona%irc.test"));
    EXPECT_EQ(rooms[0].name, "#Verona");
    EXPECT_EQ(rooms[0].members, 12U);
    EXPECT_EQ(rooms[0].topic, "red bold");
    EXPECT_EQ(rooms[1].members, 0U);

    (void)irc.client.list_rooms();
    (void)irc.written();
    irc.says(":s 263 me LIST :Server load is too high");
    const auto busy = irc.output();
    ASSERT_EQ(busy.completions.size(), 1U);
    EXPECT_EQ(busy.completions[0].outcome.error().error.code, Errc::rate_limited);
}

TEST(List, IsBounded) {
    Scripted irc;
    irc.ready();
    (void)irc.client.list_rooms();
    (void)irc.written();
    for (int i = 0; i < 50'010; ++i) irc.says(":s 322 me #c" + std::to_string(i) + " 1 :t");
    irc.says(":s 323 me :End of /LIST");
    const auto out = irc.output();
    ASSERT_EQ(out.completions.size(), 1U);
    EXPECT_EQ(std::get<std::vector<model::RoomListing>>(*out.completions[0].outcome).size(), 50'000U);
}

}  // namespace
}  // namespace causeway::irc
