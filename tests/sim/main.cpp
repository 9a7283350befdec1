// sim: lives through the worlds of many seeds, or of one with a trace.
//   sim --seeds FROM COUNT [--plant NAME]     sim --seed N [-v] [--plant NAME]     sim --default [--long]
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "tests/sim/world.hpp"

namespace causeway::sim {
namespace {

// The planted bug and the seed under way, for planted() and for what is said when an assertion ends the process.
std::string g_plant;       // NOLINT
std::uint64_t g_seed = 0;  // NOLINT

struct Wish {
    std::uint64_t from = 1;
    std::uint64_t count = 10'000;
    bool verbose = false;
    bool survey = false;  ///< go on after a violation, and count them
};

std::string violation_line(std::uint64_t seed, std::string_view what) {
    const auto plant = g_plant.empty() ? std::string{} : " --plant " + g_plant;
    return fmt::format("seed {} violates {}; replay: build/dev/tests/sim/sim{} --seed {} -v{}\n", seed, what,
                       g_plant.empty() ? "" : "_planted", seed, plant);
}

extern "C" void on_abort(int) {
    const auto line = violation_line(g_seed, "\"no broken belief\" (an assertion)");
    static_cast<void>(!write(STDOUT_FILENO, line.data(), line.size()));
    _exit(1);
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        fmt::print(stderr, "not a number: {}\n", text);
        std::exit(2);
    }
    return value;
}

Wish read(const std::vector<std::string_view>& words) {
    Wish wish;
    if (const char* const count = std::getenv("SIM_SEEDS")) wish.count = number(count);
    const auto next = [&](std::size_t& i) { return ++i < words.size() ? words[i] : std::string_view("?"); };
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--seeds") {
            wish.from = number(next(i));
            wish.count = number(next(i));
        } else if (words[i] == "--seed") {
            wish.from = number(next(i));
            wish.count = 1;
        } else if (words[i] == "--plant") {
            g_plant = next(i);
        } else if (words[i] == "--long") {
            wish.count = 1'000'000;
        } else if (words[i] == "--survey") {
            wish.survey = true;
        } else if (words[i] == "-v") {
            wish.verbose = true;
        } else {
            fmt::print(
                stderr,
                "usage: sim [--seeds FROM COUNT [--survey] | --seed N [-v] | --long] [--plant NAME]\n");
            std::exit(2);
        }
    }
    return wish;
}

int run(const Wish& wish) {
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t steps = 0;
    std::map<std::string, std::pair<std::uint64_t, std::string>> kinds;
    for (g_seed = wish.from; g_seed < wish.from + wish.count; ++g_seed) {
        try {
            World world(g_seed, wish.verbose);
            world.run();
            steps += world.steps();
        } catch (const Violation& violation) {
            const std::string what = violation.what();
            auto& [count, first] = kinds[what.substr(0, what.rfind('('))];
            if (count++ == 0) first = violation_line(g_seed, what);
            if (!wish.survey) break;
        }
    }
    for (const auto& [what, seen] : kinds) {
        if (wish.survey) fmt::print("{:>6} x ", seen.first);
        fmt::print("{}", seen.second);
    }
    if (!kinds.empty()) return 1;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    fmt::print("{} seeds, 0 violations, {} steps, {:.1f} s, {:.0f} seeds/s\n", wish.count, steps,
               took.count(), static_cast<double>(wish.count) / took.count());
    return 0;
}

}  // namespace

bool planted(std::string_view name) noexcept {
    return !g_plant.empty() && g_plant == name;
}

}  // namespace causeway::sim

int main(int argc, char** argv) {
    std::signal(SIGABRT, causeway::sim::on_abort);
    return causeway::sim::run(causeway::sim::read({argv + 1, argv + argc}));
}
