#pragma once
/// @file legacy-adapters/loopback/script.hpp
/// NAME       Script: what the far side of a durable loopback does with a message, by who it is for. Pure.
/// WHY        Tests of delivery need a network that refuses, doubts, keeps silent and reports, on order and every time.
/// TRUST      The text of a script is the tester's; what cannot be read is refused with its line.
/// TESTS      tests/unit/loopback/script_test.cpp
///
/// A line is `CONTACT DEED [COUNT]`, where a `*` ends a CONTACT that stands for all that begin so; the first that fits
/// counts. What no line speaks of goes by the contact's name alone: `refuse…`, `busyK…`, `doubt-lost…`, and so on are
/// deeds themselves, and everyone else accepts. `down` alone: the network is not there. `drop N`: connections that were
/// made under another N end. `#` begins a remark.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/adapter/adapter.hpp"

namespace causeway::loopback {

enum class Deed : std::uint8_t {
    accept,         ///< taken, and said so
    refuse,         ///< refused for good
    busy,           ///< refused for now COUNT times, then taken
    doubt,          ///< taken, but the connection is lost before it is said
    doubt_lost,     ///< not taken, and the connection is lost
    silent,         ///< taken, and nothing is said
    silent_lost,    ///< not taken, and nothing is said
    report,         ///< taken and submitted; a report of delivery follows
    report_failed,  ///< taken and submitted; a report of failure follows
    seen,           ///< taken; reports of delivery and of display follow
    poison,         ///< not taken: the program that says it dies, where that is switched on
};

struct Rule {
    std::string contact;  ///< `bob`, or `bo*`
    Deed deed = Deed::accept;
    std::uint32_t count = 1;

    friend bool operator==(const Rule&, const Rule&) = default;
};

/// What happens to one message.
struct Verdict {
    enum class Answer : std::uint8_t { accepted, submitted, error, silence, crash };
    bool taken = true;  ///< it is with the far side, whatever is said about it
    Answer answer = Answer::accepted;
    Error error{};                                  ///< of Answer::error
    std::vector<adapter::DeliveryStage> reports{};  ///< what follows, in order

    friend bool operator==(const Verdict& a, const Verdict& b) {
        return a.taken == b.taken && a.answer == b.answer && a.reports == b.reports &&
               a.error.code == b.error.code && a.error.retry == b.error.retry &&
               a.error.ambiguous == b.error.ambiguous && a.error.retry_after == b.error.retry_after;
    }
};

/// What the network is like besides.
struct Manners {
    bool delivery_reports = false;  ///< everyone who accepts reports delivery later
    bool poison = false;            ///< Deed::poison kills; else it accepts
    Millis retry_after{0};          ///< the hint that goes with "busy"; 0 = none
};

class Script {
public:
    /// @return bad_input; its detail names the line
    [[nodiscard]] static Result<Script> parse(std::string_view text);

    [[nodiscard]] Rule rule_for(std::string_view contact) const;
    [[nodiscard]] bool is_down() const noexcept { return down_; }
    [[nodiscard]] std::uint32_t drops() const noexcept { return drops_; }

private:
    [[nodiscard]] bool read_line(std::string_view line);

    std::vector<Rule> rules_;
    bool down_ = false;
    std::uint32_t drops_ = 0;
};

/// @param earlier how often this message has been refused for now
[[nodiscard]] Verdict judge(const Rule& rule, std::uint32_t earlier, const Manners& manners);

}  // namespace causeway::loopback
