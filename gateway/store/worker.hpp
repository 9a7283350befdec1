#pragma once
/// @file gateway/store/worker.hpp
/// NAME       Worker: the storage thread, its queue, and what waits as one offer to the driver.
/// WHY        An fsync costs the same for one batch and for 256: whatever waited during the last one shares the next.
/// INVARIANTS Jobs finish in the order they were queued. Only the worker's thread touches the driver.
/// THREADS    push(), depth() and finish() from any; completions run on the storage thread and must only post.
/// TESTS      tests/unit/store/store_suite.cpp
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/store/driver.hpp"

namespace causeway::store {

struct WriteJob {
    Batch batch;
    std::function<void(Result<>)> done;
};
/// Reads and answers by itself.
struct ReadJob {
    std::function<void(Driver&)> read;
};
using Job = std::variant<WriteJob, ReadJob>;

class Worker {
public:
    Worker(std::unique_ptr<Driver> driver, Context context);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// @return false after finish(): the job was not taken
    [[nodiscard]] bool push(Job job);
    /// No more jobs are taken; `closed` runs on the storage thread after the last one, when the driver is gone.
    void finish(std::function<void()> closed);
    [[nodiscard]] std::size_t depth() const noexcept { return waiting_.load(std::memory_order_relaxed); }

private:
    void serve();
    [[nodiscard]] std::deque<Job> take_all();
    void run_group(std::deque<Job>& jobs);
    void left(std::size_t jobs);

    Context context_;
    Histogram& commit_seconds_;
    Gauge& queue_depth_;
    Counter& committed_;
    Counter& failed_;

    std::unique_ptr<Driver> driver_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    bool finishing_ = false;
    std::function<void()> closed_;
    std::atomic<std::size_t> waiting_ = 0;
    std::jthread thread_;  // last: starts when everything else is there
};

}  // namespace causeway::store
