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
    /// For what may wait for as long as anything else has something to say, such as looking for presence.
    void write_at_leisure(std::string line) { leisurely_.push_back(std::move(line)); }
    /// Puts `line` in the place of one that has not been written. @return whether there was one
    bool replace(LineTag tag, std::string_view line);

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

    [[nodiscard]] bool empty() const noexcept { return idle() && urgent_.empty(); }
    /// Nothing waits for its turn.
    [[nodiscard]] bool idle() const noexcept { return waiting_.empty() && leisurely_.empty(); }
    [[nodiscard]] std::size_t backlog() const noexcept { return waiting_.size(); }
    /// True when the server makes us answer without ever reading the answers.
    [[nodiscard]] bool overflows() const noexcept { return urgent_.size() > kMaxUrgent; }

    static constexpr std::size_t kMaxUrgent = 64 * 1024;  ///< bytes

private:
    struct Line {
        std::string text;
        LineTag tag;
        std::optional<SteadyTime> since;  ///< first refused for want of a token
    };

    void refill(SteadyTime now);
    void take_waiting(SteadyTime now, Taken& taken);
    void take_leisurely(Taken& taken);
    [[nodiscard]] bool limited() const noexcept { return limits_.lines_per_second > 0; }
    /// Tokens that must be there for a line at leisure: user's words find one left.
    [[nodiscard]] double leisure_price() const noexcept { return limits_.burst < 2 ? 1 : 2; }

    FloodLimits limits_;
    double tokens_;
    std::optional<SteadyTime> refilled_;
    std::vector<Line> waiting_;  ///< no deque: an empty one costs 600 bytes, and there are thousands
    std::vector<std::string> leisurely_;
    std::string urgent_;
};

}  // namespace causeway::irc
