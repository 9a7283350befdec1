#include "gateway/base/time.hpp"

#include <array>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "gateway/base/assert.hpp"

namespace causeway {

namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";

std::string base32(std::span<const std::uint8_t> bytes) {
    std::string out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8) | byte;
        held += 8;
        while (held >= 5) {
            held -= 5;
            out += kBase32[(bits >> held) & 31];
        }
    }
    if (held != 0) out += kBase32[(bits << (5 - held)) & 31];
    return out;
}

}  // namespace

std::uint64_t Random::below(std::uint64_t bound) noexcept {
    CAUSEWAY_ASSERT(bound > 0);
    // Values at or above the largest multiple of `bound` are drawn again: a plain remainder favours small
    // ones.
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t limit = kMax - kMax % bound;
    for (;;) {
        std::array<std::uint8_t, 8> bytes{};
        fill(bytes);
        std::uint64_t value = 0;
        for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
        if (value < limit) return value % bound;
    }
}

std::string Random::token(std::size_t bytes) {
    std::vector<std::uint8_t> random(bytes);
    fill(random);
    return base32(random);
}

SteadyTime SystemClock::steady() const noexcept {
    return std::chrono::steady_clock::now();
}

WallTime SystemClock::wall() const noexcept {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) noexcept {
    // Without randomness no id is safe to hand out: there is nothing sensible to do but stop.
    CAUSEWAY_ASSERT(bytes.empty() || RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

std::string format_utc(WallTime time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace causeway
