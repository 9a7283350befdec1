#include "tests/bench/phases.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace causeway::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t kJoinsInFlight = 100;

SteadyTime in(Seconds duration) {
    return steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(duration);
}
double microseconds(steady_clock::duration duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

}  // namespace

Bench::Bench(Settings settings)
    : settings_(std::move(settings)),
      xmpp_(poller_, settings_.xmpp_port, settings_.names,
            {.joined = [this](std::uint32_t) { ++joined_; },
             .message = [this](std::uint32_t sequence) { arrived_on_xmpp(sequence); },
             .error = [this](std::string_view stanza) { show_error(stanza); },
             .lost = [this] { lost_ = true; }}),
      irc_(poller_, settings_.irc_port, settings_.echo, settings_.members,
           [this](std::uint32_t sequence) { arrived_on_irc(sequence); }) {}

Bench::~Bench() {
    if (!subject_) return;
    subject_->terminate();
    const auto deadline = in(Seconds(20));
    while (subject_->alive() && steady_clock::now() < deadline) poller_.turn(in(Seconds(0.02)));
}

bool Bench::start(Seconds limit) {
    subject_ = std::make_unique<Subject>(settings_.command);
    const auto deadline = in(limit);
    while (!xmpp_.ready() && subject_->alive() && steady_clock::now() < deadline)
        poller_.turn(in(Seconds(0.1)));
    return xmpp_.ready();
}

Connected Bench::join_all(Seconds limit) {
    Connected result;
    result.rss_kib_before = static_cast<double>(subject_->rss_kib());
    const auto cpu = subject_->cpu();
    const auto began = steady_clock::now();
    const auto deadline = in(limit);
    std::uint32_t asked = 0;
    while (joined_ < settings_.sessions && !lost_ && steady_clock::now() < deadline) {
        while (asked < settings_.sessions && asked - std::min(asked, joined_) < kJoinsInFlight)
            xmpp_.join(asked++);
        poller_.turn(in(Seconds(0.1)));
    }
    result.joined = joined_;
    result.seconds = Seconds(steady_clock::now() - began).count();
    const auto joined = std::max(1.0, static_cast<double>(joined_));
    result.cpu_ms_per_join = microseconds(subject_->cpu() - cpu) / 1000 / joined;
    result.rss_kib_per_session = (static_cast<double>(subject_->rss_kib()) - result.rss_kib_before) / joined;
    return result;
}

Figures Bench::run(Load load) {
    load_ = load;
    first_ = next_;
    done_ = 0;
    in_flight_.assign(load.count, {});
    latencies_us_.clear();
    latencies_us_.reserve(load.count);

    const auto cpu = subject_->cpu();
    const auto began = steady_clock::now();
    const auto deadline = began + std::chrono::duration_cast<steady_clock::duration>(load.limit);
    const Seconds gap(load.per_second > 0 ? 1 / load.per_second : 0);
    bool sending = true;
    for (auto now = began;
         !lost_ && (sending || done_ < next_ - first_) && now < deadline + std::chrono::seconds(5);
         now = steady_clock::now()) {
        const auto sent = next_ - first_;
        sending = sent < load.count && now < deadline;
        auto wake = std::min(deadline, now + std::chrono::milliseconds(100));
        if (load.per_second > 0) {
            const auto due = began + std::chrono::duration_cast<steady_clock::duration>(gap * sent);
            if (sending && now >= due) send_next();
            if (sending) wake = std::min(wake, std::max(due, now));
        } else {
            while (sending && next_ - first_ - done_ < settings_.window && next_ - first_ < load.count)
                send_next();
        }
        poller_.turn(std::max(wake, now));
    }

    Figures result{.done = done_, .missing = next_ - first_ - done_};
    const auto messages = std::max(1.0, static_cast<double>(done_));
    result.per_second = messages / Seconds(steady_clock::now() - began).count();
    result.cpu_us = microseconds(subject_->cpu() - cpu) / messages;
    result.p50_us = percentile(latencies_us_, 0.50);
    result.p99_us = percentile(latencies_us_, 0.99);
    return result;
}

double Bench::idle(Seconds duration) {
    const auto settle = in(Seconds(1));
    while (steady_clock::now() < settle) poller_.turn(settle);
    const auto cpu = subject_->cpu();
    const auto end = in(duration);
    while (steady_clock::now() < end) poller_.turn(end);
    return Seconds(subject_->cpu() - cpu).count() / duration.count();
}

void Bench::send_next() {
    const auto sequence = next_++;
    const auto user = sequence % settings_.sessions;
    const bool outward = load_.direction == Direction::x2i;
    in_flight_[sequence - first_] = {.sent = steady_clock::now(),
                                     .halves_missing = static_cast<std::uint8_t>(outward ? 2 : 1)};
    if (outward) {
        xmpp_.say(user, sequence);
    } else {
        irc_.say(user, sequence);
    }
}

void Bench::arrived_on_irc(std::uint32_t sequence) {
    if (sequence < first_ || sequence >= next_) return;
    if (load_.direction == Direction::x2i) take_time(in_flight_[sequence - first_]);
    half_done(sequence);
}

void Bench::arrived_on_xmpp(std::uint32_t sequence) {
    if (sequence < first_ || sequence >= next_) return;
    if (load_.direction == Direction::i2x) take_time(in_flight_[sequence - first_]);
    half_done(sequence);
}

void Bench::take_time(const InFlight& message) {
    latencies_us_.push_back(microseconds(steady_clock::now() - message.sent));
}

void Bench::half_done(std::uint32_t sequence) {
    auto& missing = in_flight_[sequence - first_].halves_missing;
    if (missing == 0) return;  // a repeat
    if (--missing == 0) ++done_;
}

void Bench::show_error(std::string_view stanza) {
    if (errors_++ > 2) return;
    std::fprintf(stderr, "bench_driver: %.*s\n", static_cast<int>(stanza.size()), stanza.data());
}

}  // namespace causeway::bench
