#include "tests/sim/fake_store.hpp"

#include <algorithm>

#include "tests/sim/judge.hpp"

namespace causeway::sim {

void FakeStore::commit(store::Batch batch, Committed done) {
    waiting_.push_back({std::move(batch), std::move(done), false});
    if (planted("ack_before_durable") && !fails()) {
        auto& last = waiting_.back();
        last.answered = true;
        answer(std::move(last.done), {});
    }
    plan_flush();
}

void FakeStore::plan_flush() {
    if (std::exchange(flush_planned_, true)) return;
    const bool slow = plan_.on(Fault::store_slow, time_.elapsed());
    time_.in(slow ? chance_.millis(0, 3'000) : chance_.millis(0, 4), [this, life = life_] {
        if (life == life_) flush();
    });
}

void FakeStore::flush() {
    flush_planned_ = false;
    auto group = chance_.percent(80) ? waiting_.size() : static_cast<std::size_t>(chance_.between(1, 3));
    for (; group > 0 && !waiting_.empty(); --group) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        auto result = fails() ? Result<>(fail(Errc::storage, "no space left")) : apply(next.batch);
        if (!next.answered) answer(std::move(next.done), std::move(result));
    }
    if (!waiting_.empty()) plan_flush();
}

void FakeStore::answer(Committed done, Result<> result) {
    last_answer_ = std::max(last_answer_, time_.steady() + chance_.millis(0, chance_.percent(5) ? 500 : 3));
    time_.at(last_answer_,
             [this, life = life_, done = std::move(done), result = std::move(result)]() mutable {
                 if (life == life_) done(std::move(result));
             });
}

void FakeStore::crash() {
    ++life_;
    waiting_.clear();
    flush_planned_ = false;
    last_answer_ = time_.steady();
}

// ------------------------------------------------------------------------------------------------ changes

Result<> FakeStore::apply(const store::Batch& batch) {
    before_.clear();
    for (const auto& change : batch) {
        if (auto result = apply_one(change); !result) {
            for (auto& [sequence, row] : before_) {
                if (row) {
                    rows_[sequence] = std::move(*row);
                } else {
                    const auto& gone = rows_.at(sequence);
                    keys_.erase({gone.account, gone.direction, gone.key});
                    rows_.erase(sequence);
                }
            }
            return result;
        }
    }
    for (const auto& [sequence, row] : before_) judge_.durable(row, rows_.at(sequence));
    return {};
}

void FakeStore::touch(std::int64_t sequence) {
    const auto row = rows_.find(sequence);
    before_.try_emplace(sequence, row == rows_.end() ? std::nullopt : std::optional(row->second));
}

Result<> FakeStore::apply_one(const store::Change& change) {
    if (const auto* put_change = std::get_if<store::PutMessage>(&change)) return put(put_change->row);
    if (const auto* move_change = std::get_if<store::MoveMessage>(&change)) return move(*move_change);
    if (const auto* settled = std::get_if<store::SettleMessages>(&change)) {
        for (const auto sequence : settled->sequences) {
            const auto row = rows_.find(sequence);
            if (row == rows_.end() || row->second.state != model::State::queued ||
                row->second.direction != model::Direction::to_xmpp)
                continue;
            touch(sequence);
            row->second.state = model::State::delivered;
            row->second.text.clear();
        }
    }
    if (const auto* told = std::get_if<store::SettleNotice>(&change)) {
        const auto row = rows_.find(told->sequence);
        if (row == rows_.end() || row->second.notice != told->notice) return {};
        touch(told->sequence);
        row->second.notice = model::Notice::none;
    }
    return {};
}

Result<> FakeStore::put(const store::MessageRow& row) {
    const auto name = std::tuple(row.account, row.direction, row.key);
    if (keys_.contains(name) || rows_.contains(row.sequence))
        return fail(Errc::conflict, "the message is kept already");
    touch(row.sequence);
    rows_.emplace(row.sequence, row);
    keys_.emplace(name, row.sequence);
    last_sequence_ = std::max(last_sequence_, row.sequence);
    return {};
}

Result<> FakeStore::move(const store::MoveMessage& change) {
    const auto found = rows_.find(change.sequence);
    if (found == rows_.end() || found->second.state != change.from)
        return fail(Errc::conflict, "it is in another state");
    touch(change.sequence);
    auto& row = found->second;
    row.state = change.to;
    row.notice = change.notice.value_or(row.notice);
    row.attempts = change.attempts.value_or(row.attempts);
    row.losses = change.losses.value_or(row.losses);
    row.next = change.next.value_or(row.next);
    row.accepted = change.accepted.value_or(row.accepted);
    row.network_ids = change.network_ids.value_or(row.network_ids);
    row.reason = change.reason.value_or(row.reason);
    if (change.forget_text) row.text.clear();
    judge_.durable_move(change);
    return {};
}

// ------------------------------------------------------------------------------------------------ reads

void FakeStore::read(std::move_only_function<std::vector<store::MessageRow>()> what, Fetched done) {
    const bool slow = plan_.on(Fault::store_slow, time_.elapsed());
    time_.in(chance_.millis(0, slow ? 1'000 : 4),
             [this, life = life_, what = std::move(what), done = std::move(done)]() mutable {
                 if (life != life_) return;
                 Result<std::vector<store::MessageRow>> rows = fail(Errc::storage, "cannot be read");
                 if (!fails()) rows = what();
                 time_.in(chance_.millis(0, 4),
                          [this, life, done = std::move(done), rows = std::move(rows)]() mutable {
                              if (life == life_) done(std::move(rows));
                          });
             });
}

void FakeStore::fetch(std::vector<std::int64_t> sequences, Fetched done) {
    std::ranges::sort(sequences);
    const auto again = std::ranges::unique(sequences);
    sequences.erase(again.begin(), again.end());
    read(
        [this, sequences = std::move(sequences)] {
            std::vector<store::MessageRow> found;
            for (const auto sequence : sequences) {
                if (const auto row = rows_.find(sequence); row != rows_.end()) found.push_back(row->second);
            }
            return found;
        },
        std::move(done));
}

void FakeStore::fetch_of_key(AccountId account, MessageKey key, Fetched done) {
    read(
        [this, name = std::tuple(std::move(account), model::Direction::to_network, std::move(key))] {
            std::vector<store::MessageRow> found;
            if (const auto sequence = keys_.find(name); sequence != keys_.end())
                found.push_back(rows_.at(sequence->second));
            return found;
        },
        std::move(done));
}

std::vector<store::OpenMessage> FakeStore::open() const {
    std::vector<store::OpenMessage> open;
    for (const auto& [sequence, row] : rows_) {
        if (store::is_done(row.state) && row.notice == model::Notice::none) continue;
        open.push_back({sequence, row.account, row.direction, row.endpoint, row.conversation, row.state,
                        row.notice, row.attempts, row.losses, row.accepted, row.next});
    }
    return open;
}

}  // namespace causeway::sim
