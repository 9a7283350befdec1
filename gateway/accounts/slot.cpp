#include "gateway/accounts/slot.hpp"

#include <boost/asio/redirect_error.hpp>

#include "gateway/base/assert.hpp"

namespace causeway::accounts {
namespace {

using adapter::SessionState;

constexpr log::Message kConnected{"CAUSEWAY_SESSION_CONNECTED", log::Level::info, "a session is connected"};
constexpr log::Message kLost{"CAUSEWAY_SESSION_LOST", log::Level::warning,
                             "a session was lost; it will be tried again"};
constexpr log::Message kRefused{
    "CAUSEWAY_SESSION_REFUSED", log::Level::warning,
    "a network did not accept a user's login; not tried again until the user changes it"};
constexpr log::Message kNotOpened{"CAUSEWAY_SESSION_NOT_OPENED", log::Level::error,
                                  "a session could not be made"};

/// The adapter's keyed records, in the store under the account.
class StoreRecords final : public adapter::Records {
public:
    StoreRecords(store::Store& store, AccountId account) : store_(store), account_(std::move(account)) {}

    Task<Result<std::optional<std::string>>> get(std::string key) override {
        co_return co_await store_.record(account_, std::move(key));
    }
    Task<Result<>> put(std::string key, std::string value) override {
        store::Batch batch;
        batch.emplace_back(store::PutRecord{account_, std::move(key), std::move(value)});
        co_return co_await store_.commit(std::move(batch));
    }

private:
    store::Store& store_;
    AccountId account_;
};

std::string_view name_of(SessionState state) noexcept {
    switch (state) {
        case SessionState::stopped:
            return "stopped";
        case SessionState::connecting:
            return "connecting";
        case SessionState::connected:
            return "connected";
        case SessionState::backing_off:
            return "backing_off";
        case SessionState::bad_credentials:
            return "bad_credentials";
        case SessionState::needs_user:
            return "needs_user";
    }
    return "stopped";
}

}  // namespace

SessionGauges::SessionGauges(Metrics& metrics, const NetworkName& network) {
    for (std::size_t i = 0; i < kStates; ++i) {
        gauges_[i] = &metrics.gauge(
            "causeway_sessions", "Sessions of users on a network, by state",
            {{"network", network.str()}, {"state", std::string(name_of(static_cast<SessionState>(i)))}});
    }
}

void SessionGauges::moved(SessionState from, SessionState to) noexcept {
    // `stopped` is where slots begin and end: it is not counted, or it would count everybody who ever came.
    if (from != SessionState::stopped) gauges_[static_cast<std::size_t>(from)]->Decrement();
    if (to != SessionState::stopped) gauges_[static_cast<std::size_t>(to)]->Increment();
}

Slot::Slot(const Surroundings& surroundings, AccountPtr account, EndpointId endpoint, SlotSettings settings)
    : in_(surroundings),
      account_(std::move(account)),
      endpoint_(std::move(endpoint)),
      preferred_name_(account_->row.user.view().substr(0, account_->row.user.view().find('@'))),
      settings_(settings),
      backoff_(settings.backoff),
      settled_(in_.executor),
      stopped_(in_.executor) {
    settled_.open();
    stopped_.open();
}

void Slot::set_reason(Reason reason, bool on) {
    const auto bit = static_cast<std::uint8_t>(reason);
    reasons_ = static_cast<std::uint8_t>(on ? reasons_ | bit : reasons_ & ~bit);
    if (wanted()) {
        start_if_wanted();
    } else if (running_) {
        begin_close();
    }
}

void Slot::begin_close() {
    cut_wait_short();
    if (!session_ || std::exchange(closing_, true)) return;
    spawn(in_.executor, close_session(session_, "", in_.context.clock.steady() + settings_.close_within));
}

void Slot::touch() {
    last_used_ = in_.context.clock.steady();
    set_reason(Reason::traffic, true);
    arm_idle_timer();
}

void Slot::arm_idle_timer() {
    if (idle_timer_armed_) return;
    idle_timer_armed_ = true;
    if (!idle_timer_) idle_timer_ = std::make_unique<Timer>(in_.executor);
    idle_timer_->expires_after(last_used_ + settings_.idle_after - in_.context.clock.steady());
    idle_timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!self || error) return;
        self->idle_timer_armed_ = false;
        if (self->in_.context.clock.steady() - self->last_used_ >= self->settings_.idle_after) {
            self->set_reason(Reason::traffic, false);
        } else {
            self->arm_idle_timer();
        }
    });
}

void Slot::start_if_wanted() {
    // Wanted again while the goodbye is said: whoever waits from now on waits for the session after it.
    if (closing_ && state_ == SessionState::connected) move_to(SessionState::connecting, "");
    // A refused login is not repeated by itself: that locks people's accounts (GW-LOG-005).
    if (running_ || state_ == SessionState::bad_credentials) return;
    running_ = true;
    stopped_.close();
    move_to(SessionState::connecting, "");
    spawn(in_.executor, supervise());
}

void Slot::restart() {
    backoff_.reset();
    if (running_) {
        begin_close();
        if (wanted()) move_to(SessionState::connecting, "");
        return;
    }
    move_to(SessionState::stopped, "");
    if (wanted()) start_if_wanted();
}

Task<> Slot::supervise() {
    const auto self = shared_from_this();  // the slot lives as long as this coroutine
    while (wanted()) {
        static_cast<void>(take_closed());  // closed while it waited for its next try
        const auto started = in_.context.clock.steady();
        // This frame stays for as long as the session does: what is done before and after is not in it, and neither
        // is what would be passed by value.
        auto ended = open_session();
        if (!ended) ended = co_await session_->run();
        const bool closed =
            take_closed();  // on our own wish; perhaps wanted again while the goodbye was said
        if (!wanted()) break;
        if (closed) {
            move_to(SessionState::connecting, "");
            continue;
        }
        const auto delay = after_loss(*ended, started);
        if (!delay) co_return;
        co_await wait_before_retry(*delay);
        if (wanted()) move_to(SessionState::connecting, "");
    }
    // Who hears of this end may want the session again: then it has been started when this returns.
    end_supervision(SessionState::stopped, "");
}

