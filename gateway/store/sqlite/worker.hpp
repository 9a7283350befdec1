#pragma once
/// @file gateway/store/sqlite/worker.hpp
/// NAME       Worker: the storage thread, its queue and the group commit.
/// WHY        An fsync costs the same for one batch and for 256: whatever waited during the last one shares
///            the next.
/// INVARIANTS Jobs finish in the order they were queued. Only the worker's thread touches the database.
/// THREADS    push(), depth() and finish() from any; completions run on the storage thread and must only
///            post.
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store::sqlite {

struct WriteJob {
    Batch batch;
    std::function<void(Result<>)> done;
};
/// Reads and answers by itself.
struct ReadJob {
    std::function<void(Database&)> read;
};
using Job = std::variant<WriteJob, ReadJob>;

class Worker {
public:
    Worker(Database database, Context context);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// @return false after finish(): the job was not taken
    [[nodiscard]] bool push(Job job);
    /// No more jobs are taken; `closed` runs on the storage thread after the last one, and the database is
    /// closed.
    void finish(std::function<void()> closed);
    [[nodiscard]] std::size_t depth() const noexcept { return waiting_.load(std::memory_order_relaxed); }

private:
    void serve();
    [[nodiscard]] std::deque<Job> take_all();
    void run_group(std::deque<Job>& jobs);
    [[nodiscard]] Result<> commit_group(std::vector<WriteJob>& group, std::deque<Job>& jobs,
                                        std::vector<Result<>>& results);
    void count(const std::vector<Result<>>& results);
    void abort_if_unsynced(Database& database, const Error& error) const noexcept;

    Context context_;
    Histogram& commit_seconds_;
    Gauge& queue_depth_;
    Counter& committed_;
    Counter& failed_;

    std::optional<Database> database_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    bool finishing_ = false;
    std::function<void()> closed_;
    std::atomic<std::size_t> waiting_ = 0;
    std::jthread thread_;  // last: starts when everything else is there
};

}  // namespace causeway::store::sqlite
