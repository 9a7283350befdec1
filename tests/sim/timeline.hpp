#pragma once
/// @file tests/sim/timeline.hpp
/// NAME       Chance, Timeline, Violation, Trace: what every part of a simulated world shares.
/// INVARIANTS One seed, one history: nothing here or in its users reads a real clock, a real generator, or an address.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "gateway/base/time.hpp"

namespace causeway::sim {

/// A promise was broken.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// splitmix64: small, quick, the same everywhere.
class Chance final : public Random {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> bytes) noexcept override {
        for (auto& byte : bytes) {
            if (left_ == 0) {
                stock_ = next();
                left_ = 8;
            }
            byte = static_cast<std::uint8_t>(stock_);
            stock_ >>= 8U;
            --left_;
        }
    }
    [[nodiscard]] std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    [[nodiscard]] bool percent(unsigned of_hundred) noexcept { return next() % 100 < of_hundred; }
    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
        return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
    }
    [[nodiscard]] Millis millis(std::int64_t least, std::int64_t most) noexcept {
        return Millis{between(least, most)};
    }
    template <class T>
    [[nodiscard]] T pick(std::initializer_list<T> of) noexcept {
        return *(of.begin() + next() % of.size());
    }

private:
    std::uint64_t state_;
    std::uint64_t stock_ = 0;
    unsigned left_ = 0;
};

class Timeline final : public Clock {
public:
    using Action = std::move_only_function<void()>;

    [[nodiscard]] SteadyTime steady() const noexcept override { return now_; }
    [[nodiscard]] WallTime wall() const noexcept override {
        return WallTime{Millis{1'790'000'000'000} + wall_shift_ +
                        std::chrono::floor<Millis>(now_.time_since_epoch())};
    }
    /// The wall clock is set.
    void shift_wall(Millis by) noexcept { wall_shift_ += by; }

    /// At equal times: first asked, first done.
    void at(SteadyTime when, Action action) {
        heap_.push_back({std::max(when, now_), ++asked_, std::move(action)});
        std::ranges::push_heap(heap_, later);
    }
    void in(Millis delay, Action action) { at(now_ + delay, std::move(action)); }
    /// @return false: nothing is left to happen
    bool step() {
        if (heap_.empty()) return false;
        std::ranges::pop_heap(heap_, later);
        auto next = std::move(heap_.back());
        heap_.pop_back();
        now_ = next.when;
        ++steps_;
        next.action();
        return true;
    }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    [[nodiscard]] Millis elapsed() const noexcept {
        return std::chrono::floor<Millis>(now_.time_since_epoch());
    }

private:
    struct Event {
        SteadyTime when;
        std::uint64_t number = 0;
        Action action;
    };
    static bool later(const Event& a, const Event& b) noexcept {
        return a.when != b.when ? a.when > b.when : a.number > b.number;
    }

    SteadyTime now_{};
    Millis wall_shift_{0};
    std::uint64_t asked_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Event> heap_;
};

/// What happened, for people: only where a single seed is replayed.
class Trace {
public:
    Trace(bool on, const Timeline& time) : on_(on), time_(time) {}
    template <class... Args>
    void operator()(fmt::format_string<Args...> format, Args&&... args) const {
        if (!on_) return;
        fmt::print("{:>10.3f}  {}\n", static_cast<double>(time_.elapsed().count()) / 1000.0,
                   fmt::format(format, std::forward<Args>(args)...));
    }

private:
    bool on_;
    const Timeline& time_;
};

/// Whether the bug of this name has been planted (--plant NAME).
[[nodiscard]] bool planted(std::string_view name) noexcept;

}  // namespace causeway::sim
