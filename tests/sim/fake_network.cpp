#include "tests/sim/fake_network.hpp"

namespace causeway::sim {
namespace {

Error error_of(Errc code, Retry retry, Ambiguous ambiguous) {
    auto error = make_error(code, "simulated");
    error.retry = retry;
    error.ambiguous = ambiguous;
    return error;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ sessions

bool FakeNetwork::may_be_up(const Where& where) const {
    const bool gone = where.first == plan_.forgotten && time_.elapsed() >= plan_.forget_at;
    return gateway_->alive() && !gone && !plan_.on(Fault::endpoint_down, time_.elapsed(), where.second);
}

void FakeNetwork::want_session(const AccountId& account, const EndpointId& endpoint) {
    const Where where(account, endpoint);
    if (account == plan_.forgotten && time_.elapsed() >= plan_.forget_at) return;
    auto& session = sessions_[where];
    if (session.up || std::exchange(session.coming, true)) return;
    come_up(where, chance_.millis(1'000, 30'000));
}

/// Tries until it is there, or patience is at an end: then somebody has to want it again.
void FakeNetwork::come_up(const Where& where, Millis patience) {
    const auto wait = chance_.millis(1, chance_.percent(80) ? 50 : 3'000);
    time_.in(wait, [this, where, patience, wait, life = life_] {
        if (life != life_) return;
        auto& session = sessions_[where];
        if (may_be_up(where)) {
            session.up = true;
            session.coming = false;
            trace_("network  session {} {} is up", where.first.str(), where.second.str());
            return gateway_->session(where.first, where.second, true);
        }
        if (patience > wait) return come_up(where, patience - wait);
        session.coming = false;
        gateway_->session(where.first, where.second, false);
    });
}

void FakeNetwork::go_down(const Where& where) {
    auto& session = sessions_[where];
    if (!std::exchange(session.up, false)) return;
    trace_("network  session {} {} is down", where.first.str(), where.second.str());
    std::vector<std::uint64_t> lost;
    for (const auto& [number, one] : tries_) {
        if (Where(one.row.account, one.row.endpoint) == where && chance_.percent(60)) lost.push_back(number);
    }
    if (chance_.percent(50)) gateway_->session(where.first, where.second, false);
    for (const auto number : lost) {
        const auto& one = tries_.at(number);
        const bool doubt = one.taken || chance_.percent(50);
        finish(number, fail(error_of(Errc::not_connected, Retry::when_connected,
                                     doubt ? Ambiguous::yes : Ambiguous::no)));
    }
    gateway_->session(where.first, where.second, false);
    if (chance_.percent(50)) want_session(where.first, where.second);
}

void FakeNetwork::lose_a_session() {
    std::vector<Where> up;
    for (const auto& [where, session] : sessions_) {
        if (session.up) up.push_back(where);
    }
    if (!up.empty()) go_down(up[chance_.next() % up.size()]);
}

void FakeNetwork::lose_sessions_of(const AccountId& account) {
    for (const auto& endpoint : plan_.endpoints) go_down({account, endpoint});
}

void FakeNetwork::lose_sessions_to(const EndpointId& endpoint) {
    for (const auto& account : plan_.accounts) go_down({account, endpoint});
}

void FakeNetwork::crash() {
    ++life_;
    for (auto& [where, session] : sessions_) session = {};
    // What had left may arrive, or not: now, or never.
    for (auto& [number, one] : tries_) {
        const bool would =
            one.fate == Fate::accept || one.fate == Fate::submit || one.fate == Fate::doubt_taken;
        if (!one.taken && would && chance_.percent(50)) take(number);
    }
    tries_.clear();
}

// ------------------------------------------------------------------------------------------------ messages

FakeNetwork::Fate FakeNetwork::fate_of(const store::MessageRow& row) {
    const bool moody = !calm() && plan_.on(Fault::endpoint_moody, time_.elapsed(), row.endpoint);
    const auto factor = moody ? 3U : 1U;
    if (chance_.percent(plan_.submits)) return Fate::submit;
    if (plan_.rules.idempotent && judge_.takes(row.account, row.key) > 0 && calm()) return Fate::accept;
    if (chance_.percent(plan_.refuses)) return Fate::refuse;
    if (calm()) return Fate::accept;
    if (chance_.percent(plan_.later * factor)) return chance_.percent(70) ? Fate::later : Fate::disconnected;
    if (chance_.percent(plan_.doubts * factor))
        return chance_.percent(50) ? Fate::doubt_taken : Fate::doubt_lost;
    return Fate::accept;
}

void FakeNetwork::no_session(const store::MessageRow& row) {
    time_.in(chance_.millis(0, 1), [this, row, life = life_] {
        if (life != life_) return;
        judge_.try_ended(row.sequence, row.account, row.key);
        gateway_->sent(row.sequence,
                       fail(error_of(Errc::not_connected, Retry::when_connected, Ambiguous::no)));
    });
}

void FakeNetwork::send(store::MessageRow row) {
    judge_.try_begun(row);
    const auto said = std::ranges::find(plan_.sayings, row.key, &Saying::key);
    if (said != plan_.sayings.end() && said->kills_us)
        time_.in(chance_.millis(0, 20), [this, life = life_] {
            if (life == life_) gateway_->dies("sending it");
        });
    if (!sessions_[{row.account, row.endpoint}].up) return no_session(row);
    const auto number = ++numbers_;
    const auto fate = fate_of(row);
    const bool slow = chance_.percent(plan_.slow);
    trace_("network  gets {} of {}/{}, try {}: fate {}", row.sequence, row.account.str(), row.conversation,
           row.attempts, static_cast<int>(fate));
    const auto takes = slow ? chance_.millis(0, 2'900) : chance_.millis(0, 10);
    const auto answers = takes + (slow ? chance_.millis(0, 3'000 - takes.count()) : chance_.millis(0, 10));
    tries_.emplace(number, Try{std::move(row), fate, false});
    if (fate == Fate::accept || fate == Fate::submit || fate == Fate::doubt_taken)
        time_.in(takes, [this, number] { take(number); });
    time_.in(answers, [this, number] { answer(number); });
}

void FakeNetwork::take(std::uint64_t number) {
    const auto found = tries_.find(number);
    if (found == tries_.end() || found->second.taken) return;
    auto& one = found->second;
    one.taken = true;
    const bool shown_before = plan_.rules.idempotent && judge_.takes(one.row.account, one.row.key) > 0;
    if (shown_before) return;  // the same key: one message
    trace_("network  takes {} (try {})", one.row.sequence, one.row.attempts);
    judge_.took(one.row);
    plan_reports(one);
}

void FakeNetwork::answer(std::uint64_t number) {
    const auto found = tries_.find(number);
    if (found == tries_.end()) return;
    finish(number, outcome_of(found->second));
}

Result<adapter::SendOutcome> FakeNetwork::outcome_of(const Try& one) {
    switch (one.fate) {
        case Fate::accept: {
            judge_.confirmed(one.row.account, one.row.key);
            adapter::Accepted accepted;
            accepted.parts.emplace_back("part-" + one.row.key.str());
            return adapter::SendOutcome(std::move(accepted));
        }
        case Fate::submit:
            return adapter::SendOutcome(adapter::Submitted{});
        case Fate::refuse:
            judge_.refused(one.row.account, one.row.key);
            return fail(error_of(Errc::refused, Retry::never, Ambiguous::no));
        case Fate::later: {
            auto error = error_of(Errc::rate_limited, Retry::later, Ambiguous::no);
            if (chance_.percent(30)) {
                error.retry_after = chance_.millis(0, 10'000);
                judge_.asked_to_wait(one.row.account, one.row.key, *error.retry_after);
            }
            return fail(std::move(error));
        }
        case Fate::disconnected:
            return fail(error_of(Errc::not_connected, Retry::when_connected, Ambiguous::no));
        case Fate::doubt_taken:
        case Fate::doubt_lost:
            break;
    }
    return fail(error_of(Errc::timed_out, chance_.pick({Retry::later, Retry::never}), Ambiguous::yes));
}

void FakeNetwork::finish(std::uint64_t number, Result<adapter::SendOutcome> outcome) {
    const auto one = std::move(tries_.extract(number).mapped());
    trace_("network  answers {}: {}", one.row.sequence,
           outcome                                       ? "taken"
           : outcome.error().ambiguous == Ambiguous::yes ? "doubt"
                                                         : to_string(outcome.error().code));
    judge_.try_ended(one.row.sequence, one.row.account, one.row.key);
    if (!outcome && outcome.error().ambiguous == Ambiguous::yes) judge_.doubted(one.row.account, one.row.key);
    gateway_->sent(one.row.sequence, std::move(outcome));
}

// ------------------------------------------------------------------------------------------------ reports

void FakeNetwork::plan_reports(const Try& one) {
    using enum model::DeliveryStage;
    if (!calm() && plan_.lossy_reports && chance_.percent(30)) return;
    const auto soon = chance_.percent(50) ? chance_.millis(0, 10) : chance_.millis(0, 8'000);
    if (!plan_.rules.reports) {
        if (one.fate == Fate::submit) report(one.row.account, one.row.key, accepted, soon);
        return;
    }
    const bool fails = chance_.percent(10) && one.fate != Fate::doubt_taken && one.row.attempts == 1;
    if (one.fate == Fate::submit && chance_.percent(30))
        report(one.row.account, one.row.key, accepted, soon / 2);
    report(one.row.account, one.row.key, fails ? failed : delivered, soon);
    if (!fails && chance_.percent(30))
        report(one.row.account, one.row.key, displayed, soon + chance_.millis(0, 3'000));
    if (chance_.percent(5)) report(one.row.account, one.row.key, fails ? failed : delivered, soon * 2);
}

/// It is kept by the network until the gateway is there to hear it.
void FakeNetwork::report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                         Millis after) {
    time_.in(after, [this, account, key, stage] {
        if (!gateway_->alive()) return report(account, key, stage, chance_.millis(500, 3'000));
        // A second one of it is on its way or there: it is not said that it failed.
        if (stage == model::DeliveryStage::failed && judge_.takes(account, key) > 1) return;
        trace_("network  reports {}: {}", key.str(), static_cast<int>(stage));
        judge_.reported(account, key, stage);
        std::optional<Error> error;
        if (stage == model::DeliveryStage::failed) error = make_error(Errc::bad_recipient, "simulated");
        gateway_->report(account, key, stage, std::move(error));
    });
}

}  // namespace causeway::sim
