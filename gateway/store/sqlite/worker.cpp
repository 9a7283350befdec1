#include "gateway/store/sqlite/worker.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <utility>

#include "gateway/store/sqlite/rows.hpp"

namespace causeway::store::sqlite {

namespace {

constexpr log::Message kFsyncFailed{"CAUSEWAY_STORE_FSYNC_FAILED", log::Level::error,
                                    "the store could not be synced to disk; ending at once"};
constexpr log::Message kCommitFailed{"CAUSEWAY_STORE_COMMIT_FAILED", log::Level::error,
                                     "the store could not commit; nothing of the group was kept"};

/// One group ends here even if more waits, so that the first in it is not held up by the last.
constexpr std::size_t kMaxGroup = 256;
constexpr std::chrono::milliseconds kMaxGroupTime{2};

[[nodiscard]] double seconds(SteadyTime::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// Whole or not at all. Every change is one statement, which is that by itself: only more of them need a savepoint.
[[nodiscard]] Result<> apply_whole(Database& database, const Batch& batch) {
    if (batch.size() == 1) return apply(database, batch);
    return in_savepoint(database, [&] { return apply(database, batch); });
}

}  // namespace

Worker::Worker(Database database, Context context)
    : context_(context),
      commit_seconds_(
          context.metrics.seconds("causeway_store_commit_seconds", "Time of one group commit with fsync")),
      queue_depth_(context.metrics.gauge("causeway_store_queue_depth", "Store operations that wait")),
      committed_(context.metrics.counter("causeway_store_commits_total", "Batches by how their commit ended",
                                         {{"outcome", "ok"}})),
      failed_(context.metrics.counter("causeway_store_commits_total", "Batches by how their commit ended",
                                      {{"outcome", "failed"}})),
      database_(std::move(database)),
      thread_([this] { serve(); }) {}

Worker::~Worker() {
    finish({});
}

bool Worker::push(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        if (finishing_) return false;
        queue_.push_back(std::move(job));
        queue_depth_.Set(static_cast<double>(++waiting_));
    }
    wake_.notify_one();
    return true;
}

void Worker::finish(std::function<void()> closed) {
    {
        const std::scoped_lock lock(mutex_);
        if (finishing_) return;
        finishing_ = true;
        closed_ = std::move(closed);
    }
    wake_.notify_one();
}

std::deque<Job> Worker::take_all() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
    return std::exchange(queue_, {});
}

void Worker::serve() {
    for (;;) {
        auto jobs = take_all();
        if (jobs.empty()) break;  // finishing, and everything is done
        while (!jobs.empty()) {
            if (auto* read = std::get_if<ReadJob>(&jobs.front())) {
                read->read(*database_);
                jobs.pop_front();
                queue_depth_.Set(static_cast<double>(--waiting_));
            } else {
                run_group(jobs);
            }
        }
    }
    database_.reset();
    if (closed_) closed_();
}

void Worker::run_group(std::deque<Job>& jobs) {
    std::vector<WriteJob> group;
    std::vector<Result<>> results;
    const auto started = context_.clock.steady();
    if (auto committed = commit_group(group, jobs, results); !committed) {
        context_.log.event(kCommitFailed, {{"batches", group.size()}, {"reason", committed.error().detail}});
        results.assign(group.size(), fail(committed.error()));
    }
    commit_seconds_.Observe(seconds(context_.clock.steady() - started));
    count(results);
    waiting_ -= group.size();
    queue_depth_.Set(static_cast<double>(waiting_.load()));
    for (std::size_t i = 0; i < group.size(); ++i) group[i].done(std::move(results[i]));
}

/// The durability point. If the power fails before COMMIT returns, the next start sees none of the group, and
/// nobody was told "yes"; if it fails after, all of it is in the synced WAL. `done` runs only after that.
Result<> Worker::commit_group(std::vector<WriteJob>& group, std::deque<Job>& jobs,
                              std::vector<Result<>>& results) {
    auto& database = *database_;
    const auto until = context_.clock.steady() + kMaxGroupTime;
    const auto take_next = [&group, &jobs]() -> WriteJob& {
        group.push_back(std::move(std::get<WriteJob>(jobs.front())));
        jobs.pop_front();
        return group.back();
    };

    auto transaction = Transaction::begin(database);
    if (!transaction) {
        take_next();
        abort_if_unsynced(database, transaction.error());
        return fail(std::move(transaction.error()));
    }
    do {
        const auto& job = take_next();
        results.push_back(apply_whole(database, job.batch));
        // A full disk or a failed read makes SQLite roll everything back: then no batch of the group is kept.
        if (!database.in_transaction()) return fail(results.back().error());
    } while (!jobs.empty() && std::holds_alternative<WriteJob>(jobs.front()) && group.size() < kMaxGroup &&
             context_.clock.steady() < until);

    auto committed = transaction->commit();
    if (!committed) abort_if_unsynced(database, committed.error());
    return committed;
}

void Worker::count(const std::vector<Result<>>& results) {
    for (const auto& result : results) (result ? committed_ : failed_).Increment();
}

/// After a failed fsync the kernel may have dropped the dirty pages and report success next time: what is on
/// the disk is unknown, and only a restart, which reads it again, makes it known.
void Worker::abort_if_unsynced(Database& database, const Error& error) const noexcept {
    const int code = database.last_code();
    if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC) return;
    context_.log.event(kFsyncFailed, {{"reason", error.detail}});
    std::abort();
}

}  // namespace causeway::store::sqlite
