#include "tests/sim/world.hpp"

#include <algorithm>

namespace causeway::sim {
namespace {

constexpr int kMostTicksASecond = 400;
constexpr std::uint64_t kMostSteps = 400'000;

}  // namespace

World::World(std::uint64_t seed, bool trace)
    : trace_(trace, time_),
      chance_(seed * 0x2545f4914f6cdd1dU + 1),
      dice_(seed + 77),
      plan_(make_plan(chance_)),
      judge_(plan_, time_, trace_),
      store_(plan_, time_, chance_, judge_),
      network_(plan_, time_, chance_, judge_, trace_),
      server_(plan_, time_, chance_, judge_, trace_),
      told_(plan_.tellings.size()) {
    judge_.look_at(store_.rows());
    network_.serve(*this);
    server_.serve(*this);
    server_.link_wanted([this] {
        if (deaf_ && !store_.fails()) deaf_ = false;
        return !deaf_;
    });
}

World::~World() = default;

void World::run() {
    const auto& rules = plan_.rules;
    trace_("rules    {}{}{}{}{}most under way {}, lifetime {} s, quiet at {} s",
           rules.keeps_order ? "in order, " : "", rules.idempotent ? "idempotent, " : "",
           rules.on_doubt == adapter::OnDoubt::hold ? "hold, " : "resend once, ",
           rules.confirms ? "confirms, " : "", rules.reports ? "reports, " : "", rules.most_under_way,
           rules.lifetime.count() / 1000, plan_.quiet_at.count() / 1000);
    start();
    plan_life();
    while (time_.step()) {
        if (time_.steps() > kMostSteps) throw Violation("\"it comes to rest\" (too many steps)");
    }
    judge_.last_judgement();
}

// ------------------------------------------------------------------------------------------------ life and death

void World::start() {
    trace_("gateway  starts");
    ++life_;
    Port& port = *this;
    to_network_ = std::make_unique<delivery::ToNetwork>(plan_.rules, port, time_, dice_);
    to_xmpp_ = std::make_unique<delivery::ToXmpp>(plan_.xmpp, port, time_, dice_);
    sequence_ = store_.last_sequence();
    for (const auto& message : store_.open()) {
        if (message.direction == model::Direction::to_network) {
            to_network_->restore(message);
        } else {
            to_xmpp_->restore(message);
        }
    }
    to_network_->restored();
    server_.connect();
    arm();
}

void World::dies(const char* why) {
    if (!alive()) return;
    trace_("gateway  DIES: {}", why);
    store_.crash();
    server_.gateway_died();
    judge_.crashed();
    network_.crash();
    to_network_.reset();
    to_xmpp_.reset();
    armed_for_ = SteadyTime::max();
    ++life_;
    deaf_ = false;
    const auto again = [this](auto&& self) -> void {
        time_.in(chance_.millis(50, chance_.percent(80) ? 500 : 10'000), [this, self] {
            if (store_.fails()) return self(self);  // it cannot read its store: started again
            start();
        });
    };
    again(again);
}

void World::plan_life() {
    for (const auto& saying : plan_.sayings) time_.in(saying.when, [this, &saying] { say(saying, 0); });
    const auto& tellings = plan_.tellings;
    for (std::size_t i = 0; i < tellings.size(); ++i) time_.in(tellings[i].when, [this, i] { tell(i); });
    for (const auto when : plan_.crashes) time_.in(when, [this] { dies("killed"); });
    for (const auto when : plan_.link_losses) time_.in(when, [this] { server_.lose_link(false); });
    for (const auto when : plan_.server_kills) time_.in(when, [this] { server_.kill(); });
    for (const auto when : plan_.session_losses) time_.in(when, [this] { network_.lose_a_session(); });
    for (const auto when : plan_.operators) time_.in(when, [this] { operate(); });
    for (const auto when : plan_.wall_jumps)
        time_.in(when, [this] { time_.shift_wall(chance_.millis(-50'000, 50'000)); });
    for (const auto& outage : plan_.outages) {
        if (outage.fault == Fault::link_down) time_.in(outage.from, [this] { server_.lose_link(false); });
        if (outage.fault == Fault::endpoint_down)
            time_.in(outage.from,
                     [this, endpoint = outage.endpoint] { network_.lose_sessions_to(endpoint); });
    }
    if (!plan_.forgotten.empty())
        time_.in(plan_.forget_at, [this] {
            trace_("user     {} is gone", plan_.forgotten.str());
            network_.lose_sessions_of(plan_.forgotten);
            if (alive()) to_network_->forget(plan_.forgotten);
            arm();
        });
}

// ------------------------------------------------------------------------------------------------ people

bool World::forgotten(const AccountId& account) const {
    return account == plan_.forgotten && time_.elapsed() >= plan_.forget_at;
}

void World::say(const Saying& saying, int tries) {
    if (tries > 12 || forgotten(saying.account)) return;
    if (!alive() || !server_.up()) {
        // The server sent it back to the user, who tries again, perhaps.
        if (chance_.percent(80))
            time_.in(chance_.millis(500, 8'000), [this, &saying, tries] { say(saying, tries + 1); });
        return;
    }
    store::MessageRow row;
    row.sequence = ++sequence_;
    row.network = NetworkName("net");
    row.account = saying.account;
    row.endpoint = saying.endpoint;
    row.conversation = saying.conversation;
    row.key = saying.key;
    row.text = "text of " + saying.key.str();
    row.from = saying.account.str();
    row.stanza_id = saying.key.str();
    row.wants_receipt = saying.wants_receipt;
    row.wants_marker = saying.wants_marker;
    trace_("user     {} says {} to {}: message {}", row.account.str(), row.key.str(), row.conversation,
           row.sequence);
    to_network_->accept(std::move(row),
                        [this, &saying, tries](const Result<>& result) { said(saying, tries, result); });
    arm();
}

void World::said(const Saying& saying, int tries, const Result<>& result) {
    if (result || result.error().code == Errc::conflict)
        judge_.told_kept(model::Direction::to_network, saying.account, saying.key);
    if (!result && result.error().code == Errc::conflict) judge_.repeated(saying.account, saying.key);
    const bool failed = !result && result.error().code != Errc::conflict;
    if (failed) store_failed();
    // A client says what is not ticked once more.
    if (chance_.percent(failed ? 70 : 12))
        time_.in(chance_.millis(300, 10'000), [this, &saying, tries] { say(saying, tries + 1); });
}

/// The network gives the next one of a conversation once the one before was taken.
void World::tell(std::size_t index) {
    const auto& telling = plan_.tellings[index];
    if (told_[index]) return;
    const auto again = [this, index](std::int64_t least, std::int64_t most) {
        time_.in(chance_.millis(least, most), [this, index] { tell(index); });
    };
    if (!alive()) return again(200, 3'000);
    for (std::size_t before = 0; before < index; ++before) {
        const auto& other = plan_.tellings[before];
        if (!told_[before] && other.account == telling.account && other.conversation == telling.conversation)
            return again(1, 2'000);
    }
    store::MessageRow row;
    row.sequence = ++sequence_;
    row.network = NetworkName("net");
    row.account = telling.account;
    row.conversation = telling.conversation;
    row.key = telling.key;
    row.text = "<message>" + telling.key.str() + "</message>";
    row.stanza_id = id_of(row.sequence, model::Notice::none);
    trace_("network  tells {} in {}: {}, message {}", row.account.str(), row.conversation, row.key.str(),
           row.sequence);
    const auto answered = std::make_shared<bool>(false);
    to_xmpp_->accept(std::move(row), {}, [this, index, answered](const Result<>& result) {
        *answered = true;
        if (!result) {
            store_failed();
            return time_.in(chance_.millis(200, 3'000), [this, index] { tell(index); });
        }
        judge_.told_kept(model::Direction::to_xmpp, plan_.tellings[index].account, plan_.tellings[index].key);
        told_[index] = !chance_.percent(3);  // its word of that was lost: it is told again
        if (!told_[index]) time_.in(chance_.millis(200, 3'000), [this, index] { tell(index); });
    });
    // Without an answer (we died) it is told again to the next life.
    const auto asked_in = life_;
    const auto watch = [this, index, answered, asked_in](auto&& self) -> void {
        time_.in(Millis{2'000}, [this, index, answered, asked_in, self] {
            if (*answered) return;
            if (life_ != asked_in) return tell(index);
            self(self);
        });
    };
    watch(watch);
    arm();
}

void World::operate() {
    if (!alive() || store_.rows().empty()) return;
    auto row = store_.rows().begin();
    std::advance(row, static_cast<std::ptrdiff_t>(chance_.next() % store_.rows().size()));
    if (row->second.direction != model::Direction::to_network) return;
    const auto sequence = row->first;
    const bool release = chance_.percent(60);
    trace_("operator {} {}", release ? "releases" : "cancels", sequence);
    auto done = [this, sequence](const Result<>& result) {
        trace_("operator hears of {}: {}", sequence, result ? "done" : result.error().detail);
    };
    if (release) {
        to_network_->release(sequence, std::move(done));
    } else {
        judge_.cancelled(row->second.account, row->second.key);
        to_network_->cancel(sequence, std::move(done));
    }
    arm();
}

void World::store_failed() {
    if (!plan_.closes_link || deaf_) return;
    deaf_ = true;
    server_.lose_link(false);
}

// ------------------------------------------------------------------------------------------------ time

/// As the daemon does it: one timer, asked for after everything that may have changed the halves' minds.
void World::arm() {
    if (!alive()) return;
    const auto when = std::min(to_network_->next_tick(), to_xmpp_->next_tick());
    if (when >= armed_for_ || when == SteadyTime::max()) return;
    armed_for_ = when;
    time_.at(when, [this, when, life = life_] {
        if (life == life_ && armed_for_ == when) tick();
    });
}

void World::tick() {
    const auto second = time_.elapsed().count() / 1000;
    if (std::exchange(second_, second) != second) ticks_in_second_ = 0;
    if (++ticks_in_second_ > kMostTicksASecond) throw Violation("\"it does not spin\" (ticks without end)");
    armed_for_ = SteadyTime::max();
    to_network_->tick();
    to_xmpp_->tick();
    arm();
}

// ------------------------------------------------------------------------------------------------ news for the gateway

void World::sent(std::int64_t sequence, Result<adapter::SendOutcome> outcome) {
    if (!alive()) return;
    to_network_->sent(sequence, std::move(outcome));
    arm();
}

void World::report(const AccountId& account, const MessageKey& key, model::DeliveryStage stage,
                   std::optional<Error> error) {
    if (!alive()) return;
    to_network_->report(account, key, stage, std::move(error));
    arm();
}

void World::session(const AccountId& account, const EndpointId& endpoint, bool up) {
    if (!alive()) return;
    if (up) {
        to_network_->session_up(account, endpoint);
    } else {
        to_network_->session_down(account, endpoint);
    }
    arm();
}

void World::bounced(std::int64_t sequence, model::Notice notice, bool for_now) {
    if (!alive()) return;
    to_xmpp_->bounced(sequence, notice, for_now, "simulated");
    arm();
}

void World::link(bool up, bool stream_error) {
    if (!alive()) return;
    if (up) {
        to_xmpp_->link_up();
    } else {
        to_xmpp_->link_down(stream_error);
    }
    arm();
}

// ------------------------------------------------------------------------------------------------ what the gateway wants

void World::commit(store::Batch batch, Committed done) {
    store_.commit(std::move(batch), [this, done = std::move(done)](Result<> result) mutable {
        if (!result && result.error().code == Errc::storage) store_failed();
        done(std::move(result));
        arm();
    });
}

void World::fetch(std::vector<std::int64_t> sequences, Fetched done) {
    store_.fetch(std::move(sequences), [this, done = std::move(done)](auto rows) mutable {
        done(std::move(rows));
        arm();
    });
}

void World::fetch_of_key(AccountId account, MessageKey key, Fetched done) {
    store_.fetch_of_key(std::move(account), std::move(key),
                        [this, done = std::move(done)](auto rows) mutable {
                            done(std::move(rows));
                            arm();
                        });
}

void World::want_session(const AccountId& account, const EndpointId& endpoint) {
    network_.want_session(account, endpoint);
}

void World::send(store::MessageRow row) {
    network_.send(std::move(row));
}

void World::notice_kept(std::int64_t sequence, model::Notice notice) {
    to_xmpp_->tell(sequence, notice);
}

Result<> World::write(const store::MessageRow& row, bool again) {
    return server_.write(row, again);
}

Result<> World::write_notice(const store::MessageRow& row, model::Notice notice) {
    return server_.write_notice(row, notice);
}

void World::barrier(Committed done) {
    server_.barrier([this, done = std::move(done)](Result<> result) mutable {
        done(std::move(result));
        arm();
    });
}

void World::moved(model::Direction /*direction*/, model::State /*from*/, model::State /*to*/) noexcept {}

void World::remark(std::int64_t sequence, model::State state, const Error& why) noexcept {
    trace_("remark   {} {}: {}", sequence, model::to_string(state), why.detail);
}

}  // namespace causeway::sim
