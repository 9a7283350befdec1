#pragma once
/// @file tests/sim/fake_store.hpp
/// NAME       FakeStore: Store's documented rules for messages, with the disk's bad days.
/// INVARIANTS Commits become durable in order and whole; they are answered later, in order. A crash takes what is not durable,
///            and leaves what is durable but not answered. A read sees what is durable at some time before its answer.
#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "gateway/delivery/port.hpp"
#include "tests/sim/plan.hpp"

namespace causeway::sim {

class Judge;

class FakeStore {
public:
    using Committed = delivery::Port::Committed;
    using Fetched = delivery::Port::Fetched;

    FakeStore(const Plan& plan, Timeline& time, Chance& chance, Judge& judge)
        : plan_(plan), time_(time), chance_(chance), judge_(judge) {}

    void commit(store::Batch batch, Committed done);
    void fetch(std::vector<std::int64_t> sequences, Fetched done);
    void fetch_of_key(AccountId account, MessageKey key, Fetched done);
    void crash();

    [[nodiscard]] bool fails() const { return plan_.on(Fault::store_fails, time_.elapsed()); }
    [[nodiscard]] const std::map<std::int64_t, store::MessageRow>& rows() const noexcept { return rows_; }
    [[nodiscard]] std::int64_t last_sequence() const noexcept { return last_sequence_; }
    [[nodiscard]] std::vector<store::OpenMessage> open() const;

private:
    struct Waiting {
        store::Batch batch;
        Committed done;
        bool answered = false;
    };
    void plan_flush();
    void flush();
    void answer(Committed done, Result<> result);
    void read(std::move_only_function<std::vector<store::MessageRow>()> what, Fetched done);
    [[nodiscard]] Result<> apply(const store::Batch& batch);
    [[nodiscard]] Result<> apply_one(const store::Change& change);
    [[nodiscard]] Result<> put(const store::MessageRow& row);
    [[nodiscard]] Result<> move(const store::MoveMessage& change);
    void touch(std::int64_t sequence);

    const Plan& plan_;
    Timeline& time_;
    Chance& chance_;
    Judge& judge_;
    std::map<std::int64_t, store::MessageRow> rows_;
    std::map<std::tuple<AccountId, model::Direction, MessageKey>, std::int64_t> keys_;
    std::int64_t last_sequence_ = 0;
    std::deque<Waiting> waiting_;
    bool flush_planned_ = false;
    SteadyTime last_answer_{};
    std::uint64_t life_ = 0;
    std::map<std::int64_t, std::optional<store::MessageRow>> before_;  ///< of the batch that is being applied
};

}  // namespace causeway::sim
