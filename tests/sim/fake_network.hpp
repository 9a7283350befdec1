#pragma once
/// @file tests/sim/fake_network.hpp
/// NAME       FakeNetwork: far servers with sessions that come and go, which take messages, refuse, doubt, submit and report.
/// INVARIANTS Every send() is answered once, by its deadline, unless the gateway dies first. What is taken is taken before
///            the answer. A message reported as failed has failed in all its tries.
#include <map>
#include <set>

#include "tests/sim/judge.hpp"

namespace causeway::sim {

/// What the world's parts tell the gateway; nothing happens while it is dead.
class Gateway {
public:
    virtual ~Gateway() = default;
    [[nodiscard]] virtual bool alive() const noexcept = 0;
    virtual void sent(std::int64_t sequence, Result<adapter::SendOutcome> outcome) = 0;
    virtual void report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                        std::optional<Error> error) = 0;
    virtual void session(const AccountId& account, const EndpointId& endpoint, bool up) = 0;
    virtual void bounced(std::int64_t sequence, model::Notice notice, bool for_now) = 0;
    virtual void link(bool up, bool stream_error) = 0;
    virtual void dies(const char* why) = 0;
};

class FakeNetwork {
public:
    FakeNetwork(const Plan& plan, Timeline& time, Chance& chance, Judge& judge, const Trace& trace)
        : plan_(plan), time_(time), chance_(chance), judge_(judge), trace_(trace) {}
    void serve(Gateway& gateway) noexcept { gateway_ = &gateway; }

    void send(store::MessageRow row);
    void want_session(const AccountId& account, const EndpointId& endpoint);
    void lose_a_session();
    void lose_sessions_of(const AccountId& account);
    void lose_sessions_to(const EndpointId& endpoint);
    void crash();

private:
    enum class Fate : std::uint8_t { accept, refuse, later, disconnected, doubt_taken, doubt_lost, submit };
    using Where = std::pair<AccountId, EndpointId>;
    struct Session {
        bool up = false;
        bool coming = false;
        std::uint64_t number = 0;
    };
    struct Try {
        store::MessageRow row;
        Fate fate = Fate::accept;
        bool taken = false;
    };

    [[nodiscard]] bool calm() const noexcept { return time_.elapsed() >= plan_.quiet_at; }
    [[nodiscard]] bool may_be_up(const Where& where) const;
    void come_up(const Where& where, Millis patience);
    void go_down(const Where& where);
    [[nodiscard]] Fate fate_of(const store::MessageRow& row);
    void take(std::uint64_t number);
    void answer(std::uint64_t number);
    [[nodiscard]] Result<adapter::SendOutcome> outcome_of(const Try& one);
    void finish(std::uint64_t number, Result<adapter::SendOutcome> outcome);
    void plan_reports(const Try& one);
    void report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage, Millis after);
    void no_session(const store::MessageRow& row);

    const Plan& plan_;
    Timeline& time_;
    Chance& chance_;
    Judge& judge_;
    const Trace& trace_;
    Gateway* gateway_ = nullptr;
    std::map<Where, Session> sessions_;
    std::map<std::uint64_t, Try> tries_;
    std::uint64_t numbers_ = 0;
    std::uint64_t life_ = 0;
};

}  // namespace causeway::sim
