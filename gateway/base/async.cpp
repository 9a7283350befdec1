#include "gateway/base/async.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

namespace causeway {

Gate::Waiter::Waiter(Gate& gate, SteadyTime deadline)
    : timer(gate.executor_, deadline), gate_(&gate), link_(gate.end_) {
    *link_ = this;
    gate.end_ = &next_;
}

Gate::Waiter::~Waiter() {
    if (gate_) unlink();
}

void Gate::Waiter::unlink() noexcept {
    *link_ = next_;
    if (next_) {
        next_->link_ = link_;
    } else {
        gate_->end_ = link_;
    }
    gate_ = nullptr;
}

Gate::~Gate() {
    while (first_) first_->unlink();
}

void Gate::open() {
    open_ = true;
    ++openings_;
    for (Waiter* waiter = first_; waiter; waiter = waiter->next_) waiter->timer.cancel();
}

Task<bool> Gate::wait(SteadyTime deadline) {
    if (open_) co_return true;
    const auto openings = openings_;
    Waiter waiter(*this, deadline);
    boost::system::error_code ignored;
    co_await waiter.timer.async_wait(asio::redirect_error(use_awaitable, ignored));
    // Opened and closed again before this waiter ran: it was opened all the same.
    co_return open_ || openings_ != openings;
}

Task<> sleep_until(SteadyTime when) {
    Timer timer(co_await asio::this_coro::executor, when);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, ignored));
}

namespace {

void end_process_if(const std::exception_ptr& error) noexcept {
    if (!error) return;
    const char* what = "not a std::exception";
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& exception) {
        what = exception.what();
        std::fprintf(stderr, "causeway: an exception left a coroutine: %s\n", what);
    } catch (...) {
        std::fprintf(stderr, "causeway: an exception left a coroutine: %s\n", what);
    }
    std::abort();
}

}  // namespace

void spawn(const Executor& executor, Task<> task) {
    asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& error) { end_process_if(error); });
}

}  // namespace causeway
