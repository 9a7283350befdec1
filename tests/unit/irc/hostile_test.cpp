// A server that means harm: what it can make us keep has limits.
#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

const RoomId kRoom("#c%irc.test");

TEST(Hostile, AnswersThatNobodyReadsEndTheConnection) {
    Scripted irc;
    irc.ready();
    for (int i = 0; i < 200; ++i) irc.says("PING :" + std::string(400, 'x'));
    EXPECT_EQ(irc.client.phase(), Client::Phase::failed);
    EXPECT_EQ(irc.client.failure().code, Errc::too_large);
    EXPECT_EQ(irc.client.failure().retry, Retry::later);
}

TEST(Hostile, ChannelsThatNobodyAskedForHaveALimit) {
    Scripted irc;
    irc.ready();
    for (int i = 0; i < 300; ++i) {
        const std::string name = "#x" + std::to_string(i);
        irc.says(":me!u@h JOIN " + name).says(":s 366 me " + name + " :End");
    }
    EXPECT_EQ(Scripted::only<adapter::EventInvite>(irc.output().events).size(), 250U);
    irc.in_channel();
    EXPECT_TRUE(irc.client.snapshot(kRoom).has_value()) << "who asks gets in";
}

TEST(Hostile, PeopleOfAChannelHaveALimit) {
    Scripted irc;
    irc.ready();
    irc.says(":me!u@h JOIN #c");
    for (int i = 0; i < 20'100; i += 10) {
        std::string names;
        for (int k = i; k < i + 10; ++k) names += "n" + std::to_string(k) + " ";
        irc.says(":s 353 me = #c :" + names);
    }
    irc.says(":s 366 me #c :End").says(":late!u@h JOIN #c");
    EXPECT_EQ(irc.client.snapshot(kRoom)->members.size(), 20'000U);
}

TEST(Hostile, NamesThatNobodyCouldBearAreIgnored) {
    Scripted irc;
    irc.ready().in_channel();
    const std::string endless(300, 'n');
    irc.says(":a\x02 JOIN #c").says(":" + endless + "!u@h JOIN #c").says(":romeo!r@h NICK " + endless);
    irc.says(":me!u@h NICK :a\x1f").says(":me!u@h JOIN #" + endless);
    irc.says(":me!u@h JOIN #d").says(":s 353 me = #d :me a\x7f " + endless).says(":s 366 me #d :End");
    EXPECT_EQ(irc.client.snapshot(kRoom)->members.size(), 3U);
    EXPECT_EQ(irc.client.snapshot(RoomId("#d%irc.test"))->members.size(), 1U);
    EXPECT_EQ(irc.client.identity().nick, "me");
}

}  // namespace
}  // namespace causeway::irc
