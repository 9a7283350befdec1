#pragma once
/// @file gateway/delivery/to_network.hpp
/// NAME       ToNetwork: durable messages on their way to a network: scheduler, retries, doubt, lifetimes. Pure: no I/O.
/// WHY        A message that was kept is sent once the intent is on disk, and its outcome is on disk before anybody is told.
/// INVARIANTS Never two tries of one message at once. One destination (endpoint) has at most `most_under_way` messages under
///            way; users take turns there. With keeps_order a conversation has at most one, and the next waits for its outcome.
///            What is ambiguous is never sent again by itself unless the network's rules say so.
///            In memory a waiting message is 24 bytes; its text stays in the store until its turn.
/// TESTS      tests/unit/gateway/to_network_test.cpp, tests/sim
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/delivery/lanes.hpp"
#include "gateway/delivery/message_state.hpp"
#include "gateway/delivery/port.hpp"

namespace causeway::delivery {

/// What a network declares, and how patient the gateway is with it.
struct Rules {
    bool keeps_order = false;
    bool idempotent = false;
    adapter::OnDoubt on_doubt = adapter::OnDoubt::hold;
    bool confirms = false;            ///< accept_ack: a receipt on acceptance, unless it reports delivery
    bool reports = false;             ///< delivery_report: a receipt on delivery
    std::size_t most_under_way = 16;  ///< per destination: as many may be doubtful after a crash
    Millis send_timeout{30'000};
    Millis first_retry{5'000};
    Millis longest_retry{3'600'000};
    Millis lifetime{3 * 24 * 3'600'000};
    Millis warn_after{15 * 60'000};
    std::uint32_t most_losses = 3;   ///< crashes with it under way before it is set aside
    std::size_t most_cached = 2048;  ///< rows of fresh messages kept in memory
};
[[nodiscard]] Rules rules_of(const adapter::NetworkInfo& info);

class ToNetwork {
public:
    using Taken = std::move_only_function<void(Result<>)>;

    ToNetwork(Rules rules, Port& port, const Clock& clock, Random& random);
    ~ToNetwork();
    ToNetwork(const ToNetwork&) = delete;
    ToNetwork& operator=(const ToNetwork&) = delete;

    // ---- at start, before anything else: what the store holds, in order
    void restore(const store::OpenMessage& message);
    /// Everything has been restored: sessions are asked for.
    void restored();

    // ---- messages
    /// Keeps a message. `row` has its sequence, account, endpoint, conversation, key, text and addresses; the rest is set here.
    /// @param taken after the commit: ok, conflict (a repeat; its sender is told again what was told) or storage
    void accept(store::MessageRow row, Taken taken);
    void sent(std::int64_t sequence, Result<adapter::SendOutcome> outcome);
    /// News of the network about a message it has; it may be about none of ours.
    void report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                std::optional<Error> error);

    // ---- sessions
    void session_up(const AccountId& account, const EndpointId& endpoint);
    void session_down(const AccountId& account, const EndpointId& endpoint);
    /// The account is gone: what waits for it is given up.
    void forget(const AccountId& account);

    // ---- operators
    /// Once more from the start. @param done conflict: it is under way, done, or its text is gone; bad_input: no such message
    void release(std::int64_t sequence, Taken done);
    /// Gives it up. @param done as above
    void cancel(std::int64_t sequence, Taken done);

    // ---- time
    /// Does what is due.
    void tick();
    /// When tick() has something to do next; max(): never.
    [[nodiscard]] SteadyTime next_tick() const;

    /// The age of the oldest that waits or is under way; what is in doubt does neither. Looks at every lane.
    [[nodiscard]] std::optional<Millis> longest_wait();
    [[nodiscard]] std::size_t waiting() const noexcept { return lanes_.size() + deferred_.size(); }
    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_.size(); }

private:
    struct UnderWay {
        Lane* lane = nullptr;
        Entry entry;
        bool wants_receipt = false;
        bool reported = false;  ///< the network has said what became of it, and its answer is still to come
    };
    /// A message that has been put off. Where order is kept it stands in its lane, and blocks it, until it is due.
    struct Deferred {
        SteadyTime due;
        Entry entry;
        Lane* lane = nullptr;
    };
    /// Taken by the network without a last word, or doubtful: only time or a report ends it.
    struct Unresolved {
        State state = State::ambiguous;
        SteadyTime expires;
    };
    /// A move under commit.
    struct Change {
        store::MoveMessage move;
        Step step = Step::kept;
        int tries = 0;
        std::move_only_function<void(Result<>)>
            then;  ///< after the commit, or once it is clear that it cannot be
    };

    // to_network.cpp: taking, sending, outcomes
    void kept(store::MessageRow row, Lane& lane);
    void pump(Destination& destination);
    void pump_all();
    void begin(Lane& lane, Entry entry);
    void fetch_begun();
    void commit_intent(store::MessageRow row);
    enum class Begun : std::uint8_t { no, yes };
    void put_back(std::int64_t sequence, Begun begun);
    void settle_failure(UnderWay& way, const Error& error);
    void defer(UnderWay& way, const Error& error);
    void scheduled(Lane& lane, Entry entry, SteadyTime due);
    void restore_sending(Lane& lane, Entry entry);
    void free_place(Lane& lane, int feedback);
    void ask_for_session(Channel& channel);
    // moves.cpp: changes of state on their way into the store
    void advance(Change change);
    void advanced(Change change, const Result<>& result);
    void advance_as_found(Change change);
    void retry_stuck();
    void give_up(const Entry& entry, Step step, model::Notice notice, std::string reason);
    void outlived(const Entry& entry, std::string reason);
    void doubt(std::int64_t sequence, SteadyTime expires, std::string reason);
    void repeat(const AccountId& account, const MessageKey& key);
    void report_found(const store::MessageRow& row, model::DeliveryStage stage,
                      const std::optional<Error>& error);
    // to_network_operators.cpp
    void release_found(const store::MessageRow& row, Taken done);
    void cancel_found(const store::MessageRow& row, Taken done);
    /// @return it, if it waited
    std::optional<Entry> take_from_lane(const store::MessageRow& row);
    std::optional<Entry> take_from_deferred(std::int64_t sequence);
    // moves.cpp: time
    void take_due();
    void sweep();
    void sweep_lane(Lane& lane, SteadyTime now);
    void warn(Entry& entry);
    [[nodiscard]] SteadyTime expiry(WallTime accepted) const;
    [[nodiscard]] Millis retry_delay(const Error& error, std::uint16_t attempts);
    [[nodiscard]] Millis sweep_interval() const noexcept;
    [[nodiscard]] bool may_resend(std::uint32_t attempts) const noexcept;
    [[nodiscard]] bool may_have_arrived(State state, std::uint32_t attempts,
                                        std::uint32_t losses) const noexcept;
    [[nodiscard]] model::Notice receipt(State state, const store::MessageRow& row) const noexcept;
    [[nodiscard]] model::Notice told_of(const store::MessageRow& row) const noexcept;
    [[nodiscard]] model::Notice receipt_on_acceptance(bool wanted) const noexcept;

    Rules rules_;
    Port& port_;
    const Clock& clock_;
    Random& random_;
    Lanes lanes_;
    std::unordered_map<std::int64_t, UnderWay> under_way_;
    std::unordered_map<std::int64_t, store::MessageRow> cached_;
    std::unordered_map<std::int64_t, Unresolved> unresolved_;
    std::vector<Deferred> deferred_;  ///< a heap: what is due first is in front
    std::vector<std::int64_t> to_fetch_;
    std::vector<Change> stuck_;  ///< could not be committed: tried again until they are
    std::vector<std::move_only_function<void()>>
        unheard_;                  ///< reports that came while the store did not answer
    std::vector<AccountId> gone_;  ///< forgotten before all was restored
    std::size_t restoring_ =
        0;  ///< were under way at the end of the last life, and the store does not say otherwise yet
    bool starved_ = false;  ///< the store did not answer: what was begun waits again
    SteadyTime next_sweep_;
    SteadyTime next_retry_ = SteadyTime::max();  ///< of what is stuck or starved
};

}  // namespace causeway::delivery
