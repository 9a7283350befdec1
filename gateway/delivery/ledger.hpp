#pragma once
/// @file gateway/delivery/ledger.hpp
/// NAME       Ledger: one network's durable messages, both ways: the pure halves (ToNetwork, ToXmpp) at work on the store,
///            the sessions and the component stream.
/// WHY        XEP-0114 acknowledges nothing, networks acknowledge much: in between, the store decides what is said (DESIGN §5).
/// INVARIANTS Whoever is told "taken" is told so after the commit. Answers of the store reach the halves in order, and never
///            from within a call.
/// TESTS      tests/unit/gateway/ledger_test.cpp, tests/crash, tests/chaos
#include <functional>
#include <memory>
#include <string>

#include "gateway/accounts/supervisor.hpp"
#include "gateway/delivery/to_network.hpp"
#include "gateway/delivery/to_xmpp.hpp"

namespace causeway::delivery {

/// Numbers messages; one for all networks of a store. @threads loop
class Sequence {
public:
    [[nodiscard]] std::int64_t next() noexcept { return ++last_; }
    void at_least(std::int64_t last) noexcept { last_ = std::max(last_, last); }

private:
    std::int64_t last_ = 0;
};

/// How kept messages and notices are written towards XMPP.
class Voice {
public:
    virtual ~Voice() = default;
    /// @return not_connected: later; any other error: never
    virtual Result<> write(const store::MessageRow& row, bool again) = 0;
    virtual Result<> write_notice(const store::MessageRow& row, model::Notice notice) = 0;
    [[nodiscard]] virtual Task<Result<>> barrier(SteadyTime deadline) = 0;
};

class Ledger final : private Port {
public:
    using Taken = ToNetwork::Taken;
    /// Told when a commit has failed: nothing can be kept at the moment.
    using StoreFailed = std::function<void(const Error&)>;

    Ledger(Executor executor, const NetworkName& network, Rules rules, accounts::Accounts& accounts,
           accounts::Supervisor& supervisor, Sequence& sequence, Context context);
    ~Ledger() override;

    /// Before anything else. Both outlive the ledger's work.
    void use(Voice& voice, StoreFailed store_failed);
    /// Reads what the store holds. @return storage
    [[nodiscard]] Task<Result<>> load();
    /// Sessions are asked for, messages go out.
    void start();
    /// No new tries, nothing scheduled any more; what is under commit ends by itself.
    void stop();

    /// A message from a user. Its endpoint, conversation, key, text and addresses are set; the rest is not.
    void accept(store::MessageRow row, Taken taken);
    /// A message from the network: `row` has account, key, addresses, the stanza and the number from next().
    /// @return after the commit, with `along` in it @durable yes
    [[nodiscard]] Task<Result<>> accept_event(store::MessageRow row, store::Batch along);
    [[nodiscard]] std::int64_t next() noexcept { return sequence_.next(); }

    void on_slot_state(const std::shared_ptr<accounts::Slot>& slot);
    void on_report(const accounts::AccountPtr& account, const MessageKey& key, model::DeliveryStage stage,
                   std::optional<Error> error);
    void on_bounce(std::int64_t sequence, model::Notice notice, bool for_now, std::string reason);
    void on_link_up();
    void on_link_down(const Error& why);
    void forget(const AccountId& account);

    /// Once more from the start. @return after the commit; bad_input: no such message; conflict: not now; storage
    [[nodiscard]] Task<Result<>> release(model::Direction direction, std::int64_t sequence);
    /// Gives it up. @return as above
    [[nodiscard]] Task<Result<>> cancel(model::Direction direction, std::int64_t sequence);

    /// What the store holds, by the store's own count: gauges are set to it.
    void counted(const std::vector<store::MessageCount>& counts) noexcept;
    /// Sets the gauges that nobody keeps up while nobody looks.
    void refresh_metrics();

    /// Commits that have not ended: when there are many, the component's stream is not read for a while.
    [[nodiscard]] std::size_t commits_under_way() const noexcept { return commits_; }

private:
    struct Meters;

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

    [[nodiscard]] Task<> run_commit(store::Batch batch, Committed done);
    [[nodiscard]] Task<> run_fetch(std::vector<std::int64_t> sequences, Fetched done);
    [[nodiscard]] Task<> run_fetch_of_key(AccountId account, MessageKey key, Fetched done);
    [[nodiscard]] Task<> run_send(std::shared_ptr<adapter::Session> session, store::MessageRow row);
    [[nodiscard]] Task<> run_barrier(Committed done);
    template <class Half>
    [[nodiscard]] Task<Result<>> ask_operator_move(Half* half, void (Half::*move)(std::int64_t, Taken),
                                                   std::int64_t sequence);
    void arm();

    Executor executor_;
    NetworkName network_;
    Millis send_timeout_;
    accounts::Accounts& accounts_;
    accounts::Supervisor& supervisor_;
    Sequence& sequence_;
    Context context_;
    Voice* voice_ = nullptr;
    StoreFailed store_failed_;
    std::unique_ptr<Meters> meters_;
    ToNetwork to_network_;
    ToXmpp to_xmpp_;
    Timer timer_;
    SteadyTime armed_for_ = SteadyTime::max();
    std::size_t commits_ = 0;
    bool started_ = false;
};

}  // namespace causeway::delivery
