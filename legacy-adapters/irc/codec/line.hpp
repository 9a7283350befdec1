#pragma once
/// @file legacy-adapters/irc/codec/line.hpp
/// NAME       LineBuffer: bytes of a connection into lines.
/// INVARIANTS Every byte is looked at once. At most kMaxLine bytes of an unfinished line are kept; of a longer
///            one the beginning is given out and the rest skipped. An empty buffer owns no memory.
/// TRUST      Every byte comes from a stranger.
/// TESTS      tests/unit/irc/line_test.cpp, tests/fuzz/fuzz_irc_line.cpp
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::irc {

class LineBuffer {
public:
    /// IRCv3 tags (8191 bytes and a space), and far more body than the protocol's 510, since servers with
    /// LINELEN and bouncers send more.
    static constexpr std::size_t kMaxLine = 8192 + 8192;

    void feed(std::string_view bytes) { buffer_.append(bytes); }

    /// The next line without its end (CRLF, LF; further CRs at the end are dropped too). Empty lines are not
    /// given out. The view lives until the next call of feed() or next().
    [[nodiscard]] std::optional<std::string_view> next();

private:
    [[nodiscard]] bool skip_rest_of_line();
    void compact();

    std::string buffer_;
    std::size_t start_ = 0;    ///< where the line under work begins
    std::size_t scanned_ = 0;  ///< up to here there is no LF
    bool skipping_ = false;    ///< inside the tail of a line that was cut
};

}  // namespace causeway::irc
