/// @file tests/bench/ledger_driver.cpp
/// NAME       bench_ledger: the XMPP server and all its users for `tests/bench/run ledger`; prints figures as JSON.
/// USE        bench_ledger --port P --plan talk|flood|listen [--users N] [--life ID] [--window N] [--count N] [--rate R] [--seconds S]
///              talk    says `count` things to a durable network, `window` without a receipt at most; counts receipts
///              flood   says them and waits for nothing: the network is away
///              listen  counts what the network says
///            A line on standard input begins it, once "ready" was printed; another one ends `flood`.
/// WHY        Receipts come after the ledger's last commit of a message: what is measured is the whole durable way.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/xmpp_side.hpp"

namespace causeway::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

Clock::time_point after(Seconds wait) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(wait);
}

class Options {
public:
    explicit Options(const std::vector<std::string>& words) {
        for (std::size_t at = 1; at + 1 < words.size(); at += 2) values_[words[at]] = words[at + 1];
    }
    [[nodiscard]] double number(const std::string& key, double otherwise) const {
        const auto found = values_.find("--" + key);
        return found == values_.end() ? otherwise : std::stod(found->second);
    }
    [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise) const {
        const auto found = values_.find("--" + key);
        return found == values_.end() ? otherwise : found->second;
    }

private:
    std::map<std::string, std::string> values_;
};

class LedgerBench {
public:
    explicit LedgerBench(const Options& options)
        : component_(options.text("component", "net.bench.test")),
          users_(static_cast<std::uint32_t>(options.number("users", 50))),
          window_(static_cast<std::uint32_t>(options.number("window", 512))),
          count_(static_cast<std::uint32_t>(options.number("count", 20'000))),
          rate_(options.number("rate", 0)),
          limit_(options.number("seconds", 60)),
          xmpp_(poller_, static_cast<std::uint16_t>(options.number("port", 5347)),
                {component_, component_, options.text("life", "1")},
                {.joined = [](std::uint32_t) {},
                 .message = [this](std::uint32_t) { arrived(); },
                 .receipt = [this](std::uint32_t sequence) { receipt(sequence); },
                 .error = [this](std::string_view stanza) { refused(stanza); },
                 .lost = [this] { lost_ = true; }}),
          said_at_(count_) {}

    int run(const std::string& plan) {
        const auto give_up = after(Seconds(60));
        while (!xmpp_.ready() && Clock::now() < give_up) turn(give_up);
        if (!xmpp_.ready()) return 1;
        say_and_wait("ready");
        begun_ = last_ = Clock::now();
        const auto end = after(Seconds(limit_));
        if (plan == "listen") {
            while (done_ < count_ && Clock::now() < end && !lost_) turn(end);
        } else {
            talk(end, plan == "talk");
        }
        if (plan == "flood") say_and_wait("said");
        print();
        return 0;
    }

private:
    void turn(Clock::time_point until) {
        poller_.turn(std::min(until, Clock::now() + std::chrono::milliseconds(100)));
    }

    /// Meanwhile the link is served: the gateway's pings want answers.
    void say_and_wait(const char* word) {
        std::puts(word);
        std::fflush(stdout);
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        while (!lost_ && ::poll(&input, 1, 0) == 0) turn(Clock::now() + std::chrono::milliseconds(10));
        std::string line;
        std::getline(std::cin, line);
    }

    void talk(Clock::time_point end, bool waits) {
        while ((waits ? done_ : said_) < count_ && Clock::now() < end && !lost_) {
            const auto due = rate_ > 0
                                 ? static_cast<std::uint32_t>(Seconds(Clock::now() - begun_).count() * rate_)
                                 : count_;
            for (auto burst = 0; burst < 64 && said_ < std::min(due, count_); ++burst) {
                if (waits && said_ - done_ >= window_) break;
                said_at_[said_] = Clock::now();
                xmpp_.tell(said_ % users_, said_);
                ++said_;
            }
            poller_.turn(Clock::now() + std::chrono::microseconds(
                                            rate_ > 0 || (waits && said_ - done_ >= window_) ? 500 : 0));
        }
    }

    void arrived() {
        ++done_;
        last_ = Clock::now();
    }
    void receipt(std::uint32_t sequence) {
        if (sequence < count_) waits_.push_back(Seconds(Clock::now() - said_at_[sequence]).count());
        arrived();
    }
    void refused(std::string_view stanza) {
        if (errors_++ == 0) std::cerr << "bench_ledger: " << stanza << '\n';
    }

    void print() {
        const auto seconds = Seconds(last_ - begun_).count();
        std::cout << "{\"said\": " << said_ << ", \"done\": " << done_ << ", \"errors\": " << errors_
                  << ", \"lost\": " << (lost_ ? "true" : "false") << ", \"seconds\": " << seconds
                  << ", \"per_s\": " << (seconds > 0 ? done_ / seconds : 0)
                  << ", \"p50_ms\": " << 1000 * percentile(waits_, 0.5)
                  << ", \"p99_ms\": " << 1000 * percentile(waits_, 0.99) << "}" << std::endl;
    }

    std::string component_;
    std::uint32_t users_;
    std::uint32_t window_;
    std::uint32_t count_;
    double rate_;
    double limit_;
    Poller poller_;
    XmppSide xmpp_;
    std::vector<Clock::time_point> said_at_;
    std::vector<double> waits_;
    Clock::time_point begun_;
    Clock::time_point last_;
    std::uint32_t said_ = 0;
    std::uint32_t done_ = 0;
    std::uint32_t errors_ = 0;
    bool lost_ = false;
};

}  // namespace
}  // namespace causeway::bench

int main(int count, char** words) {
    try {
        const causeway::bench::Options options({words, words + count});
        return causeway::bench::LedgerBench(options).run(options.text("plan", "talk"));
    } catch (const std::exception& error) {
        std::cerr << "bench_ledger: " << error.what() << '\n';
        return 1;
    }
}