/// @return how long to wait before the next try; nothing: there is none, and the supervision has ended
std::optional<Millis> Slot::after_loss(const Error& error, SteadyTime started) {
    const auto user = in_.context.log.person(account_->row.user.view());
    const auto network = in_.accounts.network().str();
    last_error_ = error;
    if (error.code == Errc::bad_credentials || error.retry == Retry::never) {
        in_.context.log.event(kRefused, {{"network", network}, {"user", user}, {"detail", error.detail}});
        end_supervision(
            error.code == Errc::bad_credentials ? SessionState::bad_credentials : SessionState::needs_user,
            error.detail);
        return std::nullopt;
    }
    const auto lasted = std::chrono::duration_cast<Millis>(in_.context.clock.steady() - started);
    const auto delay =
        std::max(backoff_.next(lasted, in_.context.random), error.retry_after.value_or(Millis{0}));
    in_.context.log.event(kLost, {{"network", network},
                                  {"user", user},
                                  {"error", to_string(error.code)},
                                  {"detail", error.detail},
                                  {"retry_ms", delay.count()}});
    move_to(SessionState::backing_off, error.detail);
    return delay;
}

void Slot::end_supervision(SessionState state, std::string_view reason) {
    running_ = false;
    closing_ = false;
    session_.reset();
    stopped_.open();
    move_to(state, reason);
}

/// Forgets a session that was told to close. @return true if there was one
bool Slot::take_closed() {
    if (!std::exchange(closing_, false)) return false;
    session_.reset();
    return true;
}

/// Makes the session unless there is one. @return why there is none
std::optional<Error> Slot::open_session() {
    if (session_) return std::nullopt;
    auto credentials = in_.accounts.credentials(*account_);
    if (!credentials) return credentials.error();
    auto options = in_.accounts.options(*account_, endpoint_);
    if (!options) return options.error();
    adapter::SessionSettings settings;
    settings.account = account_->row.id;
    settings.endpoint = endpoint_;
    settings.preferred_name = preferred_name_;
    settings.credentials = std::move(*credentials);
    settings.options = std::move(*options);
    auto opened = in_.network.open(std::move(settings), *this);
    if (!opened) {
        in_.context.log.event(kNotOpened, {{"network", in_.accounts.network().str()},
                                           {"error", to_string(opened.error().code)},
                                           {"detail", opened.error().detail}});
        return opened.error();
    }
    session_ = std::move(*opened);
    return std::nullopt;
}

Task<> Slot::wait_before_retry(Millis delay) {
    Timer timer(in_.executor, delay);
    retry_timer_ = &timer;
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, ignored));
    retry_timer_ = nullptr;
}

void Slot::cut_wait_short() {
    if (retry_timer_) retry_timer_->cancel();
}

Task<> Slot::close_session(std::shared_ptr<adapter::Session> session, std::string goodbye,
                           SteadyTime deadline) {
    co_await session->close(std::move(goodbye), deadline);
}

Task<> Slot::shut(std::string goodbye, SteadyTime deadline) {
    const auto self = shared_from_this();
    shut_ = true;
    if (idle_timer_) idle_timer_->cancel();
    cut_wait_short();
    closing_ = true;
    if (const auto session = session_) co_await close_session(session, std::move(goodbye), deadline);
    co_await stopped_.wait(deadline);
}

std::shared_ptr<adapter::Session> Slot::session() const noexcept {
    return state_ == SessionState::connected && !closing_ ? session_ : nullptr;
}

Task<bool> Slot::wait_connected(SteadyTime deadline) {
    const auto self = shared_from_this();
    // The first failure ends the wait: whoever waits is told at once rather than after every retry.
    co_await settled_.wait(deadline);
    co_return session() != nullptr;
}

void Slot::move_to(SessionState state, std::string_view reason) {
    const auto before = std::exchange(state_, state);
    reason_text_ = reason;
    if (state == SessionState::connecting) {
        settled_.close();
    } else {
        settled_.open();
    }
    in_.gauges.moved(before, state);
    if (state == SessionState::connected) last_error_.reset();
    if (before != state) in_.events.on_state(shared_from_this(), reason_text_);
}

adapter::Records& Slot::records() noexcept {
    if (!records_) records_ = std::make_unique<StoreRecords>(in_.accounts.store(), account_->row.id);
    return *records_;
}

Task<Result<>> Slot::deliver(adapter::Event event) {
    co_return co_await in_.events.on_deliver(shared_from_this(), std::move(event));
}

Task<> Slot::publish(adapter::EventBody event) {
    return in_.events.on_event(shared_from_this(), std::move(event));
}

void Slot::hint(adapter::EventBody event) noexcept {
    in_.events.on_hint(shared_from_this(), std::move(event));
}

void Slot::report(MessageKey key, model::DeliveryStage stage, std::optional<Error> error) noexcept {
    in_.events.on_report(shared_from_this(), key, stage, error);
}

void Slot::state(SessionState state, std::string reason) noexcept {
    CAUSEWAY_ASSERT(running_);
    if (closing_) return;  // it is on its way out: nobody is to use it
    if (state == SessionState::connected) {
        in_.context.log.event(kConnected, {{"network", in_.accounts.network().str()},
                                           {"user", in_.context.log.person(account_->row.user.view())}});
    }
    move_to(state, reason);
}

}  // namespace causeway::accounts
