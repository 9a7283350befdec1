#include "gateway/base/time.hpp"

#include <algorithm>
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
    std::string out((bytes.size() * 8 + 4) / 5, '\0');
    auto* at = out.data();
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8) | byte;
        held += 8;
        while (held >= 5) {
            held -= 5;
            *at++ = kBase32[(bits >> held) & 31];
        }
    }
    if (held != 0) *at = kBase32[(bits << (5 - held)) & 31];
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
    std::array<std::uint8_t, 64> few{};
    if (bytes <= few.size()) {
        const auto random = std::span(few).first(bytes);
        fill(random);
        return base32(random);
    }
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
    const auto generate = [](std::span<std::uint8_t> into) {
        CAUSEWAY_ASSERT(RAND_bytes(into.data(), static_cast<int>(into.size())) == 1);
    };
    if (bytes.empty()) return;
    if (bytes.size() > stock_.size() / 4) return generate(bytes);
    if (left_ < bytes.size()) {
        generate(stock_);
        left_ = stock_.size();
    }
    const auto taken = std::span(stock_).last(left_).first(bytes.size());
    std::ranges::copy(taken, bytes.begin());
    std::ranges::fill(taken, std::uint8_t{0});
    left_ -= bytes.size();
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
