#pragma once
/// @file tests/sim/judge.hpp
/// NAME       Judge: knows what really happened everywhere, and holds the gateway's book and words against it.
/// INVARIANTS What it knows of the world comes from the world's parts, never from the gateway.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/plan.hpp"

namespace causeway::sim {

class Judge {
public:
    using Rows = std::map<std::int64_t, store::MessageRow>;

    Judge(const Plan& plan, const Timeline& time, const Trace& trace)
        : plan_(plan), time_(time), trace_(trace) {}
    void look_at(const Rows& rows) noexcept { rows_ = &rows; }

    // ---- the store: something is durable
    void durable_move(const store::MoveMessage& change);
    void durable(const std::optional<store::MessageRow>& before, const store::MessageRow& row);

    // ---- what the gateway does
    void told_kept(model::Direction direction, const AccountId& account, const MessageKey& key);
    void try_begun(const store::MessageRow& row);
    void writes(const store::MessageRow& row, bool again);
    void writes_notice(const store::MessageRow& row, model::Notice notice);
    void crashed();

    // ---- what the network does
    void took(const store::MessageRow& row);
    void try_ended(std::int64_t sequence, const AccountId& account, const MessageKey& key);
    void doubted(const AccountId& account, const MessageKey& key) { sent_[{account, key}].doubted = true; }
    void refused(const AccountId& account, const MessageKey& key) { sent_[{account, key}].refused = true; }
    void asked_to_wait(const AccountId& account, const MessageKey& key, Millis wait);
    void confirmed(const AccountId& account, const MessageKey& key) {
        sent_[{account, key}].confirmed = true;
    }
    void reported(const AccountId& account, const MessageKey& key, model::DeliveryStage stage);
    [[nodiscard]] unsigned takes(const AccountId& account, const MessageKey& key) {
        return sent_[{account, key}].takes;
    }

    // ---- what people do
    void repeated(const AccountId& account, const MessageKey& key);
    void cancelled(const AccountId& account, const MessageKey& key) {
        sent_[{account, key}].cancelled = true;
    }

    // ---- what the server does
    void stream_begins() { written_last_.clear(); }
    void stored(const std::string& id) { stored_.insert(id); }
    void excused(const std::string& id) { excused_.insert(id); }
    [[nodiscard]] bool has_stored(const std::string& id) const { return stored_.contains(id); }

    /// Nothing moves any more: everything must have come to its end.
    void last_judgement();

private:
    using State = model::State;
    using Name = std::pair<AccountId, MessageKey>;
    struct Sent {
        unsigned takes = 0;
        unsigned releases = 0;
        bool doubted = false;    ///< the network said that it might have it, or a crash left that open
        bool confirmed = false;  ///< the network said that it has it
        bool delivered = false;  ///< … that it arrived
        bool displayed = false;
        bool failed = false;     ///< … that it will not
        bool refused = false;    ///< … that it does not take it
        bool cancelled = false;  ///< by an operator
        bool was_ambiguous = false;
        bool unanswered = false;          ///< it was said again, and nothing has been said to that
        unsigned losses = 0;              ///< crashes with it under way
        Millis since{};                   ///< it waits
        SteadyTime not_before{};          ///< the network asked for that
        bool report_lost = false;         ///< a crash came after a report
        std::set<model::Notice> notices;  ///< ever kept
    };

    [[noreturn]] void violated(const std::string& what) const { throw Violation(what); }
    void require(bool condition, const char* promise, std::int64_t sequence) const;
    void durable_to_network(const std::optional<store::MessageRow>& before, const store::MessageRow& row);
    void durable_to_xmpp(const std::optional<store::MessageRow>& before, const store::MessageRow& row);
    void check_network_state(const store::MessageRow& row);
    void check_given_up(const store::MessageRow& row, State before);
    void last_of_network(const store::MessageRow& row);
    void last_of_xmpp(const store::MessageRow& row);
    [[nodiscard]] bool told(std::int64_t sequence, model::Notice notice) const;
    [[nodiscard]] const Telling& telling(const MessageKey& key) const;

    const Plan& plan_;
    const Timeline& time_;
    const Trace& trace_;
    const Rows* rows_ = nullptr;
    std::map<Name, Sent> sent_;
    std::set<std::tuple<model::Direction, AccountId, MessageKey>> kept_;
    std::set<std::int64_t> trying_;
    unsigned crashes_ = 0;
    std::map<EndpointId, std::set<std::int64_t>>
        on_the_way_;  ///< sending in the store, not answered in this life
    std::map<std::tuple<AccountId, EndpointId, std::string>, std::int64_t> last_taken_;
    std::map<AccountId, std::int64_t> written_last_;  ///< on this stream
    std::map<std::int64_t, std::string> first_written_;
    std::set<std::string> stored_;
    std::set<std::string> excused_;
};

[[nodiscard]] std::string id_of(std::int64_t sequence, model::Notice notice);

}  // namespace causeway::sim
