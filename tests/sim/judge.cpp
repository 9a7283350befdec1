#include "tests/sim/judge.hpp"

#include <algorithm>

#include "gateway/delivery/message_state.hpp"

namespace causeway::sim {

using model::Direction;
using model::Notice;
using model::State;

namespace {

/// As long as the longest queue may take, one by one, where nothing fails.
constexpr Millis kLongestQueue{250'000};

}  // namespace

std::string id_of(std::int64_t sequence, Notice notice) {
    auto id = std::to_string(sequence);
    if (notice != Notice::none) id += "-" + std::string(model::to_string(notice));
    return id;
}

void Judge::require(bool condition, const char* promise, std::int64_t sequence) const {
    if (!condition) violated(fmt::format("\"{}\" (message {})", promise, sequence));
}

// ------------------------------------------------------------------------------------------------ the store

void Judge::durable_move(const store::MoveMessage& change) {
    auto legal = change.from == change.to;
    for (std::size_t step = 0; step < delivery::kSteps; ++step)
        legal = legal || delivery::after(change.from, static_cast<delivery::Step>(step)) == change.to;
    require(legal, "only moves of the table", change.sequence);
}

void Judge::durable(const std::optional<store::MessageRow>& before, const store::MessageRow& row) {
    trace_("store    {} {} -> {}{}{}", row.sequence, before ? model::to_string(before->state) : "new",
           model::to_string(row.state), row.notice == Notice::none ? "" : ", notice ",
           row.notice == Notice::none ? "" : model::to_string(row.notice));
    if (row.direction == Direction::to_network) {
        durable_to_network(before, row);
    } else {
        durable_to_xmpp(before, row);
    }
}

void Judge::durable_to_network(const std::optional<store::MessageRow>& before, const store::MessageRow& row) {
    auto& sent = sent_[{row.account, row.key}];
    const bool moved = !before || before->state != row.state;
    if (row.notice != Notice::none) sent.notices.insert(row.notice);
    if (before && before->notice == row.notice && row.notice != Notice::none && moved)
        require(row.notice != Notice::still_trying || row.state == State::sending ||
                    row.state == State::deferred || row.state == State::queued,
                "who is told of delay is still waiting", row.sequence);
    if (before && before->notice != Notice::none && row.notice == Notice::none && !moved) {
        const auto id = id_of(row.sequence, before->notice);
        require(stored_.contains(id) || excused_.contains(id), "a notice is settled once the server has it",
                row.sequence);
        sent.unanswered = false;
    }
    if (!moved) return;
    auto& on_the_way = on_the_way_[row.endpoint];
    if (row.state == State::sending) {
        on_the_way.insert(row.sequence);
        require(on_the_way.size() <= plan_.rules.most_under_way, "at most so many under way", row.sequence);
    } else if (before && before->state == State::sending) {
        on_the_way.erase(row.sequence);
    }
    if (row.state == State::ambiguous) sent.was_ambiguous = true;
    if (before) check_given_up(row, before->state);
    if (!before) sent.since = time_.elapsed();
    if (before && row.state == State::queued) {
        ++sent.releases;
        sent.since = time_.elapsed();
        sent.losses = 0;
        sent.not_before = {};
    }
    check_network_state(row);
}

void Judge::check_given_up(const store::MessageRow& row, State before) {
    auto& sent = sent_[{row.account, row.key}];
    const bool gone = row.account == plan_.forgotten;
    if (row.state == State::failed)
        require(sent.refused || sent.failed || sent.cancelled || gone, "given up only for a reason",
                row.sequence);
    if (row.state != State::expired) return;
    if (before == State::ambiguous) sent.unanswered = false;  // nobody is told of that
    const bool waited = before == State::queued || before == State::deferred;
    const auto in_peace = time_.elapsed() - std::max(plan_.quiet_at, sent.since);
    require(!waited || gone || !plan_.wall_jumps.empty() || in_peace < kLongestQueue,
            "what can be sent is sent before its lifetime ends", row.sequence);
}

void Judge::check_network_state(const store::MessageRow& row) {
    const auto& sent = sent_[{row.account, row.key}];
    const auto state = row.state;
    if (state == State::accepted || state == State::delivered || state == State::displayed)
        require(sent.takes > 0, "what is accepted was taken by the network", row.sequence);
    if (state == State::delivered || state == State::displayed)
        require(sent.delivered, "what is delivered was reported so", row.sequence);
    if (state == State::displayed) require(sent.displayed, "what is displayed was reported so", row.sequence);
    if (state == State::failed || state == State::expired)
        require(sent.takes == 0 || sent.failed || sent.was_ambiguous || row.notice == Notice::ambiguous,
                "what was taken has not failed", row.sequence);
    if (state == State::quarantined)
        require(row.losses >= plan_.rules.most_losses, "set aside only after its losses", row.sequence);
}

void Judge::durable_to_xmpp(const std::optional<store::MessageRow>& before, const store::MessageRow& row) {
    if (before && before->state == row.state) return;
    if (row.state == State::delivered)
        require(stored_.contains(id_of(row.sequence, Notice::none)), "settled once the server has stored it",
                row.sequence);
    if (row.state == State::failed)
        require(excused_.contains(id_of(row.sequence, Notice::none)), "given up only if refused",
                row.sequence);
    if (row.state == State::quarantined) {
        const auto& why = telling(row.key);
        require(why.poison || why.unwritable, "only the culprit is set aside", row.sequence);
    }
}

const Telling& Judge::telling(const MessageKey& key) const {
    const auto found = std::ranges::find(plan_.tellings, key, &Telling::key);
    if (found == plan_.tellings.end()) violated("a message that nobody sent");
    return *found;
}

// ------------------------------------------------------------------------------------------------ the gateway

void Judge::told_kept(Direction direction, const AccountId& account, const MessageKey& key) {
    kept_.emplace(direction, account, key);
}

void Judge::try_begun(const store::MessageRow& row) {
    const auto found = rows_->find(row.sequence);
    require(found != rows_->end() && found->second.attempts >= row.attempts &&
                found->second.state != State::queued && found->second.state != State::deferred,
            "the intent is durable before the first byte leaves", row.sequence);
    require(trying_.insert(row.sequence).second, "never two tries at once", row.sequence);
    require(row.attempts > 0, "a try has a number", row.sequence);
    const auto over = time_.wall() - row.accepted - plan_.rules.lifetime;
    require(!plan_.wall_jumps.empty() || over < Millis{15'000}, "nothing is sent after its lifetime",
            row.sequence);
    require(row.key == found->second.key && !row.text.empty(), "what is sent is what was said", row.sequence);
    const auto& sent = sent_[{row.account, row.key}];
    require(sent.losses < plan_.rules.most_losses, "what ends the gateway is set aside", row.sequence);
    require(!plan_.wall_jumps.empty() || time_.steady() >= sent.not_before,
            "not again before the network wants it", row.sequence);
}

void Judge::asked_to_wait(const AccountId& account, const MessageKey& key, Millis wait) {
    sent_[{account, key}].not_before = time_.steady() + std::min(wait, plan_.rules.longest_retry);
}

void Judge::repeated(const AccountId& account, const MessageKey& key) {
    // The answer is read from the store.
    const bool store_fails = std::ranges::any_of(
        plan_.outages, [](const Outage& each) { return each.fault == Fault::store_fails; });
    if (!store_fails) sent_[{account, key}].unanswered = true;
}

void Judge::crashed() {
    ++crashes_;
    trying_.clear();
    for (auto& [endpoint, sequences] : on_the_way_) {
        for (const auto sequence : sequences) {
            const auto& row = rows_->at(sequence);
            auto& sent = sent_[{row.account, row.key}];
            sent.doubted = true;
            ++sent.losses;
        }
        sequences.clear();
    }
    // A report that is not in the store is gone with us: the door has no acknowledgement for it.
    for (auto& [name, sent] : sent_) {
        sent.report_lost = sent.report_lost || sent.delivered;
        sent.unanswered = false;
    }
    // Nor for its wish that we wait. Where order is kept, the wish counts for the first of a lane only.
    for (const auto& [sequence, row] : *rows_) {
        if (row.state != State::deferred || plan_.rules.keeps_order)
            sent_[{row.account, row.key}].not_before = {};
    }
}

void Judge::writes(const store::MessageRow& row, bool again) {
    const auto durable = rows_->find(row.sequence);
    require(durable != rows_->end(), "nothing is shown that is not kept", row.sequence);
    const auto [first, fresh] = first_written_.try_emplace(row.sequence, row.stanza_id + row.text);
    require(first->second == row.stanza_id + row.text, "the same stanza and id on every write", row.sequence);
    require(fresh || again, "a repeat is marked as one", row.sequence);
    auto& last = written_last_[row.account];
    if (telling(row.key).bounces > 0) return;
    require(row.sequence > last, "in the order of acceptance for each user", row.sequence);
    last = row.sequence;
}

void Judge::writes_notice(const store::MessageRow& row, Notice notice) {
    auto& sent = sent_[{row.account, row.key}];
    sent.unanswered = false;
    const auto& rules = plan_.rules;
    const auto state = row.state;
    const bool taken = state == State::accepted || state == State::delivered || state == State::displayed;
    require(row.notice == notice, "no notice that another has replaced", row.sequence);
    switch (notice) {
        case Notice::receipt:
        case Notice::displayed: {
            const bool due = sent.delivered || (rules.confirms && !rules.reports && sent.confirmed);
            require(due, "no receipt before the network said so", row.sequence);
            require(sent.takes > 0, "no receipt for what was not taken", row.sequence);
            require(row.wants_receipt || row.wants_marker, "no receipt that nobody asked for", row.sequence);
            return require(taken || state == State::failed, "receipts belong to what was taken",
                           row.sequence);
        }
        case Notice::still_trying:
            return require(state == State::queued || state == State::deferred || state == State::sending,
                           "who is told of delay is still waiting", row.sequence);
        case Notice::failed:
            return require(state == State::failed, "told failed only what failed", row.sequence);
        case Notice::expired:
            return require(state == State::expired, "told expired only what expired", row.sequence);
        case Notice::ambiguous:
            return require(state == State::ambiguous || state == State::expired || state == State::failed,
                           "told ambiguous only what is so", row.sequence);
        case Notice::quarantined:
            return require(state == State::quarantined, "told set aside only what is so", row.sequence);
        case Notice::none:
            violated("a notice of nothing");
    }
}

// ------------------------------------------------------------------------------------------------ the network

void Judge::took(const store::MessageRow& row) {
    auto& sent = sent_[{row.account, row.key}];
    ++sent.takes;
    const auto& rules = plan_.rules;
    if (sent.takes > 1) {
        require(row.attempts > 1, "a second one is marked as one", row.sequence);
        const auto most = (rules.on_doubt == adapter::OnDoubt::hold ? 1U : 2U) + sent.releases;
        require(rules.idempotent || sent.takes <= most, "no more repeats than the rules allow", row.sequence);
        return;
    }
    if (!rules.keeps_order) return;
    auto& last = last_taken_[{row.account, row.endpoint, row.conversation}];
    if (sent.releases > 0) return;
    require(row.sequence > last, "in order within the conversation", row.sequence);
    last = row.sequence;
}

void Judge::try_ended(std::int64_t sequence, const AccountId& account, const MessageKey& key) {
    trying_.erase(sequence);
    static_cast<void>(account);
    static_cast<void>(key);
    for (auto& [endpoint, sequences] : on_the_way_) sequences.erase(sequence);
}

void Judge::reported(const AccountId& account, const MessageKey& key, model::DeliveryStage stage) {
    auto& sent = sent_[{account, key}];
    if (sent.releases > 0) sent.report_lost = true;  // of a try before the operator's: it is not waited for
    using enum model::DeliveryStage;
    if (stage == accepted) sent.confirmed = true;
    if (stage == delivered || stage == displayed) sent.delivered = true;
    if (stage == displayed) sent.displayed = true;
    if (stage == failed) sent.failed = true;
}

// ------------------------------------------------------------------------------------------------ the end

bool Judge::told(std::int64_t sequence, Notice notice) const {
    const auto id = id_of(sequence, notice);
    return stored_.contains(id) || excused_.contains(id);
}

void Judge::last_judgement() {
    for (const auto& [direction, account, key] : kept_) {
        const bool there = std::ranges::any_of(*rows_, [&](const auto& each) {
            const auto& row = each.second;
            return row.direction == direction && row.account == account && row.key == key;
        });
        if (!there) violated("\"no accepted message is lost\" (key " + key.str() + ")");
    }
    for (const auto& [sequence, row] : *rows_) {
        require(store::is_done(row.state), "every message comes to an end", sequence);
        require(row.notice == Notice::none, "every sender is told", sequence);
        if (row.direction == Direction::to_network) {
            last_of_network(row);
        } else {
            last_of_xmpp(row);
        }
    }
}

void Judge::last_of_network(const store::MessageRow& row) {
    const auto& rules = plan_.rules;
    const auto sequence = row.sequence;
    const auto& sent = sent_[{row.account, row.key}];
    // After a crash the gateway may know less than we do, and says so.
    const bool given_up =
        row.state == State::failed || row.state == State::expired || row.state == State::quarantined;
    require(!given_up || !sent.unanswered, "who says it again is told again", sequence);
    const bool doubtful = sent.was_ambiguous || sent.doubted || sent.releases > 0 || crashes_ > 0;
    switch (row.state) {
        case State::accepted:
            if (row.wants_receipt && rules.confirms && !rules.reports)
                require(told(sequence, Notice::receipt), "a receipt that is due is written", sequence);
            return require(!sent.delivered || sent.report_lost, "a report is not forgotten", sequence);
        case State::delivered:
            if (row.wants_receipt)
                require(told(sequence, Notice::receipt), "a receipt that is due is written", sequence);
            return;
        case State::displayed:
            if (row.wants_receipt || row.wants_marker)
                require(told(sequence, Notice::displayed), "a marker that is due is written", sequence);
            return;
        case State::failed:
            return require(told(sequence, Notice::failed) || told(sequence, Notice::ambiguous),
                           "who failed is told", sequence);
        case State::expired:
            return require(told(sequence, Notice::expired) || (doubtful && told(sequence, Notice::ambiguous)),
                           "whose lifetime ended is told", sequence);
        case State::quarantined:
            return require(told(sequence, Notice::quarantined), "whose message is set aside is told",
                           sequence);
        default:
            violated("no final state");
    }
}

void Judge::last_of_xmpp(const store::MessageRow& row) {
    const auto& why = telling(row.key);
    if (row.state == State::delivered)
        return require(stored_.contains(id_of(row.sequence, Notice::none)), "delivered is stored",
                       row.sequence);
    require((row.state == State::failed && excused_.contains(id_of(row.sequence, Notice::none))) ||
                (row.state == State::quarantined && (why.poison || why.unwritable)),
            "towards XMPP: delivered, or given up for a reason", row.sequence);
}

}  // namespace causeway::sim
