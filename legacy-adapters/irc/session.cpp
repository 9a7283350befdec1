#include "legacy-adapters/irc/session.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace causeway::irc {

namespace {

using adapter::SessionState;

constexpr log::Message kConnected{"CAUSEWAY_IRC_CONNECTED", log::Level::debug, "IRC session is registered"};
constexpr log::Message kEnded{"CAUSEWAY_IRC_ENDED", log::Level::info, "IRC session ended"};
constexpr log::Message kSilent{"CAUSEWAY_IRC_SILENT", log::Level::warning,
                               "IRC server said nothing for three minutes; connection dropped"};
constexpr Millis kWriteTimeout{30'000};  // a server that reads nothing for so long is gone
constexpr Millis kGoodbye{2'000};        // how long a server may take to close after QUIT

Task<> next_turn() {
    co_await asio::post(co_await asio::this_coro::executor, use_awaitable);
}

Error cancelled() {
    return make_error(Errc::cancelled);
}

}  // namespace

IrcSession::IrcSession(Shared& shared, Connector::Target target, ClientSettings settings, AccountId account,
                       adapter::SessionHost& host)
    : shared_(shared),
      target_(std::move(target)),
      client_(std::move(settings)),
      account_(std::move(account)),
      host_(host),
      stopped_(shared.executor),
      flushed_(shared.executor) {}

IrcSession::~IrcSession() {
    std::erase(shared_.connected, this);
    if (transport_) transport_->close();
}

// ------------------------------------------------------------------------------------------------ the connection
// Of run(), serve() and hand_on(): what is passed by value to anything has its place in the frame, so little is.
Task<Error> IrcSession::run() {
    if (closing_) co_return cancelled();
    running_ = true;
    stopped_.close();
    silent_ = false;
    const SteadyTime deadline = shared_.context.clock.steady() + shared_.options.connect_timeout;
    auto result = co_await connect(deadline);
    if (result) {
        co_await serve();
        result = co_await end_connection(deadline);
    }
    finish(result);
    co_return std::move(result.error());
}

void IrcSession::finish(Result<>& result) {
    if (closing_) result = fail(cancelled());
    const Error& why = result.error();
    shared_.context.log.event(kEnded, {{"account", shared_.context.log.person(account_.view())},
                                       {"server", target_.server->name},
                                       {"why", to_string(why.code)},
                                       {"detail", why.detail}});
    running_ = false;
    stopped_.open();
}

Task<Result<>> IrcSession::connect(SteadyTime deadline) {
    abort_ = std::make_shared<Abort>();
    Connector::Target target = target_;
    auto transport = co_await shared_.connector.connect(std::move(target), deadline, abort_);
    abort_.reset();  // from here on close() says QUIT first
    if (!transport) co_return fail(std::move(transport.error()));
    if (closing_) {
        (*transport)->close();
        co_return fail(Errc::cancelled);
    }
    if (auto started = client_.connected(shared_.context.clock.steady()); !started) co_return started;
    transport_ = std::move(*transport);
    registering_ = std::make_unique<Deadline>(shared_.executor, deadline, transport_);
    shared_.connected.push_back(this);
    shared_.connections.Increment();
    co_return Result<>{};
}

Task<> IrcSession::serve() {
    const auto transport = transport_;
    LineBuffer lines;
    std::vector<Completion> answers;
    while (true) {
        schedule_flush();
        const auto bytes = co_await transport->read(shared_.read_buffer);
        if (bytes.empty()) co_return;
        lines.feed(bytes);
        const Moment now{shared_.context.clock.steady(), shared_.context.clock.wall()};
        double count = 0;
        while (const auto line = lines.next()) {
            client_.receive(*line, now);
            count += 1;
            if (registering_ && client_.phase() == Client::Phase::ready) {
                registering_.reset();
                on_ready();
            }
            if (client_.has_events()) {
                auto before = std::exchange(answers, {});
                if (!before.empty()) co_await go_on(std::move(before));
                co_await hand_on();
            } else {  // answers alone wait for the end of what was read: one turn for all of them
                client_.add_completions(answers);
            }
            if (client_.phase() == Client::Phase::failed) break;
        }
        auto rest = std::exchange(answers, {});
        if (!rest.empty()) co_await go_on(std::move(rest));
        shared_.lines_in.Increment(count);
        if (client_.phase() == Client::Phase::failed) co_return;
    }
}

void IrcSession::on_ready() {
    shared_.context.log.event(kConnected, {{"account", shared_.context.log.person(account_.view())},
                                           {"server", target_.server->name}});
    host_.state(SessionState::connected, {});
}

Error IrcSession::why_ended(SteadyTime deadline) const {
    if (client_.phase() == Client::Phase::failed) return client_.failure();
    const bool never_ready = client_.phase() == Client::Phase::registering;
    const bool late = silent_ || (never_ready && shared_.context.clock.steady() >= deadline);
    Error error =
        make_error(late ? Errc::timed_out : Errc::not_connected, "connection to the IRC server ended");
    error.retry = Retry::later;
    return error;
}

Task<Result<>> IrcSession::end_connection(SteadyTime deadline) {
    Error why = why_ended(deadline);
    std::erase(shared_.connected, this);
    shared_.connections.Decrement();
    const bool refused_login = client_.phase() == Client::Phase::failed && !client_.failure_reason().empty();
    std::string reason = refused_login ? client_.failure_reason() : "connection lost";
    transport_->close();
    registering_.reset();
    flood_timer_.reset();
    while (flushing_) (void)co_await flushed_.wait();
    transport_.reset();

    client_.lost(why, reason);
    co_await hand_on();
    co_return fail(std::move(why));
}

Task<> IrcSession::hand_on() {
    Output output;
    client_.take_output(output);
    handing_on_ = true;
    for (auto& event : output.events) {
        if (closing_) break;
        co_await publish(event);
    }
    handing_on_ = false;
    hint_all(output.hints);
    if (!output.completions.empty()) co_await go_on(std::move(output.completions));
}

Task<> IrcSession::go_on(std::vector<Completion> answers) {
    if (!wake(answers)) co_return;
    co_await next_turn();  // they go on first, and their callers with them
    co_await next_turn();
}

// No coroutines: no place for an event is in a frame whose memory Asio gives to the next read, which stays.
Task<> IrcSession::publish(adapter::EventBody& event) {
    return host_.publish(std::move(event));
}

void IrcSession::hint_all(std::vector<adapter::EventBody>& hints) {
    for (auto& hint : hints) host_.hint(std::move(hint));
}

void IrcSession::wake_now() {
    std::vector<Completion> completions;
    client_.add_completions(completions);
    (void)wake(completions);
}

bool IrcSession::wake(std::vector<Completion>& completions) {
    bool woken = false;
    for (auto& completion : completions) {
        const auto found = std::ranges::find(waiters_, completion.id, &Waiter::request);
        if (found == waiters_.end()) continue;
        (*found)->outcome = std::move(completion.outcome);
        (*found)->answered.open();
        woken = true;
    }
    return woken;
}

Task<> IrcSession::close(std::string reason, SteadyTime deadline) {
    closing_ = true;
    if (abort_) abort_->request();
    if (!running_) co_return;
    if (transport_) {
        client_.quit(reason.empty() ? shared_.options.quit_text : reason);
        schedule_flush();
        const SteadyTime now = shared_.context.clock.steady();
        const SteadyTime patience = now + std::min<SteadyTime::duration>((deadline - now) / 2, kGoodbye);
        if (co_await stopped_.wait(patience)) co_return;
        if (transport_) transport_->close();
    }
    (void)co_await stopped_.wait(deadline);
}

void IrcSession::sweep(SteadyTime now, bool poll_presence) {
    if (!transport_ || handing_on_) return;
    if (!client_.sweep(now, poll_presence)) {
        silent_ = true;
        shared_.context.log.event(kSilent, {{"server", target_.server->name}});
        transport_->close();
        return;
    }
    schedule_flush();
}

// ------------------------------------------------------------------------------------------------ writing
void IrcSession::schedule_flush() {
    if (flushing_ || !transport_ || !client_.wants_flush()) return;
    flushing_ = true;
    flushed_.close();
    // Not at once: what this turn still writes goes along. Who ends the connection waits for it.
    asio::post(shared_.executor, [this] { flush(); });
}

void IrcSession::flush() {
    std::string bytes = take_written();
    const std::size_t written = bytes.empty() ? 0 : transport_->write_some(bytes);
    if (written == bytes.size()) return flush_ended();
    bytes.erase(0, written);
    spawn(shared_.executor, flush_slowly(transport_, std::move(bytes)));
}

std::string IrcSession::take_written() {
    Outbox::Taken taken = client_.flush(shared_.context.clock.steady());
    shared_.lines_out.Increment(static_cast<double>(taken.lines));
    for (const Millis waited : taken.waited) {
        shared_.flood_wait.Observe(std::chrono::duration<double>(waited).count());
    }
    return std::move(taken.bytes);
}

Task<> IrcSession::flush_slowly(std::shared_ptr<Transport> transport, std::string bytes) {
    while (!bytes.empty()) {
        const Deadline limit(shared_.executor, shared_.context.clock.steady() + kWriteTimeout, transport);
        const bool written = co_await transport->write(std::move(bytes));
        if (!written) {
            transport->close();
            break;
        }
        bytes = take_written();
    }
    flush_ended();
}

void IrcSession::flush_ended() {
    flushing_ = false;
    arm_flood_timer();
    flushed_.open();
}

void IrcSession::arm_flood_timer() {
    const auto when = client_.next_flush();
    if (!when || !transport_) return;
    if (!flood_timer_) flood_timer_ = std::make_unique<FloodTimer>(shared_.executor);
    flood_timer_->timer.expires_at(*when);
    flood_timer_->timer.async_wait(
        [this, alive = flood_timer_->alive](const boost::system::error_code& error) {
            if (!error && *alive) schedule_flush();
        });
}

}  // namespace causeway::irc
