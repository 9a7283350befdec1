/// @file tests/bench/driver.cpp
/// NAME       bench_driver: plays both far sides, starts the program under test and prints figures as JSON.
/// USE        bench_driver --xmpp-port P --irc-port P [--sessions N] … -- PROGRAM ARGUMENTS…
/// WHY        One process for both sides, so that one clock measures a message's way.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/phases.hpp"

namespace causeway::bench {
namespace {

constexpr const char* kUsage =
    "usage: bench_driver [option value]... -- program [argument]...\n"
    "  --xmpp-port P --irc-port P   where the program under test connects to\n"
    "  --component JID              default irc.bench.test\n"
    "  --irc-server NAME            what follows '%' in addresses, default irc.bench.test\n"
    "  --sessions N                 users, each with a connection and a channel, default 1\n"
    "  --echo yes|no                IRCv3 echo-message, default no\n"
    "  --members N                  in each channel besides the user, default 4\n"
    "  --window N                   messages in flight, default 64\n"
    "  --count N --seconds S        bounds of each load\n"
    "  --idle S                     seconds of looking at the idle program\n"
    "  --plan LIST                  of x2i,i2x,latency,idle; default all\n"
    "  --start S                    seconds that coming up and joining may take, default 60\n";

/// What is done, in this order, whatever the order on the command line.
class Plan {
public:
    Plan(const std::map<std::string, std::string>& options, Bench& bench)
        : options_(options), bench_(bench) {}

    bool run() {
        const Seconds start(number("start", 60));
        if (!bench_.start(start)) {
            std::fputs("bench_driver: the program under test did not connect\n", stderr);
            return false;
        }
        const auto connected = bench_.join_all(start);
        out_ << "{\"joined\": " << connected.joined << ", \"join_s\": " << connected.seconds
             << ", \"join_cpu_ms\": " << connected.cpu_ms_per_join
             << ", \"rss_kib\": " << connected.rss_kib_before
             << ", \"rss_kib_session\": " << connected.rss_kib_per_session;
        if (wanted("idle")) out_ << ", \"idle\": " << bench_.idle(Seconds(number("idle", 10)));
        for (const auto& [name, direction] :
             {std::pair{"x2i", Direction::x2i}, std::pair{"i2x", Direction::i2x}}) {
            if (wanted(name)) throughput(name, direction);
            if (wanted(name) && wanted("latency")) {
                latency(name, direction, 200);
                latency(name, direction, 1000);
            }
        }
        std::puts((out_.str() + "}").c_str());
        return connected.joined > 0;
    }

private:
    void throughput(const std::string& name, Direction direction) {
        const auto count = static_cast<std::uint32_t>(number("count", 50'000));
        const Seconds limit(number("seconds", 10));
        // Caches, pools and the far sides' buffers reach their size before anything counts.
        static_cast<void>(bench_.run({.direction = direction, .count = count / 10 + 1, .limit = limit}));
        print(name, bench_.run({.direction = direction, .count = count, .limit = limit}));
    }

    void latency(const std::string& name, Direction direction, double per_second) {
        const double seconds = number("seconds", 10);
        const auto count = static_cast<std::uint32_t>(per_second * seconds);
        print(name + "_" + std::to_string(static_cast<int>(per_second)),
              bench_.run({.direction = direction,
                          .per_second = per_second,
                          .count = count,
                          .limit = Seconds(seconds + 1)}));
    }

    void print(const std::string& name, const Figures& figures) {
        out_ << ", \"" << name << "\": {\"done\": " << figures.done << ", \"missing\": " << figures.missing
             << ", \"per_s\": " << figures.per_second << ", \"cpu_us\": " << figures.cpu_us
             << ", \"p50_us\": " << figures.p50_us << ", \"p99_us\": " << figures.p99_us << "}";
    }

    [[nodiscard]] double number(const std::string& key, double otherwise) const {
        const auto found = options_.find(key);
        return found == options_.end() ? otherwise : std::stod(found->second);
    }
    [[nodiscard]] bool wanted(const std::string& phase) const {
        const auto found = options_.find("plan");
        return found == options_.end() ||
               ("," + found->second + ",").find("," + phase + ",") != std::string::npos;
    }

    const std::map<std::string, std::string>& options_;
    Bench& bench_;
    std::ostringstream out_;
};

Settings settings(const std::map<std::string, std::string>& options, std::vector<std::string> command) {
    const auto text = [&](const char* key, const char* otherwise) {
        const auto found = options.find(key);
        return found == options.end() ? std::string(otherwise) : found->second;
    };
    return {.xmpp_port = static_cast<std::uint16_t>(std::stoul(text("xmpp-port", "5347"))),
            .irc_port = static_cast<std::uint16_t>(std::stoul(text("irc-port", "6667"))),
            .names = {.component = text("component", "irc.bench.test"),
                      .irc_server = text("irc-server", "irc.bench.test")},
            .echo = text("echo", "no") == "yes" ? EchoMessage::yes : EchoMessage::no,
            .sessions = static_cast<std::uint32_t>(std::stoul(text("sessions", "1"))),
            .members = static_cast<std::uint32_t>(std::stoul(text("members", "4"))),
            .window = static_cast<std::uint32_t>(std::stoul(text("window", "64"))),
            .command = std::move(command)};
}

int run(const std::vector<std::string>& words) {
    std::map<std::string, std::string> options;
    std::size_t at = 1;
    for (; at + 1 < words.size() && words[at] != "--"; at += 2) {
        if (!words[at].starts_with("--")) break;
        options[words[at].substr(2)] = words[at + 1];
    }
    if (at + 1 >= words.size() || words[at] != "--") {
        std::fputs(kUsage, stderr);
        return 2;
    }
    raise_descriptor_limit();
    pin_to_cpu(1);
    Bench bench(settings(options, {words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()}));
    return Plan(options, bench).run() ? 0 : 1;
}

}  // namespace
}  // namespace causeway::bench

int main(int argc, char** argv) {
    try {
        return causeway::bench::run({argv, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_driver: %s\n", error.what());
        return 1;
    }
}
