#include "component/stream/link.hpp"

#include <deque>
#include <utility>

#include "component/stream/backoff.hpp"
#include "component/stream/link_parts.hpp"
#include "component/stream/link_probe.hpp"
#include "component/stream/link_report.hpp"
#include "component/stream/stream.hpp"
#include "component/stream/transport.hpp"
#include "gateway/base/async.hpp"

namespace causeway::xmpp {

namespace {

constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr std::size_t kKeptWriteBuffer = 1024 * 1024;  ///< a larger one is given back after use
constexpr std::size_t kStuckFactor = 8;  ///< times the high-water mark: then the link is given up
constexpr Millis kConnectTimeout{10'000};
constexpr Millis kLinger{1'000};  ///< what a closed stream has for its last words

}  // namespace

/// Three coroutines serve one connection: reader (in serve()), writer and ticker. Whoever ends the stream calls
/// nudge(); the writer then writes the last words, the ticker closes the transport, which ends the reader, and
/// serve() joins them. Each holds the Impl, so that a Link may be destroyed while they are under way.
class Link::Impl final : public StreamListener {
public:
    Impl(Executor executor, LinkSettings settings, LinkHandler& handler, Context context);

    [[nodiscard]] static Task<> run(std::shared_ptr<Impl> self);
    [[nodiscard]] static Task<> stop(std::shared_ptr<Impl> self, SteadyTime deadline);
    [[nodiscard]] Task<Result<>> probe(SteadyTime deadline) {
        return probe_link(executor_, settings_, context_, deadline);
    }
    [[nodiscard]] static Task<Result<>> barrier(std::shared_ptr<Impl> self, SteadyTime deadline);
    [[nodiscard]] static Task<> writable(std::shared_ptr<Impl> self);
    [[nodiscard]] bool is_writable() const noexcept {
        return !has_phase(StreamPhase::up) || queued() <= settings_.high_water_bytes;
    }

    [[nodiscard]] Result<> send(const xml::Element& stanza);
    [[nodiscard]] Result<> send_written(std::string_view stanza);
    [[nodiscard]] LinkState state() const noexcept;
    [[nodiscard]] const LinkSettings& settings() const noexcept { return settings_; }
    void reconfigure(LinkSettings settings);
    static void hold(const std::shared_ptr<Impl>& self);
    void release();
    void pause_reading() noexcept { may_read_.close(); }
    void resume_reading() { may_read_.open(); }
    /// The Link is gone: nobody is told anything any more, everything ends.
    void abandon() noexcept;

private:
    struct Barrier {
        Barrier(std::uint64_t n, SteadyTime when, const Executor& executor)
            : number(n), asked(when), done(executor) {}
        std::uint64_t number;
        SteadyTime asked;
        Gate done;
        bool passed = false;
    };

    void on_ready() override;
    void on_stanza(Stanza stanza) override;
    void on_oversize(StanzaHead head, std::string_view limit) override;
    void on_ping_back(std::uint64_t number) override;
    void on_refused(Refusal refusal) override { report_.refused(refusal); }
    void on_no_loop() override { report_.no_loop(!settings_.server_domain.empty()); }

    [[nodiscard]] static Task<Loss> serve(std::shared_ptr<Impl> self);
    [[nodiscard]] static Task<> read(std::shared_ptr<Impl> self);
    [[nodiscard]] static Task<> write(std::shared_ptr<Impl> self);
    [[nodiscard]] static Task<> keep_time(std::shared_ptr<Impl> self);
    [[nodiscard]] static Task<> drain_and_close(std::shared_ptr<Impl> self);
    void begin_stream();
    void end_stream();

    [[nodiscard]] SteadyTime now() const noexcept { return context_.clock.steady(); }
    [[nodiscard]] bool has_phase(StreamPhase phase) const noexcept {
        return stream_ && stream_->phase() == phase;
    }
    [[nodiscard]] std::size_t queued() const noexcept { return stream_->output_size() + writing_.size(); }
    /// Something was queued, or the stream has ended: whoever waits for that goes on.
    void nudge();
    void after_queueing();

    Executor executor_;
    LinkSettings settings_;
    LinkHandler* handler_;
    Context context_;
    LinkReport report_;
    Backoff backoff_;
    std::shared_ptr<Transport> transport_;     ///< while connecting and connected
    std::unique_ptr<ComponentStream> stream_;  ///< while connected
    std::uint64_t epoch_ = 0;
    std::optional<SteadyTime> up_since_;
    std::deque<std::shared_ptr<Barrier>> barriers_;  ///< by number
    std::vector<char> reading_;
    std::string writing_;  ///< the buffer that is on its way; the other one is the stream's
    Timer timer_;
    Gate has_output_;
    Gate flushed_;
    Gate writer_done_;
    Gate timekeeper_done_;
    Gate writable_;
    Gate retry_now_;
    Gate finished_;
    Gate may_read_;
    Gate may_connect_;  ///< closed while held
    bool stopping_ = false;
};

Link::Impl::Impl(Executor executor, LinkSettings settings, LinkHandler& handler, Context context)
    : executor_(std::move(executor)),
      settings_(with_prepared_names(std::move(settings))),
      handler_(&handler),
      context_(context),
      report_(context_, settings_),
      backoff_({settings_.backoff_first, settings_.backoff_max}),
      reading_(kReadBuffer),
      timer_(executor_),
      has_output_(executor_),
      flushed_(executor_),
      writer_done_(executor_),
      timekeeper_done_(executor_),
      writable_(executor_),
      retry_now_(executor_),
      finished_(executor_),
      may_read_(executor_),
      may_connect_(executor_) {
    may_read_.open();
    may_connect_.open();
    finished_.open();
    writable_.open();
}

// --- the life of a link ---------------------------------------------------------------------------------------

Task<> Link::Impl::run(std::shared_ptr<Impl> self) {
    self->finished_.close();
    while (!self->stopping_) {
        co_await self->may_connect_.wait();
        if (self->stopping_) break;
        const Loss loss = co_await serve(self);
        const auto up_since = std::exchange(self->up_since_, std::nullopt);
        if (up_since && self->handler_ != nullptr) self->handler_->on_down(to_error(loss));
        if (self->stopping_) break;
        if (!self->may_connect_.is_open()) continue;

        const auto uptime = up_since ? self->now() - *up_since : SteadyTime::duration::zero();
        const Millis delay =
            self->backoff_.next(loss, std::chrono::duration_cast<Millis>(uptime), self->context_.random);
        self->report_.lost(loss, up_since.has_value(), delay);
        self->retry_now_.close();
        co_await self->retry_now_.wait(self->now() + delay);
    }
    self->finished_.open();
}

/// One connection, from connect to close. @return why it ended
Task<Loss> Link::Impl::serve(std::shared_ptr<Impl> self) {
    self->transport_ = std::make_shared<Transport>(self->executor_, self->context_.clock);
    TransportSettings settings = transport_settings(self->settings_);
    auto connected = co_await self->transport_->connect(std::move(settings), self->now() + kConnectTimeout);
    if (connected && self->stopping_) connected = std::unexpected(Loss{LossKind::stopped, {}, {}});
    if (!connected) {
        self->transport_.reset();
        co_return connected.error();
    }

    self->begin_stream();
    spawn(self->executor_, write(self));
    spawn(self->executor_, keep_time(self));
    co_await read(self);
    co_await self->writer_done_.wait();
    co_await self->timekeeper_done_.wait();
    Loss loss = self->stream_->loss();
    self->end_stream();
    co_return loss;
}

void Link::Impl::begin_stream() {
    for (Gate* gate : {&has_output_, &flushed_, &writer_done_, &timekeeper_done_}) gate->close();
    writing_.clear();
    stream_ = std::make_unique<ComponentStream>(stream_settings(settings_, ++epoch_), *this, now());
    nudge();
}

void Link::Impl::end_stream() {
    report_.count(stream_->counters());
    report_.down();
    stream_.reset();
    transport_.reset();
    for (const auto& barrier : std::exchange(barriers_, {})) barrier->done.open();
    writable_.open();
}

Task<> Link::Impl::read(std::shared_ptr<Impl> self) {
    ComponentStream& stream = *self->stream_;
    const std::shared_ptr<Transport> transport = self->transport_;
    while (stream.phase() != StreamPhase::closed) {
        if (!self->may_read_.is_open()) co_await self->may_read_.wait();
        const auto count = co_await transport->read(self->reading_);
        if (count) {
            // Handlers answer into the stream's buffer while this runs; the writer sends all of it at once after.
            stream.feed({self->reading_.data(), *count}, self->now());
            self->report_.received(*count);
            self->report_.count(stream.counters());
        } else {
            stream.lose(count.error());
        }
        self->nudge();
    }
}

Task<> Link::Impl::write(std::shared_ptr<Impl> self) {
    ComponentStream& stream = *self->stream_;
    const std::shared_ptr<Transport> transport = self->transport_;
    while (true) {
        co_await self->has_output_.wait();
        self->has_output_.close();
        while (stream.output_size() != 0) {
            stream.take_output(self->writing_, self->now());
            self->report_.queued(self->writing_.size());
            const auto written = co_await transport->write(self->writing_);
            if (!written) stream.lose(written.error());
            self->report_.written(self->writing_.size());
            self->writing_.clear();
            if (!written) break;
            if (self->writing_.capacity() > kKeptWriteBuffer) std::string().swap(self->writing_);
            if (stream.output_size() <= self->settings_.high_water_bytes) self->writable_.open();
        }
        self->report_.queued(0);
        self->report_.count(stream.counters());
        if (stream.phase() == StreamPhase::closed) break;
    }
    self->flushed_.open();
    self->nudge();
    self->writer_done_.open();
}

/// Calls tick() when the stream wishes it; when the stream has ended, closes the transport.
Task<> Link::Impl::keep_time(std::shared_ptr<Impl> self) {
    ComponentStream& stream = *self->stream_;
    const std::shared_ptr<Transport> transport = self->transport_;
    while (stream.phase() != StreamPhase::closed) {
        self->timer_.expires_at(stream.next_deadline());
        boost::system::error_code cancelled;
        co_await self->timer_.async_wait(asio::redirect_error(use_awaitable, cancelled));
        if (stream.phase() == StreamPhase::closed) break;
        stream.tick(self->now());
        self->nudge();
    }
    const bool hopeless = stream.loss().kind == LossKind::dead || stream.loss().kind == LossKind::stuck;
    if (!hopeless) co_await self->flushed_.wait(self->now() + kLinger);
    transport->close();
    self->timekeeper_done_.open();
}

void Link::Impl::nudge() {
    const bool closed = stream_->phase() == StreamPhase::closed;
    if (closed) timer_.cancel();
    if (closed || stream_->output_size() != 0) has_output_.open();
}

void Link::Impl::after_queueing() {
    if (!has_output_.is_open()) has_output_.open();
    const std::size_t bytes = queued();
    if (bytes <= settings_.high_water_bytes) return;
    writable_.close();
    if (bytes <= settings_.high_water_bytes * kStuckFactor) return;
    // Bounded memory comes first: what is durable is sent again on the next stream.
    stream_->lose({LossKind::stuck, {}, "the server does not read what we send"});
    nudge();
}

void Link::Impl::hold(const std::shared_ptr<Impl>& self) {
    if (!self->may_connect_.is_open()) return;
    self->may_connect_.close();
    self->may_read_.open();
    if (self->has_phase(StreamPhase::up)) spawn(self->executor_, drain_and_close(self));
}

/// What the server has handed to us already must be answered: it is in nobody's hands but ours.
Task<> Link::Impl::drain_and_close(std::shared_ptr<Impl> self) {
    const auto epoch = self->epoch_;
    co_await barrier(self, self->now() + kLinger);
    if (self->epoch_ != epoch || !self->has_phase(StreamPhase::up)) co_return;
    self->stream_->close();
    self->nudge();
}

void Link::Impl::release() {
    may_connect_.open();
    retry_now_.open();
}

Task<> Link::Impl::stop(std::shared_ptr<Impl> self, SteadyTime deadline) {
    if (!std::exchange(self->stopping_, true)) {
        self->retry_now_.open();
        self->may_connect_.open();
        self->may_read_.open();
        bool drained = false;
        if (self->has_phase(StreamPhase::up)) {
            // A quarter of the time is kept for closing in good order.
            const SteadyTime drain_until = deadline - (deadline - self->now()) / 4;
            const Result<> back = co_await barrier(self, drain_until);
            drained = back.has_value();
            self->report_.stopped(drained);
        }
        if (self->has_phase(StreamPhase::up)) {
            self->stream_->close();
            self->nudge();
        } else if (self->transport_ && !self->has_phase(StreamPhase::closing)) {
            self->transport_->close();
        }
    }
    if (co_await self->finished_.wait(deadline)) co_return;
    if (self->transport_) self->transport_->close();
    co_await self->finished_.wait(deadline + kLinger);
}

void Link::Impl::abandon() noexcept {
    handler_ = nullptr;
    stopping_ = true;
    for (Gate* gate : {&retry_now_, &may_connect_, &may_read_}) gate->open();
    if (transport_) transport_->close();
}

// --- what the stream says --------------------------------------------------------------------------------------

void Link::Impl::on_ready() {
    up_since_ = now();
    timer_.cancel();  // the stream's next deadline is another one now
    report_.connected(settings_);
    if (handler_ != nullptr) handler_->on_up();
}

void Link::Impl::on_stanza(Stanza stanza) {
    if (handler_ != nullptr) handler_->on_stanza(std::move(stanza));
}

void Link::Impl::on_oversize(StanzaHead head, std::string_view limit) {
    if (handler_ != nullptr) handler_->on_oversize(std::move(head), limit);
}

void Link::Impl::on_ping_back(std::uint64_t number) {
    while (!barriers_.empty() && barriers_.front()->number <= number) {
        const std::shared_ptr<Barrier> barrier = std::move(barriers_.front());
        barriers_.pop_front();
        report_.barrier_back(barrier->asked, now());
        barrier->passed = true;
        barrier->done.open();
    }
}

// --- what the gateway asks -------------------------------------------------------------------------------------

Result<> Link::Impl::send(const xml::Element& stanza) {
    if (!stream_) return fail(Errc::not_connected);
    Result<> sent = stream_->send(stanza);
    if (sent) after_queueing();
    return sent;
}

Result<> Link::Impl::send_written(std::string_view stanza) {
    if (!stream_) return fail(Errc::not_connected);
    Result<> sent = stream_->send_written(stanza);
    if (sent) after_queueing();
    return sent;
}

Task<Result<>> Link::Impl::barrier(std::shared_ptr<Impl> self, SteadyTime deadline) {
    if (!self->stream_) co_return fail(Errc::not_connected);
    const Result<std::uint64_t> number = self->stream_->ping();
    if (!number) co_return fail(number.error());
    self->after_queueing();
    const auto waiting = std::make_shared<Barrier>(*number, self->now(), self->executor_);
    self->barriers_.push_back(waiting);
    if (!co_await waiting->done.wait(deadline)) {
        std::erase(self->barriers_, waiting);
        co_return fail(Errc::timed_out, "barrier");
    }
    if (!waiting->passed)
        co_return fail(Errc::not_connected, "the stream was lost before the barrier came back");
    co_return Result<>{};
}

Task<> Link::Impl::writable(std::shared_ptr<Impl> self) {
    while (!self->is_writable()) {
        self->writable_.close();
        co_await self->writable_.wait();
    }
}

LinkState Link::Impl::state() const noexcept {
    if (!stream_) return transport_ ? LinkState::connecting : LinkState::down;
    switch (stream_->phase()) {
        case StreamPhase::opening:
        case StreamPhase::handshaking:
            return LinkState::handshaking;
        case StreamPhase::up:
            return LinkState::up;
        case StreamPhase::closing:
            return LinkState::closing;
        case StreamPhase::closed:
            break;
    }
    return LinkState::down;
}

void Link::Impl::reconfigure(LinkSettings settings) {
    // The name is what addresses, metrics and logs were made with: a link with another name is another Link.
    settings.network = settings_.network;
    settings.domain = settings_.domain;
    settings_ = with_prepared_names(std::move(settings));
    backoff_.reconfigure({settings_.backoff_first, settings_.backoff_max});
    retry_now_.open();
}

std::string_view to_string(LinkState state) noexcept {
    switch (state) {
        case LinkState::down:
            return "down";
        case LinkState::connecting:
            return "connecting";
        case LinkState::handshaking:
            return "handshaking";
        case LinkState::up:
            return "up";
        case LinkState::closing:
            return "closing";
    }
    return "down";
}

// --- the public face -------------------------------------------------------------------------------------------

Link::Link(Executor executor, LinkSettings settings, LinkHandler& handler, Context context)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(settings), handler, context)) {}

Link::~Link() {
    impl_->abandon();
}

// These return the Impl's coroutine instead of being one, so that nothing refers to the Link itself.
Task<> Link::run() {
    return Impl::run(impl_);
}
Task<> Link::stop(SteadyTime deadline) {
    return Impl::stop(impl_, deadline);
}
Task<Result<>> Link::probe(SteadyTime deadline) {
    return impl_->probe(deadline);
}
Task<Result<>> Link::barrier(SteadyTime deadline) {
    return Impl::barrier(impl_, deadline);
}
Task<> Link::writable() {
    return Impl::writable(impl_);
}
Result<> Link::send(const xml::Element& stanza) {
    return impl_->send(stanza);
}
Result<> Link::send_written(std::string_view stanza) {
    return impl_->send_written(stanza);
}
void Link::hold() {
    Impl::hold(impl_);
}
void Link::release() {
    impl_->release();
}
void Link::pause_reading() noexcept {
    impl_->pause_reading();
}
void Link::resume_reading() {
    impl_->resume_reading();
}
LinkState Link::state() const noexcept {
    return impl_->state();
}
const LinkSettings& Link::settings() const noexcept {
    return impl_->settings();
}
void Link::reconfigure(LinkSettings settings) {
    impl_->reconfigure(std::move(settings));
}

}  // namespace causeway::xmpp
