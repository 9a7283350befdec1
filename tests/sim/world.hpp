#pragma once
/// @file tests/sim/world.hpp
/// NAME       World: one seed's gateway with its store, its network, its XMPP server, its users, operators and accidents.
/// WHY        The two halves of the ledger are pure: here they meet every order of events that a seed can think of.
#include <memory>
#include <optional>

#include "tests/sim/fake_network.hpp"
#include "tests/sim/fake_server.hpp"
#include "tests/sim/fake_store.hpp"

namespace causeway::sim {

class World final : private Gateway, private delivery::Port {
public:
    World(std::uint64_t seed, bool trace);
    ~World() override;
    /// Lives until nothing moves any more, then is judged. Throws a Violation.
    void run();
    [[nodiscard]] std::uint64_t steps() const noexcept { return time_.steps(); }

private:
    // Gateway
    [[nodiscard]] bool alive() const noexcept override { return to_network_ != nullptr; }
    void sent(std::int64_t sequence, Result<adapter::SendOutcome> outcome) override;
    void report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                std::optional<Error> error) override;
    void session(const AccountId& account, const EndpointId& endpoint, bool up) override;
    void bounced(std::int64_t sequence, model::Notice notice, bool for_now) override;
    void link(bool up, bool stream_error) override;
    void dies(const char* why) override;

    // Port
    void commit(store::Batch batch, Committed done) override;
    void fetch(std::vector<std::int64_t> sequences, Fetched done) override;
    void fetch_of_key(AccountId account, MessageKey key, Fetched done) override;
    void want_session(const AccountId& account, const EndpointId& endpoint) override;
    void send(store::MessageRow row) override;
    void notice_kept(std::int64_t sequence, model::Notice notice) override;
    Result<> write(const store::MessageRow& row, bool again) override;
    Result<> write_notice(const store::MessageRow& row, model::Notice notice) override;
    void barrier(Committed done) override;
    void moved(model::Direction direction, model::State from, model::State to) noexcept override;
    void remark(std::int64_t sequence, model::State state, const Error& why) noexcept override;

    void start();
    void arm();
    void tick();
    void plan_life();
    void say(const Saying& saying, int tries);
    void said(const Saying& saying, int tries, const Result<>& result);
    void tell(std::size_t index);
    void operate();
    void store_failed();
    [[nodiscard]] bool forgotten(const AccountId& account) const;

    Timeline time_;
    Trace trace_;
    Chance chance_;
    Chance dice_;  ///< of the gateway
    Plan plan_;
    Judge judge_;
    FakeStore store_;
    FakeNetwork network_;
    FakeServer server_;
    std::unique_ptr<delivery::ToNetwork> to_network_;
    std::unique_ptr<delivery::ToXmpp> to_xmpp_;
    std::int64_t sequence_ = 0;
    std::uint64_t life_ = 0;
    SteadyTime armed_for_ = SteadyTime::max();
    std::vector<bool> told_;  ///< tellings that the gateway has taken
    std::int64_t second_ = 0;
    int ticks_in_second_ = 0;
    bool deaf_ = false;  ///< the link is closed because the store failed
};

}  // namespace causeway::sim
