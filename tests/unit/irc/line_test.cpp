#include "legacy-adapters/irc/codec/line.hpp"

#include <gtest/gtest.h>

namespace causeway::irc {
namespace {

std::vector<std::string> lines_of(LineBuffer& buffer, std::string_view bytes) {
    buffer.feed(bytes);
    std::vector<std::string> lines;
    while (const auto line = buffer.next()) lines.emplace_back(*line);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(LineBuffer, SplitsAtCrlfAndAtBareLf) {
    LineBuffer buffer;
    EXPECT_EQ(lines_of(buffer, "one\r\ntwo\nthree\r\r\n"), (Lines{"one", "two", "three"}));
}

TEST(LineBuffer, KeepsWhatIsNotFinished) {
    LineBuffer buffer;
    EXPECT_EQ(lines_of(buffer, "PI"), Lines{});
    EXPECT_EQ(lines_of(buffer, "NG :a\r"), Lines{});
    EXPECT_EQ(lines_of(buffer, "\nPO"), Lines{"PING :a"});
    EXPECT_EQ(lines_of(buffer, "NG\n"), Lines{"PONG"});
}

TEST(LineBuffer, GivesNoEmptyLines) {
    LineBuffer buffer;
    EXPECT_EQ(lines_of(buffer, "\r\n\n\r\r\na\n"), Lines{"a"});
}

TEST(LineBuffer, CutsAnEndlessLineAndSkipsItsRest) {
    LineBuffer buffer;
    const std::string chunk(4096, 'x');
    std::size_t given = 0;
    for (int i = 0; i < 4096; ++i) {  // 16 MB
        for (const auto& line : lines_of(buffer, chunk)) {
            EXPECT_EQ(line.size(), LineBuffer::kMaxLine);
            ++given;
        }
    }
    EXPECT_EQ(given, 1U);
    EXPECT_EQ(lines_of(buffer, "tail\r\nnext\r\n"), Lines{"next"});
}

TEST(LineBuffer, TakesALineOfExactlyTheLimit) {
    LineBuffer buffer;
    const std::string longest(LineBuffer::kMaxLine, 'x');
    EXPECT_EQ(lines_of(buffer, longest + "\nb\n"), (Lines{longest, "b"}));
}

TEST(LineBuffer, SameLinesHoweverTheBytesArrive) {
    const std::string bytes = "@a=b :n!u@h PRIVMSG #c :x\r\nPING :1\n\n:s 001 me :hi\r\n";
    LineBuffer whole;
    const auto expected = lines_of(whole, bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        LineBuffer buffer;
        auto lines = lines_of(buffer, std::string_view(bytes).substr(0, cut));
        for (auto& line : lines_of(buffer, std::string_view(bytes).substr(cut)))
            lines.push_back(std::move(line));
        EXPECT_EQ(lines, expected) << "cut at " << cut;
    }
}

}  // namespace
}  // namespace causeway::irc
