// ToNetwork, second part: changes of state on their way into the store, news of the network, and time.
#include <algorithm>

#include "gateway/delivery/to_network.hpp"

namespace causeway::delivery {
namespace {

constexpr Millis kStoreRetry{1'000};
constexpr int kMostTries = 5;
constexpr std::size_t kMostUnheard = 10'000;

Error not_now(std::string detail) {
    return make_error(Errc::conflict, std::move(detail));
}

std::string reason_of(const std::optional<Error>& error) {
    return error ? std::string(to_string(error->code)) + ": " + error->detail : std::string{};
}

}  // namespace

// ------------------------------------------------------------------------------------------------ moves

void ToNetwork::advance(Change change) {
    const auto to = change.step == Step::kept ? change.move.from : after(change.move.from, change.step);
    if (!to) {
        if (change.then) change.then(fail(not_now("cannot be moved by this")));
        return;
    }
    change.move.to = *to;
    change.move.at = clock_.wall();
    store::Batch batch;
    batch.emplace_back(change.move);
    port_.commit(std::move(batch), [this, change = std::move(change)](const Result<>& result) mutable {
        advanced(std::move(change), result);
    });
}

void ToNetwork::advanced(Change change, const Result<>& result) {
    if (!result && result.error().code == Errc::conflict) return advance_as_found(std::move(change));
    if (!result) {
        next_retry_ = std::min(next_retry_, clock_.steady() + kStoreRetry);
        stuck_.push_back(std::move(change));
        return;
    }
    const auto& move = change.move;
    port_.moved(model::Direction::to_network, move.from, move.to);
    const bool given_up = move.to == State::failed || move.to == State::expired ||
                          move.to == State::quarantined || move.to == State::ambiguous;
    if (given_up && move.from != move.to)
        port_.remark(move.sequence, move.to, make_error(Errc::refused, move.reason.value_or("")));
    if (move.notice && *move.notice != model::Notice::none) port_.notice_kept(move.sequence, *move.notice);
    if (change.then) change.then({});
}

/// It is in another state than was thought: a report overtook us. What happened may still be news there.
void ToNetwork::advance_as_found(Change change) {
    if (change.step == Step::kept || ++change.tries > kMostTries) {
        if (change.then) change.then(fail(not_now("it is in another state")));
        return;
    }
    const auto sequence = change.move.sequence;
    port_.fetch({sequence},
                [this, change = std::move(change)](Result<std::vector<store::MessageRow>> rows) mutable {
                    if (!rows) return advanced(std::move(change), fail(rows.error()));
                    if (rows->empty()) {
                        if (change.then) change.then(fail(not_now("it is not there any more")));
                        return;
                    }
                    change.move.from = rows->front().state;
                    advance(std::move(change));
                });
}

void ToNetwork::retry_stuck() {
    starved_ = false;
    next_retry_ = SteadyTime::max();
    for (auto& change : std::exchange(stuck_, {})) advance(std::move(change));
    for (auto& report : std::exchange(unheard_, {})) report();
    pump_all();
}

void ToNetwork::give_up(const Entry& entry, Step step, model::Notice notice, std::string reason) {
    cached_.erase(entry.sequence);
    const auto from = entry.deferred ? State::deferred : State::queued;
    Change change{.move = {.sequence = entry.sequence, .from = from}, .step = step, .then = {}};
    change.move.notice = notice;
    change.move.reason = std::move(reason);
    advance(std::move(change));
}

void ToNetwork::outlived(const Entry& entry, std::string reason) {
    give_up(entry, Step::outlived, entry.doubted ? model::Notice::ambiguous : model::Notice::expired,
            std::move(reason));
}

void ToNetwork::doubt(std::int64_t sequence, SteadyTime expires, std::string reason) {
    unresolved_[sequence] = {State::ambiguous, expires};
    Change change{.move = {.sequence = sequence, .from = State::sending}, .step = Step::doubted, .then = {}};
    change.move.notice = model::Notice::ambiguous;
    change.move.reason = std::move(reason);
    advance(std::move(change));
}

// ------------------------------------------------------------------------------------------------ news

model::Notice ToNetwork::receipt_on_acceptance(bool wanted) const noexcept {
    return wanted && rules_.confirms && !rules_.reports ? model::Notice::receipt : model::Notice::none;
}

model::Notice ToNetwork::receipt(State state, const store::MessageRow& row) const noexcept {
    if (state == State::accepted) return receipt_on_acceptance(row.wants_receipt);
    if (state == State::delivered) return row.wants_receipt ? model::Notice::receipt : model::Notice::none;
    if (state == State::displayed && (row.wants_marker || row.wants_receipt)) return model::Notice::displayed;
    return model::Notice::none;
}

/// What its sender has been told last, as far as it still holds.
model::Notice ToNetwork::told_of(const store::MessageRow& row) const noexcept {
    switch (row.state) {
        case State::failed:
            return model::Notice::failed;
        case State::expired:
            return row.attempts > 0 ? model::Notice::ambiguous : model::Notice::expired;
        case State::ambiguous:
            return model::Notice::ambiguous;
        case State::quarantined:
            return model::Notice::quarantined;
        default:
            return receipt(row.state, row);
    }
}

/// The sender has said it again, because it never saw our answer: it is given once more.
void ToNetwork::repeat(const AccountId& account, const MessageKey& key) {
    port_.fetch_of_key(account, key, [this](Result<std::vector<store::MessageRow>> rows) {
        if (!rows || rows->empty()) return;
        const auto& row = rows->front();
        const auto notice = told_of(row);
        if (notice == model::Notice::none) return;
        if (row.notice == notice)
            return port_.notice_kept(row.sequence, notice);  // on its way still: once more
        if (row.notice != model::Notice::none) return;
        Change change{.move = {.sequence = row.sequence, .from = row.state}, .step = Step::kept, .then = {}};
        change.move.notice = notice;
        advance(std::move(change));
    });
}

void ToNetwork::report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                       std::optional<Error> error) {
    port_.fetch_of_key(
        account, key,
        [this, account, key, stage,
         error = std::move(error)](Result<std::vector<store::MessageRow>> rows) mutable {
            if (rows && rows->empty()) return;  // not ours, or forgotten long ago
            if (rows) return report_found(rows->front(), stage, error);
            if (unheard_.size() >= kMostUnheard)
                return port_.remark(0, State::accepted, make_error(Errc::storage, "a report was lost"));
            next_retry_ = std::min(next_retry_, clock_.steady() + kStoreRetry);
            unheard_.emplace_back([this, account, key, stage, error = std::move(error)]() mutable {
                report(account, key, stage, std::move(error));
            });
        });
}

void ToNetwork::report_found(const store::MessageRow& row, model::DeliveryStage stage,
                             const std::optional<Error>& error) {
    using enum model::DeliveryStage;
    const auto step = stage == accepted    ? Step::accepted
                      : stage == delivered ? Step::delivered
                      : stage == displayed ? Step::displayed
                                           : Step::refused;
    const auto to = after(row.state, step);
    if (!to) return;
    // Of several tries it is the earlier one that failed: the one under way has an answer of its own.
    const bool first_try = row.attempts == 1 && row.state == State::sending;
    if (step == Step::refused && under_way_.contains(row.sequence) && !first_try) return;
    // A refusal told again is of a try before an operator's release.
    if (step == Step::refused && row.state == State::queued) return;
    unresolved_.erase(row.sequence);
    if (const auto way = under_way_.find(row.sequence); way != under_way_.end()) way->second.reported = true;
    if (row.state == State::deferred || row.state == State::queued) take_from_lane(row);
    Change change{.move = {.sequence = row.sequence, .from = row.state}, .step = step, .then = {}};
    if (step == Step::refused) {
        change.move.notice = model::Notice::failed;
        change.move.reason = reason_of(error);
    } else {
        change.move.notice =
            receipt(*to, row);  // none, too: what was to be said before does not hold any more
    }
    change.move.forget_text = *to == State::delivered || *to == State::displayed;
    change.then = [this, row](const Result<>& result) {
        if (result) take_from_lane(row);  // it may have been put off while we were waiting
    };
    advance(std::move(change));
}

// ------------------------------------------------------------------------------------------------ time

SteadyTime ToNetwork::expiry(WallTime accepted) const {
    // Age by the wall clock counts once, at the start: a clock that is set meanwhile makes nothing old.
    const auto age = std::clamp(clock_.wall() - accepted, Millis{0}, rules_.lifetime);
    return clock_.steady() + (rules_.lifetime - age);
}

Millis ToNetwork::sweep_interval() const noexcept {
    return std::clamp(std::min(rules_.lifetime, rules_.warn_after) / 10, Millis{100}, Millis{60'000});
}

std::optional<Millis> ToNetwork::longest_wait() {
    auto oldest = SteadyTime::max();
    const auto see = [&oldest](const Entry& entry) { oldest = std::min(oldest, entry.expires); };
    lanes_.each([&](Lane& lane) {
        if (!lane.empty()) see(lane.waiting[lane.head]);
    });
    for (const auto& deferred : deferred_)
        if (deferred.entry.sequence != 0) see(deferred.entry);
    for (const auto& [sequence, way] : under_way_) see(way.entry);
    for (const auto& [sequence, unresolved] : unresolved_)
        if (unresolved.state == State::sending) oldest = std::min(oldest, unresolved.expires);
    if (oldest == SteadyTime::max()) return std::nullopt;
    const auto left = std::chrono::duration_cast<Millis>(oldest - clock_.steady());
    return std::max(rules_.lifetime - left, Millis{0});
}

SteadyTime ToNetwork::next_tick() const {
    auto when = next_retry_;
    if (!deferred_.empty()) when = std::min(when, deferred_.front().due);
    if (lanes_.size() > 0 || !unresolved_.empty()) when = std::min(when, next_sweep_);
    return when;
}

void ToNetwork::tick() {
    const auto now = clock_.steady();
    if (now >= next_retry_) retry_stuck();
    take_due();
    if (now < next_sweep_) return;
    next_sweep_ = now + sweep_interval();
    sweep();
}

void ToNetwork::take_due() {
    while (!deferred_.empty() && deferred_.front().due <= clock_.steady()) {
        const auto [due, entry, lane] = deferred_.front();
        std::ranges::pop_heap(deferred_, std::ranges::greater{}, &Deferred::due);
        deferred_.pop_back();
        --lane->put_off;
        if (rules_.keeps_order) {
            lanes_.unblock(*lane, entry.sequence);
        } else if (entry.sequence != 0) {
            lanes_.push(*lane, entry);
        }
        ask_for_session(*lane->channel);
        auto& destination = *lane->channel->destination;
        lanes_.drop_if_unused(*lane);
        pump(destination);
    }
}

void ToNetwork::sweep() {
    const auto now = clock_.steady();
    lanes_.each([&](Lane& lane) {
        if (lane.empty()) return;
        sweep_lane(lane, now);
        // The session's own patience may have ended.
        if (!lane.channel->up) port_.want_session(lane.channel->account, lane.channel->endpoint);
    });
    std::vector<std::pair<std::int64_t, Unresolved>> old;
    std::ranges::copy_if(unresolved_, std::back_inserter(old),
                         [&](const auto& each) { return each.second.expires <= now; });
    for (const auto& [sequence, unresolved] : old) {
        unresolved_.erase(sequence);
        if (unresolved.state == State::sending) {
            doubt(sequence, now + rules_.lifetime, "the network never said what became of it");
            continue;
        }
        Change change{
            .move = {.sequence = sequence, .from = State::ambiguous}, .step = Step::outlived, .then = {}};
        change.move.reason = "its lifetime was over, and it is still not known whether it arrived";
        advance(std::move(change));
    }
    pump_all();  // what stood behind those that are gone
}

void ToNetwork::sweep_lane(Lane& lane, SteadyTime now) {
    for (auto i = lane.head; i < lane.waiting.size(); ++i) {
        auto& entry = lane.waiting[i];
        if (entry.expires <= now && restoring_ == 0) {
            const Entry gone = entry;
            lanes_.take_out(lane, gone.sequence);
            lanes_.unblock(lane, gone.sequence);
            outlived(gone, "its lifetime is over");
            --i;
        } else if (!entry.warned && entry.expires - rules_.lifetime + rules_.warn_after <= now) {
            entry.warned = true;
            warn(entry);
        }
    }
}

void ToNetwork::warn(Entry& entry) {
    const auto from = entry.deferred ? State::deferred : State::queued;
    Change change{.move = {.sequence = entry.sequence, .from = from}, .step = Step::kept, .then = {}};
    change.move.notice = model::Notice::still_trying;
    advance(std::move(change));
}

}  // namespace causeway::delivery
