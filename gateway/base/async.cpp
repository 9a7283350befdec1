#include "gateway/base/async.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <unordered_set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace causeway {

namespace {

/// Keeps a waiter's timer in the gate's set for as long as the waiter's frame lives. Shares the set, because
/// at shutdown frames are destroyed by the io_context, perhaps after the gate.
class Waiting {
public:
    Waiting(std::shared_ptr<std::unordered_set<asio::steady_timer*>> set, asio::steady_timer& timer)
        : set_(std::move(set)), timer_(&timer) {
        set_->insert(timer_);
    }
    ~Waiting() { set_->erase(timer_); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

private:
    std::shared_ptr<std::unordered_set<asio::steady_timer*>> set_;
    asio::steady_timer* timer_;
};

}  // namespace

Gate::Gate(const asio::any_io_executor& executor)
    : executor_(executor), waiters_(std::make_shared<std::unordered_set<asio::steady_timer*>>()) {}

void Gate::open() {
    open_ = true;
    ++openings_;
    for (asio::steady_timer* timer : *waiters_) timer->cancel();
}

Task<bool> Gate::wait(SteadyTime deadline) {
    if (open_) co_return true;
    const std::uint64_t openings = openings_;
    asio::steady_timer timer(executor_, deadline);
    const Waiting waiting(waiters_, timer);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    // Opened and closed again before this waiter ran: it was opened all the same.
    co_return open_ || openings_ != openings;
}

Task<> sleep_until(SteadyTime when) {
    asio::steady_timer timer(co_await asio::this_coro::executor, when);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
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

void spawn(const asio::any_io_executor& executor, Task<> task) {
    asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& error) { end_process_if(error); });
}

}  // namespace causeway
