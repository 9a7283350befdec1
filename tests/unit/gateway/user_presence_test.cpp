#include "gateway/presence/user_presence.hpp"

#include <gtest/gtest.h>

namespace causeway::presence {
namespace {

using model::Availability;

const UserId kUser{"romeo@home.test"};

model::Presence presence(Availability show, std::string status = {}) {
    return {.show = show, .status = std::move(status)};
}

// covers: GW-LOG-010
TEST(UserPresence, TheLastResourceThatGoesTakesTheUserOffline) {
    UserPresence users;
    EXPECT_TRUE(users.update(kUser, "a", presence(Availability::online), 0).came_online());
    EXPECT_FALSE(users.update(kUser, "b", presence(Availability::online), 0).any());
    EXPECT_FALSE(users.remove(kUser, "a").went_offline());
    EXPECT_TRUE(users.remove(kUser, "b").went_offline());
    EXPECT_EQ(users.merged(kUser), model::Presence{});
}

// covers: GW-LOG-010
TEST(UserPresence, ShowsTheResourceThatIsReachedBest) {
    UserPresence users;
    users.update(kUser, "dnd", presence(Availability::busy), 0);
    users.update(kUser, "xa", presence(Availability::extended_away), 0);
    EXPECT_EQ(users.merged(kUser).show, Availability::extended_away);
    users.update(kUser, "away", presence(Availability::away), 0);
    users.update(kUser, "here", presence(Availability::online), 0);
    users.update(kUser, "chat", presence(Availability::chat), 0);
    EXPECT_EQ(users.merged(kUser).show, Availability::chat);
    users.remove(kUser, "chat");
    EXPECT_EQ(users.merged(kUser).show, Availability::online);
    users.remove(kUser, "here");
    EXPECT_EQ(users.merged(kUser).show, Availability::away);
}

TEST(UserPresence, PriorityDecidesBetweenEquals) {
    UserPresence users;
    users.update(kUser, "a", presence(Availability::away, "low"), 1);
    users.update(kUser, "b", presence(Availability::away, "high"), 5);
    users.update(kUser, "c", presence(Availability::away, "lower"), 0);
    EXPECT_EQ(users.merged(kUser).status, "high");
}

// covers: GW-LOG-010
TEST(UserPresence, ANegativePriorityIsOnlineAllTheSame) {
    UserPresence users;
    EXPECT_TRUE(users.update(kUser, "a", presence(Availability::online), -5).came_online());
    EXPECT_EQ(users.resources(kUser), std::vector<std::string>{"a"});
}

TEST(UserPresence, UnavailableFromTheBareAddressSpeaksForAll) {
    UserPresence users;
    users.update(kUser, "a", presence(Availability::online), 0);
    users.update(kUser, "b", presence(Availability::online), 0);
    EXPECT_TRUE(users.remove(kUser, "").went_offline());
    EXPECT_FALSE(users.remove(kUser, "").any());
}

TEST(UserPresence, WhatIsNotHeardOfAgainAfterALostLinkIsGone) {
    UserPresence users;
    users.update(kUser, "stays", presence(Availability::away), 0);
    users.update(kUser, "goes", presence(Availability::chat), 0);
    users.doubt_all();
    EXPECT_EQ(users.merged(kUser).show, Availability::chat) << "doubt alone changes nothing";
    users.update(kUser, "stays", presence(Availability::away), 0);
    const auto change = users.sweep(kUser);
    EXPECT_EQ(change.before.show, Availability::chat);
    EXPECT_EQ(change.after.show, Availability::away);
    users.doubt_all();
    EXPECT_TRUE(users.sweep(kUser).went_offline());
    EXPECT_FALSE(users.sweep(kUser).any());
}

}  // namespace
}  // namespace causeway::presence
