#include "gateway/rooms/doubts.hpp"

#include <gtest/gtest.h>

namespace causeway::rooms {
namespace {

SteadyTime at(int second) {
    return SteadyTime{std::chrono::seconds(second)};
}

TEST(Doubts, WhatTheServerHasTakenIsInNoDoubt) {
    Doubts doubts;
    doubts.note("alice", at(1), at(0));
    doubts.note("bob", at(3), at(2));
    const auto left = doubts.take(at(2));
    ASSERT_EQ(left.size(), 1U);
    EXPECT_TRUE(left.contains("bob"));
    EXPECT_TRUE(doubts.take(at(0)).empty()) << "taken once";
}

TEST(Doubts, AnOwnNameIsRememberedUntilItIsSureToBeKnown) {
    Doubts doubts;
    doubts.note("romeo", at(1), at(0), true);
    doubts.note("romeo", at(2), at(0));
    EXPECT_TRUE(doubts.take(at(0)).at("romeo").was_own);
    doubts.note("romeo", at(3), at(0), true);
    doubts.note("romeo", at(6), at(5));
    EXPECT_FALSE(doubts.take(at(5)).at("romeo").was_own);
}

TEST(Doubts, TheSubjectToo) {
    Doubts doubts;
    EXPECT_FALSE(doubts.take_subject(at(0)));
    doubts.note_subject(at(1));
    EXPECT_FALSE(doubts.take_subject(at(2)));
    doubts.note_subject(at(3));
    EXPECT_TRUE(doubts.take_subject(at(2)));
    EXPECT_FALSE(doubts.take_subject(at(2)));
}

// covers: GW-NF-001
TEST(Doubts, DoNotGrowWithWhatIsLongSettled) {
    Doubts doubts;
    for (int i = 0; i < 10'000; ++i) doubts.note("n" + std::to_string(i), at(i), at(i - 5));
    EXPECT_LE(doubts.size(), 32U);
}

}  // namespace
}  // namespace causeway::rooms
