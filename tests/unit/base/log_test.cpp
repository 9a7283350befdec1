#include "gateway/base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::log {
namespace {

using namespace std::string_literals;

constexpr Message kLost{"CAUSEWAY_TEST_LOST", Level::warning, "link lost"};
constexpr Message kDetail{"CAUSEWAY_TEST_DETAIL", Level::debug, "a detail"};

std::string text(std::string value) {
    const Field fields[] = {{"why", std::move(value)}};
    return render(kLost, fields, Format::text);
}

std::string json(std::string value) {
    const Field fields[] = {{"why", std::move(value)}};
    return render(kLost, fields, Format::json);
}

TEST(Log, TextLine) {
    const Field fields[] = {
        {"network", "libera"}, {"tries", 3}, {"detail", "no route to host"}, {"empty", ""}};
    EXPECT_EQ(
        render(kLost, fields, Format::text),
        R"(warning CAUSEWAY_TEST_LOST link lost network=libera tries=3 detail="no route to host" empty="")");
}

TEST(Log, JsonLine) {
    const Field fields[] = {{"network", "libera"}, {"tries", 3}};
    EXPECT_EQ(
        render(kLost, fields, Format::json),
        R"({"level":"warning","event":"CAUSEWAY_TEST_LOST","message":"link lost","network":"libera","tries":"3"})");
}

TEST(Log, NoValueCanForgeALineOrAField) {
    EXPECT_EQ(text("a\nerror CAUSEWAY_FORGED x"),
              R"(warning CAUSEWAY_TEST_LOST link lost why="a\nerror CAUSEWAY_FORGED x")");
    EXPECT_EQ(text("a\" b=c"), R"(warning CAUSEWAY_TEST_LOST link lost why="a\" b=c")");
    EXPECT_EQ(text("a=b"), R"(warning CAUSEWAY_TEST_LOST link lost why="a=b")");
    EXPECT_EQ(text("back\\slash"), R"(warning CAUSEWAY_TEST_LOST link lost why="back\\slash")");
    EXPECT_THAT(json("\"},{\"\n"), testing::EndsWith(R"("why":"\"},{\"\n"})"));
}

TEST(Log, NothingInALineBreaksItOrDrivesATerminal) {
    // CR, ESC, NUL, DEL, NEL, CSI, line and paragraph separator, right-to-left override
    for (const std::string& value : {"\r"s, "\x1B[2J"s, "\0"s, "\x7F"s, "\xC2\x85"s, "\xC2\x9B"s,
                                     "\xE2\x80\xA8"s, "\xE2\x80\xA9"s, "\xE2\x80\xAE"s}) {
        for (const std::string& line : {text(value), json(value)}) {
            EXPECT_THAT(line, testing::HasSubstr("\\u"));
            EXPECT_EQ(line.find(value), std::string::npos) << line;
        }
    }
    EXPECT_THAT(text("\r"), testing::EndsWith(R"(why="\u000d")"));
    EXPECT_THAT(text("\xFF"), testing::EndsWith("why=\"\xEF\xBF\xBD\""));
    EXPECT_THAT(text("Ünï"), testing::EndsWith("why=\"Ünï\""));
}

TEST(Log, SinkWritesWhatIsAtOrAboveItsLevel) {
    StderrSink sink(Level::info, Format::text);
    const Log log(sink);
    testing::internal::CaptureStderr();
    log.event(kDetail);
    log.event(kLost, {{"n", 1}});
    sink.set_level(Level::debug);
    log.event(kDetail);
    const std::string out = testing::internal::GetCapturedStderr();
    EXPECT_THAT(out, testing::MatchesRegex("[0-9T:.-]+Z warning CAUSEWAY_TEST_LOST link lost n=1\n"
                                           "[0-9T:.-]+Z debug CAUSEWAY_TEST_DETAIL a detail\n"));
}

TEST(Log, JsonSinkPutsTheTimeInside) {
    StderrSink sink(Level::info, Format::json);
    testing::internal::CaptureStderr();
    Log(sink).event(kLost, {{"percent", "%v %%"}});
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                testing::MatchesRegex(
                    "\\{\"time\":\"[0-9T:.-]+Z\",\"level\":\"warning\",.*\"percent\":\"%v %%\"\\}\n"));
}

TEST(Log, PersonsAreTenLettersStableWithinOneProcessOnly) {
    const StderrSink one(Level::info, Format::text);
    const StderrSink two(Level::info, Format::text);
    EXPECT_THAT(one.person("romeo@example.org"), testing::MatchesRegex("[a-z]+"));
    EXPECT_EQ(one.person("romeo@example.org").size(), 10U);
    EXPECT_EQ(one.person("romeo@example.org"), one.person("romeo@example.org"));
    EXPECT_NE(one.person("romeo@example.org"), one.person("juliet@example.org"));
    EXPECT_NE(one.person("romeo@example.org"), two.person("romeo@example.org"));
}

TEST(Log, WithoutASinkNothingHappens) {
    const Log nowhere;
    nowhere.event(kLost);
    EXPECT_FALSE(nowhere.enabled(Level::error));
    EXPECT_EQ(nowhere.person("romeo@example.org"), "");
}

}  // namespace
}  // namespace causeway::log
