#include "gateway/delivery/to_network.hpp"

#include <algorithm>
#include <ranges>

#include "gateway/base/assert.hpp"

namespace causeway::delivery {
namespace {

constexpr Millis kStoreRetry{1'000};

std::string step_text(State state, WallTime at) {
    return std::string(model::to_string(state)) + "@" + std::to_string(at.time_since_epoch().count());
}

}  // namespace

Rules rules_of(const adapter::NetworkInfo& info) {
    Rules rules;
    rules.keeps_order = info.keeps_order;
    rules.send_timeout = info.limits.send_timeout;
    rules.most_under_way = info.limits.max_in_flight;
    rules.idempotent = info.capabilities.has(adapter::Capability::idempotent_send);
    rules.on_doubt = info.on_doubt;
    rules.confirms = info.capabilities.has(adapter::Capability::accept_ack);
    rules.reports = info.capabilities.has(adapter::Capability::delivery_report);
    return rules;
}

ToNetwork::ToNetwork(Rules rules, Port& port, const Clock& clock, Random& random)
    : rules_(rules),
      port_(port),
      clock_(clock),
      random_(random),
      lanes_(rules.keeps_order, rules.most_under_way),
      next_sweep_(clock.steady() + sweep_interval()) {}

ToNetwork::~ToNetwork() = default;

// ------------------------------------------------------------------------------------------------ at start

void ToNetwork::restore(const store::OpenMessage& message) {
    if (message.notice != model::Notice::none) port_.notice_kept(message.sequence, message.notice);
    Entry entry{.sequence = message.sequence,
                .expires = expiry(message.accepted),
                .attempts = static_cast<std::uint16_t>(std::min<std::uint32_t>(message.attempts, 0xffff)),
                .losses = static_cast<std::uint8_t>(std::min<std::uint32_t>(message.losses, 0xff)),
                // Who had to be warned has been: a start warns nobody of all that has waited long.
                .warned = message.notice == model::Notice::still_trying ||
                          clock_.wall() - message.accepted >= rules_.warn_after,
                .doubted = may_have_arrived(message.state, message.attempts, message.losses)};
    const auto lane = [&]() -> Lane& {
        return lanes_.lane(message.account, message.endpoint, message.conversation);
    };
    switch (message.state) {
        case State::queued:
            return lanes_.push(lane(), entry);
        case State::deferred: {
            entry.deferred = true;
            const auto wait = std::clamp(message.next - clock_.wall(), Millis{0}, rules_.longest_retry);
            auto& in = lane();
            // Where order is kept, only the first of a lane holds up the others; they come in order.
            if (rules_.keeps_order && !in.empty()) return lanes_.push(in, entry);
            return scheduled(in, entry, clock_.steady() + wait);
        }
        case State::ambiguous:
            unresolved_[message.sequence] = {State::ambiguous, entry.expires};
            return;
        case State::sending:
            return restore_sending(lane(), entry);
        default:
            return;  // done: only its notice was left
    }
}

/// It was under way when the process died.
void ToNetwork::restore_sending(Lane& lane, Entry entry) {
    ++entry.losses;
    if (entry.losses >= rules_.most_losses) {
        Change change{
            .move = {.sequence = entry.sequence, .from = State::sending}, .step = Step::poisoned, .then = {}};
        change.move.losses = entry.losses;
        change.move.notice = model::Notice::quarantined;
        change.move.reason = "under way when the gateway died, " + std::to_string(entry.losses) + " times";
        return advance(std::move(change));
    }
    if (!may_resend(entry.attempts))
        return doubt(entry.sequence, entry.expires, "under way when the gateway died");
    Change change{
        .move = {.sequence = entry.sequence, .from = State::sending}, .step = Step::put_off, .then = {}};
    change.move.losses = entry.losses;
    change.move.next = clock_.wall();
    change.move.reason = "under way when the gateway died";
    entry.deferred = true;
    entry.doubted = true;
    lanes_.push(lane, entry);  // its place is before what came after it
    // Nothing is sent before the store agrees: else the intent to send it would find it in another state.
    ++restoring_;
    ++lane.put_off;
    change.then = [this, &lane, sequence = entry.sequence](const Result<>& result) {
        --restoring_;
        --lane.put_off;
        if (!result) lanes_.take_out(lane, sequence);
        lanes_.drop_if_unused(lane);
        if (restoring_ > 0) return;
        for (const auto& account : std::exchange(gone_, {})) forget(account);
        pump_all();
    };
    advance(std::move(change));
}

void ToNetwork::restored() {
    lanes_.each([this](Lane& lane) {
        if (!lane.empty()) ask_for_session(*lane.channel);
    });
    pump_all();
}

// ------------------------------------------------------------------------------------------------ taking

void ToNetwork::accept(store::MessageRow row, Taken taken) {
    const auto now = clock_.wall();
    row.direction = model::Direction::to_network;
    row.accepted = now;
    row.steps = step_text(State::queued, now);
    Lane& lane = lanes_.lane(row.account, row.endpoint, row.conversation);
    // Where nothing waits before it, the intent to send goes along with it: one commit less.
    const bool at_once = stuck_.empty() && lanes_.take_place(lane);
    row.state = at_once ? State::sending : State::queued;
    if (at_once) {
        row.attempts = 1;
        row.steps += " " + step_text(State::sending, now);
    } else {
        ++lane.arriving;
    }
    store::Batch batch;
    batch.emplace_back(store::PutMessage{row});
    port_.commit(std::move(batch), [this, row = std::move(row), lane = &lane, at_once,
                                    taken = std::move(taken)](Result<> result) mutable {
        if (!at_once) --lane->arriving;
        if (!result) {
            if (result.error().code == Errc::conflict) repeat(row.account, row.key);
            if (at_once) {
                free_place(*lane, 0);  // somebody may have waited for it
            } else {
                lanes_.drop_if_unused(*lane);
            }
            return taken(std::move(result));
        }
        port_.moved(model::Direction::to_network, State::received, State::queued);
        kept(std::move(row), *lane);
        taken({});
    });
}

void ToNetwork::kept(store::MessageRow row, Lane& lane) {
    const Entry entry{.sequence = row.sequence, .expires = expiry(row.accepted), .attempts = 0};
    if (row.state == State::sending) {
        port_.moved(model::Direction::to_network, State::queued, State::sending);
        under_way_[row.sequence] = {&lane, entry, row.wants_receipt};
        return port_.send(std::move(row));
    }
    if (cached_.size() < rules_.most_cached) cached_.emplace(row.sequence, std::move(row));
    lanes_.push(lane, entry);
    ask_for_session(*lane.channel);
    pump(*lane.channel->destination);
}

void ToNetwork::ask_for_session(Channel& channel) {
    if (channel.up || std::exchange(channel.asked_for, true)) return;
    port_.want_session(channel.account, channel.endpoint);
}

// ------------------------------------------------------------------------------------------------ sending

void ToNetwork::pump_all() {
    lanes_.each_destination([this](Destination& destination) { pump(destination); });
}

void ToNetwork::pump(Destination& destination) {
    // What could not be written down comes first: else the store and the memory would tell different stories.
    if (!stuck_.empty() || starved_ || restoring_ > 0) return;
    Entry entry;
    while (Lane* lane = lanes_.next(destination, entry)) begin(*lane, entry);
    fetch_begun();
}

void ToNetwork::begin(Lane& lane, Entry entry) {
    // An operator was faster than its turn: it is on its way already.
    if (under_way_.contains(entry.sequence)) return free_place(lane, 0);
    if (entry.expires <= clock_.steady()) {
        outlived(entry, "its lifetime was over before its turn");
        lanes_.free_place(lane, 0);  // pump() goes on
        return lanes_.drop_if_unused(lane);
    }
    under_way_[entry.sequence] = {&lane, entry, false};
    if (auto row = cached_.extract(entry.sequence)) return commit_intent(std::move(row.mapped()));
    to_fetch_.push_back(entry.sequence);
}

void ToNetwork::fetch_begun() {
    if (to_fetch_.empty()) return;
    auto wanted = std::exchange(to_fetch_, {});
    auto asked_for = wanted;
    port_.fetch(std::move(asked_for),
                [this, wanted = std::move(wanted)](Result<std::vector<store::MessageRow>> rows) {
                    if (!rows) {
                        for (const auto sequence : std::views::reverse(wanted)) put_back(sequence, Begun::no);
                        return;
                    }
                    for (auto& row : *rows) {
                        if (under_way_.contains(row.sequence)) commit_intent(std::move(row));
                    }
                    for (const auto sequence : wanted) {
                        if (std::ranges::binary_search(*rows, sequence, {}, &store::MessageRow::sequence))
                            continue;
                        port_.remark(sequence, State::queued,
                                     make_error(Errc::internal, "the store does not have it any more"));
                        const auto way = under_way_.extract(sequence);
                        if (way) free_place(*way.mapped().lane, 0);
                    }
                });
}

void ToNetwork::commit_intent(store::MessageRow row) {
    auto& way = under_way_.at(row.sequence);
    way.wants_receipt = row.wants_receipt;
    const auto from = way.entry.deferred ? State::deferred : State::queued;
    store::MoveMessage move{
        .sequence = row.sequence, .from = from, .to = State::sending, .at = clock_.wall()};
    move.attempts = ++way.entry.attempts;
    row.attempts = way.entry.attempts;
    row.state = State::sending;
    store::Batch batch;
    batch.emplace_back(std::move(move));
    port_.commit(std::move(batch), [this, from, row = std::move(row)](Result<> result) mutable {
        if (result) {
            port_.moved(model::Direction::to_network, from, State::sending);
            return port_.send(std::move(row));
        }
        if (result.error().code != Errc::conflict) return put_back(row.sequence, Begun::yes);
        // Somebody else has moved it since (an operator, a late report): it is not ours to send.
        const auto way = under_way_.extract(row.sequence);
        free_place(*way.mapped().lane, 0);
    });
}

/// The store did not answer: it has not left, and waits again, before what came after it.
void ToNetwork::put_back(std::int64_t sequence, Begun begun) {
    auto way = under_way_.extract(sequence);
    if (!way) return;
    starved_ = true;
    next_retry_ = std::min(next_retry_, clock_.steady() + kStoreRetry);
    auto* const lane = way.mapped().lane;
    auto entry = way.mapped().entry;
    if (begun == Begun::yes) --entry.attempts;
    lanes_.push_front(*lane, entry);
    lanes_.free_place(*lane, 0);
}

void ToNetwork::free_place(Lane& lane, int feedback) {
    auto& destination = *lane.channel->destination;
    lanes_.free_place(lane, feedback);
    lanes_.drop_if_unused(lane);
    pump(destination);
}

// ------------------------------------------------------------------------------------------------ outcomes

void ToNetwork::sent(std::int64_t sequence, Result<adapter::SendOutcome> outcome) {
    auto found = under_way_.extract(sequence);
    if (!found) return;
    auto& way = found.mapped();
    way.entry.attempts =
        std::max<std::uint16_t>(way.entry.attempts, 1);  // sent at once: counted in the store already
    if (!outcome) return settle_failure(way, outcome.error());
    if (const auto* accepted = std::get_if<adapter::Accepted>(&*outcome)) {
        Change change{
            .move = {.sequence = sequence, .from = State::sending}, .step = Step::accepted, .then = {}};
        std::string ids;
        for (const auto& part : accepted->parts) ids += (ids.empty() ? "" : "\n") + part.str();
        if (!ids.empty()) change.move.network_ids = std::move(ids);
        change.move.notice =
            receipt_on_acceptance(way.wants_receipt);  // none, too: of delay there is no talk now
        change.move.forget_text = !rules_.reports;     // a report may still say that it failed
        advance(std::move(change));
    } else {
        // Unless the last word on it has come before this one.
        if (!way.reported) unresolved_[sequence] = {State::sending, way.entry.expires};
    }
    free_place(*way.lane, 1);
}

void ToNetwork::settle_failure(UnderWay& way, const Error& error) {
    const bool final = error.retry == Retry::never;
    // What is refused now may still have arrived by an earlier try.
    const bool doubtful = error.ambiguous == Ambiguous::yes || (final && way.entry.doubted);
    if (error.ambiguous == Ambiguous::yes && may_resend(way.entry.attempts)) return defer(way, error);
    if (doubtful) {
        doubt(way.entry.sequence, way.entry.expires,
              std::string(to_string(error.code)) + ": " + error.detail);
        return free_place(*way.lane, -1);
    }
    if (!final) return defer(way, error);
    Change change{
        .move = {.sequence = way.entry.sequence, .from = State::sending}, .step = Step::refused, .then = {}};
    change.move.notice = model::Notice::failed;
    change.move.reason = std::string(to_string(error.code)) + ": " + error.detail;
    advance(std::move(change));
    free_place(*way.lane, 0);
}

bool ToNetwork::may_resend(std::uint32_t attempts) const noexcept {
    return rules_.idempotent || (rules_.on_doubt == adapter::OnDoubt::resend_once && attempts < 2);
}

/// What is known of a message that waits for another try: where doubtful ones are sent again, each may be one.
bool ToNetwork::may_have_arrived(State state, std::uint32_t attempts, std::uint32_t losses) const noexcept {
    const bool resent = rules_.idempotent || rules_.on_doubt == adapter::OnDoubt::resend_once;
    return losses > 0 || (attempts > 0 && (resent || state != State::deferred));
}

void ToNetwork::defer(UnderWay& way, const Error& error) {
    Lane& lane = *way.lane;
    Entry entry = way.entry;
    entry.deferred = true;
    entry.doubted |= error.ambiguous == Ambiguous::yes;
    const auto delay = retry_delay(error, entry.attempts);
    const auto due = std::min(clock_.steady() + delay, entry.expires);
    Change change{
        .move = {.sequence = entry.sequence, .from = State::sending}, .step = Step::put_off, .then = {}};
    change.move.next = clock_.wall() + delay;
    change.move.reason = std::string(to_string(error.code)) + ": " + error.detail;
    if (!entry.warned && due >= entry.expires - rules_.lifetime + rules_.warn_after) {
        entry.warned = true;
        change.move.notice = model::Notice::still_trying;
    }
    if (rules_.keeps_order) lanes_.block(lane, entry.sequence);
    ++lane.put_off;
    // It is tried again once the store knows that it was put off, not before.
    change.then = [this, &lane, entry, due](const Result<>& result) {
        --lane.put_off;
        if (result) return scheduled(lane, entry, due);
        auto& destination = *lane.channel->destination;
        lanes_.unblock(lane, entry.sequence);  // a report or an operator was faster: it is no longer ours
        lanes_.drop_if_unused(lane);
        pump(destination);
    };
    advance(std::move(change));
    lanes_.free_place(lane, error.retry == Retry::when_connected ? 0 : -1);
    pump(*lane.channel->destination);
}

void ToNetwork::scheduled(Lane& lane, Entry entry, SteadyTime due) {
    ++lane.put_off;
    deferred_.push_back({due, entry, &lane});
    std::ranges::push_heap(deferred_, std::ranges::greater{}, &Deferred::due);
    if (!rules_.keeps_order) return;
    lanes_.block(lane, entry.sequence);
    lanes_.push_front(lane, entry);
}

Millis ToNetwork::retry_delay(const Error& error, std::uint16_t attempts) {
    if (error.retry_after) return std::clamp(*error.retry_after, Millis{0}, rules_.longest_retry);
    const auto doublings = std::min<unsigned>(attempts > 0 ? attempts - 1U : 0U, 20U);
    const auto ceiling = std::min(rules_.longest_retry.count(), rules_.first_retry.count() << doublings);
    return Millis{1 + static_cast<Millis::rep>(random_.below(static_cast<std::uint64_t>(ceiling)))};
}

// ------------------------------------------------------------------------------------------------ sessions

void ToNetwork::session_up(const AccountId& account, const EndpointId& endpoint) {
    auto& channel = lanes_.channel(account, endpoint);
    lanes_.set_up(channel, true);
    pump(*channel.destination);
}

void ToNetwork::session_down(const AccountId& account, const EndpointId& endpoint) {
    auto* channel = lanes_.find(account, endpoint);
    if (channel == nullptr) return;
    lanes_.set_up(*channel, false);
    const bool waits =
        std::ranges::any_of(channel->lanes, [](const auto& lane) { return !lane.second->empty(); });
    if (waits) ask_for_session(*channel);
}

}  // namespace causeway::delivery
