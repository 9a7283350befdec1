#pragma once
/// @file legacy-adapters/irc/outbox.hpp
/// NAME       Outbox: lines on their way to the server, no faster than servers bear.
/// WHY        Servers kill clients that flood. A token bucket (burst, then a rate) keeps below their limits; what
///            keeps the connection alive (PING, PONG, registration) does not wait. Sans-IO.
/// TESTS      tests/unit/irc/outbox_test.cpp
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace causeway::irc {

struct FloodLimits {
    double burst = 10;            ///< lines at once after a pause
    double lines_per_second = 2;  ///< afterwards; 0 = no limit
};

/// Names a line whose writing somebody wants to know of; 0 = nobody.
using LineTag = std::uint64_t;

class Outbox {
public:
    explicit Outbox(FloodLimits limits) : limits_(limits), tokens_(limits.burst) {}

    void write(std::string line, LineTag tag = 0) { waiting_.push_back({std::move(line), tag, {}}); }
    void write_now(std::string_view line) { urgent_ += line; }

    struct Taken {
        std::string bytes;
        std::vector<LineTag> tags;   ///< in order, without zeroes
        std::vector<Millis> waited;  ///< of lines that had to wait
        std::size_t lines = 0;
    };
    /// What may be written at `now`.
    [[nodiscard]] Taken take(SteadyTime now);
    /// When take() will give more; nothing if no line waits for a token.
    [[nodiscard]] std::optional<SteadyTime> next_at() const;
    /// Takes a line back that has not been written. @return whether it was there
    bool withdraw(LineTag tag);

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty() && urgent_.empty(); }
    [[nodiscard]] std::size_t backlog() const noexcept { return waiting_.size(); }

private:
    struct Line {
        std::string text;
        LineTag tag;
        std::optional<SteadyTime> since;  ///< first refused for want of a token
    };

    void refill(SteadyTime now);

    FloodLimits limits_;
    double tokens_;
    std::optional<SteadyTime> refilled_;
    std::vector<Line> waiting_;  ///< no deque: an empty one costs 600 bytes, and there are thousands
    std::string urgent_;
};

}  // namespace causeway::irc
