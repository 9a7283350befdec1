#pragma once
/// @file tests/sim/fake_server.hpp
/// NAME       FakeServer: an XMPP server at the other end of the component stream.
/// INVARIANTS Takes stanzas in order, loops barriers, and stores what it took some seconds later: less than the grace, so that a
///            kill loses only what is younger. A poison stanza ends the stream with an error. It may send stanzas back.
#include <map>
#include <vector>

#include "tests/sim/fake_network.hpp"

namespace causeway::sim {

class FakeServer {
public:
    using Committed = delivery::Port::Committed;

    FakeServer(const Plan& plan, Timeline& time, Chance& chance, Judge& judge, const Trace& trace)
        : plan_(plan), time_(time), chance_(chance), judge_(judge), trace_(trace) {}
    void serve(Gateway& gateway) noexcept { gateway_ = &gateway; }
    /// Whether the gateway wants a link at the moment.
    void link_wanted(std::function<bool()> wanted) { wanted_ = std::move(wanted); }

    [[nodiscard]] Result<> write(const store::MessageRow& row, bool again);
    [[nodiscard]] Result<> write_notice(const store::MessageRow& row, model::Notice notice);
    void barrier(Committed done);

    [[nodiscard]] bool up() const noexcept { return up_; }
    void connect();
    void lose_link(bool stream_error);
    void kill();
    void gateway_died();

private:
    struct Stanza {
        std::int64_t sequence = 0;
        model::Notice notice = model::Notice::none;
        bool poison = false;
        unsigned bounces = 0;
        bool refused = false;
    };
    void transmit(Stanza stanza);
    void arrived(const Stanza& stanza);
    void send_back(const Stanza& stanza, bool for_now);
    void fail_barriers();
    [[nodiscard]] SteadyTime next_arrival();

    const Plan& plan_;
    Timeline& time_;
    Chance& chance_;
    Judge& judge_;
    const Trace& trace_;
    Gateway* gateway_ = nullptr;
    std::function<bool()> wanted_;
    bool up_ = false;
    bool connecting_ = false;
    std::uint64_t stream_ = 0;
    std::uint64_t incarnation_ = 0;
    std::uint64_t gateway_lives_ = 0;
    SteadyTime last_arrival_{};
    std::map<std::uint64_t, Committed> barriers_;
    std::uint64_t barrier_numbers_ = 0;
    std::map<std::string, unsigned> bounced_;
};

}  // namespace causeway::sim
