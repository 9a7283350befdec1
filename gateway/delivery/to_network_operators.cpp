// ToNetwork, third part: what operators do with messages, and accounts that go.
#include <algorithm>
#include <functional>
#include <utility>

#include "gateway/delivery/to_network.hpp"

namespace causeway::delivery {
namespace {

Error not_now(std::string detail) {
    return make_error(Errc::conflict, std::move(detail));
}

}  // namespace

void ToNetwork::release(std::int64_t sequence, Taken done) {
    port_.fetch({sequence},
                [this, done = std::move(done)](Result<std::vector<store::MessageRow>> rows) mutable {
                    if (!rows) return done(fail(rows.error()));
                    if (rows->empty()) return done(fail(Errc::bad_input, "no such message"));
                    release_found(rows->front(), std::move(done));
                });
}

void ToNetwork::release_found(const store::MessageRow& row, Taken done) {
    const bool begun = under_way_.contains(row.sequence);
    if (begun || !after(row.state, Step::released))
        return done(
            fail(not_now("it is " + std::string(model::to_string(begun ? State::sending : row.state)))));
    if (row.text.empty()) return done(fail(not_now("its text is not kept any more")));
    take_from_lane(row);
    unresolved_.erase(row.sequence);
    Change change{.move = {.sequence = row.sequence, .from = row.state}, .step = Step::released, .then = {}};
    change.move.accepted = clock_.wall();
    change.move.losses = 0;
    change.move.notice = model::Notice::none;  // what was to be said does not hold any more
    change.then = [this, row, done = std::move(done)](Result<> result) mutable {
        if (result) {
            take_from_lane(row);  // it may have been put off while we were waiting
            auto& lane = lanes_.lane(row.account, row.endpoint, row.conversation);
            const Entry entry{.sequence = row.sequence,
                              .expires = clock_.steady() + rules_.lifetime,
                              .attempts = static_cast<std::uint16_t>(row.attempts),
                              .doubted = may_have_arrived(row.state, row.attempts, row.losses)};
            lanes_.push(lane, entry);
            ask_for_session(*lane.channel);
            pump(*lane.channel->destination);
        }
        done(std::move(result));
    };
    advance(std::move(change));
}

void ToNetwork::cancel(std::int64_t sequence, Taken done) {
    port_.fetch({sequence},
                [this, done = std::move(done)](Result<std::vector<store::MessageRow>> rows) mutable {
                    if (!rows) return done(fail(rows.error()));
                    if (rows->empty()) return done(fail(Errc::bad_input, "no such message"));
                    cancel_found(rows->front(), std::move(done));
                });
}

void ToNetwork::cancel_found(const store::MessageRow& row, Taken done) {
    const bool begun = under_way_.contains(row.sequence);
    if (begun || !after(row.state, Step::cancelled))
        return done(
            fail(not_now("it is " + std::string(model::to_string(begun ? State::sending : row.state)))));
    const auto entry = take_from_lane(row);
    unresolved_.erase(row.sequence);
    const bool doubted =
        entry ? entry->doubted
              : row.state != State::ambiguous && may_have_arrived(row.state, row.attempts, row.losses);
    Change change{.move = {.sequence = row.sequence, .from = row.state}, .step = Step::cancelled, .then = {}};
    if (row.state != State::ambiguous)  // its sender has been told already what is known
        change.move.notice = doubted ? model::Notice::ambiguous : model::Notice::failed;
    change.move.reason = "cancelled by an operator";
    change.then = [this, row, done = std::move(done)](Result<> result) mutable {
        if (result) take_from_lane(row);  // it may have been put off while we were waiting
        done(std::move(result));
    };
    advance(std::move(change));
}

/// It does not wait for its turn any more.
std::optional<Entry> ToNetwork::take_from_lane(const store::MessageRow& row) {
    cached_.erase(row.sequence);
    auto* channel = lanes_.find(row.account, row.endpoint);
    if (channel == nullptr) return std::nullopt;
    const auto found = channel->lanes.find(row.conversation);
    if (found == channel->lanes.end()) return std::nullopt;
    Lane& lane = *found->second;
    auto entry = take_from_deferred(row.sequence);
    if (auto waiting = lanes_.take_out(lane, row.sequence)) entry = waiting;
    if (!entry) return std::nullopt;
    lanes_.unblock(lane, row.sequence);
    auto& destination = *channel->destination;
    lanes_.drop_if_unused(lane);
    pump(destination);
    return entry;
}

std::optional<Entry> ToNetwork::take_from_deferred(std::int64_t sequence) {
    const auto found =
        std::ranges::find(deferred_, sequence, [](const Deferred& each) { return each.entry.sequence; });
    if (found == deferred_.end()) return std::nullopt;
    const auto entry = found->entry;
    --found->lane->put_off;
    deferred_.erase(found);
    std::ranges::make_heap(deferred_, std::ranges::greater{}, &Deferred::due);
    return entry;
}

void ToNetwork::forget(const AccountId& account) {
    if (restoring_ > 0) return gone_.push_back(account);
    const auto give_up_now = [this](const Entry& entry) {
        give_up(entry, Step::cancelled, entry.doubted ? model::Notice::ambiguous : model::Notice::failed,
                "the account is gone");
    };
    for (auto& deferred : deferred_) {
        if (rules_.keeps_order || deferred.lane->channel->account != account) continue;
        give_up_now(deferred.entry);
        deferred.entry.sequence = 0;  // take_due() finds nothing there
    }
    lanes_.each([&](Lane& lane) {
        if (lane.channel->account != account) return;
        while (!lane.empty()) {
            give_up_now(lane.pop());
            lanes_.took_out(1);
        }
    });
}

}  // namespace causeway::delivery
