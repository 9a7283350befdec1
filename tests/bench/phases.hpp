#pragma once
/// @file tests/bench/phases.hpp
/// NAME       Bench: one program under test between the two sides, and what is done to it.
/// INVARIANTS Everything is bounded in count and in time; what did not arrive is counted, never waited for.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/irc_side.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/poller.hpp"
#include "tests/bench/xmpp_side.hpp"

namespace causeway::bench {

using Seconds = std::chrono::duration<double>;

struct Settings {
    std::uint16_t xmpp_port = 0;
    std::uint16_t irc_port = 0;
    XmppSide::Names names;
    EchoMessage echo = EchoMessage::no;
    std::uint32_t sessions = 1;
    std::uint32_t members = 4;  ///< in each channel besides the user
    std::uint32_t window = 64;  ///< messages in flight where the rate is not fixed
    std::vector<std::string> command;
};

/// x2i: XMPP to IRC. A message is done when IRC has it and its reflection has come back. i2x: the other way.
enum class Direction { x2i, i2x };

struct Load {
    Direction direction = Direction::x2i;
    double per_second = 0;  ///< 0: as fast as the window lets
    std::uint32_t count = 0;
    Seconds limit{10};
};

struct Figures {
    std::uint32_t done = 0;
    std::uint32_t missing = 0;
    double per_second = 0;
    double cpu_us = 0;  ///< CPU time of the subject per message
    double p50_us = 0;
    double p99_us = 0;
};

struct Connected {
    std::uint32_t joined = 0;
    double seconds = 0;
    double cpu_ms_per_join = 0;
    double rss_kib_before = 0;
    double rss_kib_per_session = 0;
};

class Bench {
public:
    explicit Bench(Settings settings);
    /// Lets the subject say its goodbyes: programs that wait for them are not hung up on.
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    /// @return false if the subject did not come up
    [[nodiscard]] bool start(Seconds limit);
    [[nodiscard]] Connected join_all(Seconds limit);
    [[nodiscard]] Figures run(Load load);
    /// @return the share of one CPU that the subject uses with nothing to do
    [[nodiscard]] double idle(Seconds duration);

private:
    struct InFlight {
        SteadyTime sent;
        std::uint8_t halves_missing = 0;
    };

    void arrived_on_irc(std::uint32_t sequence);
    void arrived_on_xmpp(std::uint32_t sequence);
    void half_done(std::uint32_t sequence);
    void take_time(const InFlight& message);
    void send_next();
    void show_error(std::string_view stanza);

    Settings settings_;
    Poller poller_;
    XmppSide xmpp_;
    IrcSide irc_;
    std::unique_ptr<Subject> subject_;
    bool lost_ = false;
    std::uint32_t joined_ = 0;
    std::uint32_t errors_ = 0;

    Load load_;
    std::uint32_t first_ = 0;  ///< sequence number of the present load's first message
    std::uint32_t next_ = 0;   ///< never used twice in a run
    std::uint32_t done_ = 0;
    std::vector<InFlight> in_flight_;
    std::vector<double> latencies_us_;
};

}  // namespace causeway::bench
