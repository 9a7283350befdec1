#include "gateway/translate/texts.hpp"

#include <set>

#include <gtest/gtest.h>

namespace causeway::translate {
namespace {

std::size_t places(std::string_view text) {
    std::size_t count = 0;
    for (auto at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", at + 2)) ++count;
    return count;
}

TEST(Texts, AreChosenByTheFirstPartOfTheLanguage) {
    EXPECT_EQ(text(language_of("de-AT"), "Rooms"), "Räume");
    EXPECT_EQ(text(language_of("ZH"), "Rooms"), "房间");
    EXPECT_EQ(text(language_of("en"), "Rooms"), "Rooms");
    EXPECT_EQ(text(language_of(""), "Rooms"), "Rooms");
    EXPECT_EQ(text(language_of("del"), "Rooms"), "Rooms");
}

TEST(Texts, WhatIsNotTranslatedIsEnglish) {
    EXPECT_EQ(text(Language::german, "never heard of"), "never heard of");
}

TEST(Texts, EveryTranslationIsThereAndTakesTheSameValues) {
    std::set<std::string_view> keys;
    for (const auto& each : all_texts()) {
        EXPECT_TRUE(keys.insert(each.english).second) << each.english;
        EXPECT_FALSE(each.german.empty() || each.chinese.empty()) << each.english;
        EXPECT_EQ(places(each.german), places(each.english)) << each.english;
        EXPECT_EQ(places(each.chinese), places(each.english)) << each.english;
    }
}

TEST(Texts, ValuesAreFilledInAndNeverTakenForPlaces) {
    EXPECT_EQ(fill("{} and {}.", {"{}", "b"}), "{} and b.");
    EXPECT_EQ(fill("none", {"a"}), "none");
}

}  // namespace
}  // namespace causeway::translate
