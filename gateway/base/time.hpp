#pragma once
/// @file gateway/base/time.hpp
/// NAME       Clock, Random: time and chance as things that are passed in.
/// WHY        Nothing in the house reads a global clock or generator, so every state machine can be replayed.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace causeway {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual SteadyTime steady() const noexcept = 0;
    [[nodiscard]] virtual WallTime wall() const noexcept = 0;
};

class Random {
public:
    virtual ~Random() = default;
    /// Cryptographically strong bytes (production); a seeded sequence (tests).
    virtual void fill(std::span<std::uint8_t> bytes) noexcept = 0;

    /// Uniform in [0, bound); bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;
    /// Lower-case base32 token of `bytes` random bytes, fit for ids that others must not guess.
    [[nodiscard]] std::string token(std::size_t bytes = 10);
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] SteadyTime steady() const noexcept override;
    [[nodiscard]] WallTime wall() const noexcept override;
};

/// OpenSSL's generator, asked for some hundred bytes at a time: one call costs as much as a whole message otherwise.
/// What has been given out is wiped. @threads one at a time
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) noexcept override;

private:
    std::array<std::uint8_t, 4096> stock_{};
    std::size_t left_ = 0;  ///< unused bytes, at the end of the stock
};

/// `2026-11-21T03:04:05Z` (XEP-0082, UTC, whole seconds).
[[nodiscard]] std::string format_utc(WallTime time);

}  // namespace causeway
