#include "gateway/delivery/ledger.hpp"

#include <array>

#include <boost/asio/redirect_error.hpp>

#include "gateway/base/async.hpp"
#include "gateway/delivery/crash_point.hpp"

namespace causeway::delivery {
namespace {

constexpr std::size_t kLoadAtOnce = 10'000;
constexpr Millis kBarrierWithin{20'000};

constexpr log::Message kGivenUp{
    "CAUSEWAY_MESSAGE_GIVEN_UP", log::Level::warning,
    "a kept message has ended without arriving, or it is not known whether it did"};

}  // namespace

/// Metric handles, looked up once.
struct Ledger::Meters {
    Meters(Metrics& metrics, const NetworkName& network)
        : seconds(metrics.seconds("causeway_barrier_seconds",
                                  "Time until the XMPP server had taken what was written",
                                  {{"network", network.str()}})),
          repeats(metrics.counter("causeway_duplicates_suppressed_total",
                                  "Messages that were there already, by network",
                                  {{"network", network.str()}})) {
        for (std::size_t direction = 0; direction < 2; ++direction) {
            oldest.at(direction) = &metrics.gauge(
                "causeway_message_oldest_queued_seconds",
                "Age of the oldest kept message that waits or is under way; 0 if there is none",
                {{"network", network.str()},
                 {"direction", std::string(to_string(static_cast<model::Direction>(direction)))}});
            for (std::size_t state = 1; state < model::kStates; ++state) {
                states.at(direction).at(state) = &metrics.gauge(
                    "causeway_messages_state",
                    "Kept messages by what has become of them, until they are purged",
                    {{"network", network.str()},
                     {"direction", std::string(to_string(static_cast<model::Direction>(direction)))},
                     {"state", std::string(to_string(static_cast<State>(state)))}});
            }
        }
    }
    Histogram& seconds;
    Counter& repeats;
    std::array<std::array<Gauge*, model::kStates>, 2> states{};
    std::array<Gauge*, 2> oldest{};
};

Ledger::Ledger(Executor executor, const NetworkName& network, Rules rules, accounts::Accounts& accounts,
               accounts::Supervisor& supervisor, Sequence& sequence, Context context)
    : executor_(std::move(executor)),
      network_(network),
      send_timeout_(rules.send_timeout),
      accounts_(accounts),
      supervisor_(supervisor),
      sequence_(sequence),
      context_(context),
      meters_(std::make_unique<Meters>(context.metrics, network)),
      to_network_(rules, *this, context.clock, context.random),
      to_xmpp_({}, *this, context.clock, context.random),
      timer_(executor_) {}

Ledger::~Ledger() = default;

void Ledger::use(Voice& voice, StoreFailed store_failed) {
    voice_ = &voice;
    store_failed_ = std::move(store_failed);
}

Task<Result<>> Ledger::load() {
    const auto last = co_await accounts_.store().last_sequence();
    if (!last) co_return fail(last.error());
    sequence_.at_least(*last);
    std::int64_t after = 0;
    while (true) {
        const auto open = co_await accounts_.store().open_messages(network_, after, kLoadAtOnce);
        if (!open) co_return fail(open.error());
        for (const auto& message : *open) {
            if (message.direction == model::Direction::to_network) {
                to_network_.restore(message);
            } else {
                to_xmpp_.restore(message);
            }
        }
        if (open->size() < kLoadAtOnce) break;
        after = open->back().sequence;
    }
    co_return Result<>{};
}

void Ledger::start() {
    started_ = true;
    to_network_.restored();
    arm();
}

void Ledger::stop() {
    started_ = false;
    timer_.cancel();
}

// ------------------------------------------------------------------------------------------------ messages

void Ledger::accept(store::MessageRow row, Taken taken) {
    crash_point(CrashPoint::message_read);
    row.sequence = sequence_.next();
    row.network = network_;
    to_network_.accept(std::move(row), std::move(taken));
    arm();
}

Task<Result<>> Ledger::accept_event(store::MessageRow row, store::Batch along) {
    crash_point(CrashPoint::event_read);
    row.network = network_;
    Gate ready(executor_);
    Result<> answer;
    to_xmpp_.accept(std::move(row), std::move(along), [&](Result<> result) {
        answer = std::move(result);
        ready.open();
    });
    co_await ready.wait();
    crash_point(CrashPoint::event_kept);
    co_return answer;
}

void Ledger::on_slot_state(const std::shared_ptr<accounts::Slot>& slot) {
    const auto& account = slot->account()->row.id;
    if (slot->session()) {
        to_network_.session_up(account, slot->endpoint());
    } else {
        to_network_.session_down(account, slot->endpoint());
    }
    arm();
}

void Ledger::on_report(const accounts::AccountPtr& account, const MessageKey& key, model::DeliveryStage stage,
                       std::optional<Error> error) {
    crash_point(CrashPoint::report_read);
    to_network_.report(account->row.id, key, stage, std::move(error));
}

void Ledger::on_bounce(std::int64_t sequence, model::Notice notice, bool for_now, std::string reason) {
    to_xmpp_.bounced(sequence, notice, for_now, std::move(reason));
    arm();
}

void Ledger::on_link_up() {
    to_xmpp_.link_up();
    arm();
}

void Ledger::on_link_down(const Error& why) {
    to_xmpp_.link_down(why.code == Errc::bad_input);
    arm();
}

void Ledger::forget(const AccountId& account) {
    to_network_.forget(account);
}

template <class Half>
Task<Result<>> Ledger::ask_operator_move(Half* half, void (Half::*move)(std::int64_t, Taken),
                                         std::int64_t sequence) {
    Gate ready(executor_);
    Result<> answer;
    (half->*move)(sequence, [&](Result<> result) {
        answer = std::move(result);
        ready.open();
    });
    co_await ready.wait();
    arm();
    co_return answer;
}

Task<Result<>> Ledger::release(model::Direction direction, std::int64_t sequence) {
    if (direction == model::Direction::to_xmpp)
        return ask_operator_move(&to_xmpp_, &ToXmpp::release, sequence);
    return ask_operator_move(&to_network_, &ToNetwork::release, sequence);
}

Task<Result<>> Ledger::cancel(model::Direction direction, std::int64_t sequence) {
    if (direction == model::Direction::to_xmpp)
        return ask_operator_move(&to_xmpp_, &ToXmpp::cancel, sequence);
    return ask_operator_move(&to_network_, &ToNetwork::cancel, sequence);
}

void Ledger::counted(const std::vector<store::MessageCount>& counts) noexcept {
    for (auto& direction : meters_->states) {
        for (auto* gauge : direction)
            if (gauge != nullptr) gauge->Set(0);
    }
    for (const auto& count : counts) {
        if (count.network != network_) continue;
        meters_->states.at(static_cast<std::size_t>(count.direction))
            .at(static_cast<std::size_t>(count.state))
            ->Set(static_cast<double>(count.count));
    }
}

void Ledger::refresh_metrics() {
    const auto set = [this](model::Direction direction, std::optional<Millis> wait) {
        const std::chrono::duration<double> seconds = wait.value_or(Millis{0});
        meters_->oldest.at(static_cast<std::size_t>(direction))->Set(seconds.count());
    };
    set(model::Direction::to_network, to_network_.longest_wait());
    set(model::Direction::to_xmpp, to_xmpp_.longest_wait());
}

// ------------------------------------------------------------------------------------------------ what the halves want

void Ledger::commit(store::Batch batch, Committed done) {
    crash_point(CrashPoint::commit_asked);
    ++commits_;
    spawn(executor_, run_commit(std::move(batch), std::move(done)));
}

Task<> Ledger::run_commit(store::Batch batch, Committed done) {
    const bool is_new = !batch.empty() && std::holds_alternative<store::PutMessage>(batch.front());
    auto result = co_await accounts_.store().commit(std::move(batch));
    crash_point(CrashPoint::committed);
    --commits_;
    if (is_new && !result && result.error().code == Errc::conflict) meters_->repeats.Increment();
    if (!result && result.error().code != Errc::conflict && store_failed_) store_failed_(result.error());
    done(std::move(result));
    arm();
}

void Ledger::fetch(std::vector<std::int64_t> sequences, Fetched done) {
    spawn(executor_, run_fetch(std::move(sequences), std::move(done)));
}

Task<> Ledger::run_fetch(std::vector<std::int64_t> sequences, Fetched done) {
    auto rows = co_await accounts_.store().messages(std::move(sequences));
    done(std::move(rows));
    arm();
}

void Ledger::fetch_of_key(AccountId account, MessageKey key, Fetched done) {
    spawn(executor_, run_fetch_of_key(std::move(account), std::move(key), std::move(done)));
}

Task<> Ledger::run_fetch_of_key(AccountId account, MessageKey key, Fetched done) {
    auto row = co_await accounts_.store().message_of_key(std::move(account), model::Direction::to_network,
                                                         std::move(key));
    if (!row) {
        done(fail(row.error()));
    } else {
        std::vector<store::MessageRow> rows;
        if (*row) rows.push_back(std::move(**row));
        done(std::move(rows));
    }
    arm();
}

void Ledger::want_session(const AccountId& account, const EndpointId& endpoint) {
    const auto owner = accounts_.by_id(account);
    if (!owner || owner->row.logged_out) return;
    supervisor_.slot(owner, endpoint)->touch();
}

void Ledger::send(store::MessageRow row) {
    const auto owner = accounts_.by_id(row.account);
    spawn(executor_,
          run_send(owner ? supervisor_.slot(owner, row.endpoint)->session() : nullptr, std::move(row)));
}

Task<> Ledger::run_send(std::shared_ptr<adapter::Session> session, store::MessageRow row) {
    const auto sequence = row.sequence;
    if (!session || !started_) {
        Error gone = make_error(Errc::not_connected, "the session ended");
        gone.retry = Retry::when_connected;
        to_network_.sent(sequence, fail(std::move(gone)));
        arm();
        co_return;
    }
    crash_point(CrashPoint::before_send);
    model::OutgoingMessage message;
    message.key = std::move(row.key);
    message.to = ContactId(std::move(row.conversation));
    message.kind = row.kind;
    message.text = std::move(row.text);
    if (!row.reply_to.empty()) message.reply_to = LegacyMessageId(std::move(row.reply_to));
    message.attempt = row.attempts;
    auto outcome = co_await session->send(std::move(message), context_.clock.steady() + send_timeout_);
    crash_point(CrashPoint::after_send);
    to_network_.sent(sequence, std::move(outcome));
    arm();
}

void Ledger::notice_kept(std::int64_t sequence, model::Notice notice) {
    to_xmpp_.tell(sequence, notice);
}

Result<> Ledger::write(const store::MessageRow& row, bool again) {
    auto written = voice_->write(row, again);
    crash_point(CrashPoint::after_write);
    return written;
}

Result<> Ledger::write_notice(const store::MessageRow& row, model::Notice notice) {
    auto written = voice_->write_notice(row, notice);
    crash_point(CrashPoint::after_notice);
    return written;
}

void Ledger::barrier(Committed done) {
    spawn(executor_, run_barrier(std::move(done)));
}

Task<> Ledger::run_barrier(Committed done) {
    const auto asked = context_.clock.steady();
    auto passed = co_await voice_->barrier(asked + kBarrierWithin);
    crash_point(CrashPoint::barrier_passed);
    if (passed)
        meters_->seconds.Observe(std::chrono::duration<double>(context_.clock.steady() - asked).count());
    done(std::move(passed));
    arm();
}

void Ledger::moved(model::Direction direction, State from, State to) noexcept {
    auto& states = meters_->states.at(static_cast<std::size_t>(direction));
    if (from != State::received) states.at(static_cast<std::size_t>(from))->Decrement();
    states.at(static_cast<std::size_t>(to))->Increment();
}

void Ledger::remark(std::int64_t sequence, State state, const Error& why) noexcept {
    context_.log.event(kGivenUp, {{"network", network_.str()},
                                  {"message", sequence},
                                  {"state", to_string(state)},
                                  {"why", why.detail}});
}

/// One timer for both halves. They are asked after everything that may have changed their mind.
void Ledger::arm() {
    if (!started_) return;
    const auto when = std::min(to_network_.next_tick(), to_xmpp_.next_tick());
    if (when >= armed_for_ || when == SteadyTime::max()) return;
    armed_for_ = when;
    timer_.expires_at(when);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        armed_for_ = SteadyTime::max();
        to_network_.tick();
        to_xmpp_.tick();
        arm();
    });
}

}  // namespace causeway::delivery
