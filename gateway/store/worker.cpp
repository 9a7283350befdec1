#include "gateway/store/worker.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/assert.hpp"

namespace causeway::store {

namespace {

/// More than these are not offered at once, so that the first of a group is not held up by the last.
constexpr std::size_t kMaxGroup = 256;

[[nodiscard]] double seconds(SteadyTime::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// The writes that no read comes before.
/// The next writes, and how many of the jobs they are among. A read between them does not part them: it comes after them,
/// and sees what is newer than it asked for, which costs nobody anything; a group of its own would cost an fsync.
struct Group {
    std::vector<const Batch*> batches;
    std::size_t jobs = 0;
};
[[nodiscard]] Group next_group(const std::deque<Job>& jobs) {
    Group group;
    for (const auto& job : jobs) {
        if (const auto* write = std::get_if<WriteJob>(&job)) {
            if (group.batches.size() == kMaxGroup) break;
            group.batches.push_back(&write->batch);
        }
        ++group.jobs;
    }
    return group;
}

}  // namespace

Worker::Worker(std::unique_ptr<Driver> driver, Context context)
    : context_(context),
      commit_seconds_(
          context.metrics.seconds("causeway_store_commit_seconds", "Time of one group commit with fsync")),
      queue_depth_(context.metrics.gauge("causeway_store_queue_depth", "Store operations that wait")),
      committed_(context.metrics.counter("causeway_store_commits_total", "Batches by how their commit ended",
                                         {{"outcome", "ok"}})),
      failed_(context.metrics.counter("causeway_store_commits_total", "Batches by how their commit ended",
                                      {{"outcome", "failed"}})),
      driver_(std::move(driver)),
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
        while (!jobs.empty()) run_group(jobs);
    }
    driver_.reset();
    if (closed_) closed_();
}

void Worker::run_group(std::deque<Job>& jobs) {
    const auto group = next_group(jobs);
    std::vector<Result<>> results;
    if (!group.batches.empty()) {
        const auto started = context_.clock.steady();
        results = driver_->commit(group.batches);
        commit_seconds_.Observe(seconds(context_.clock.steady() - started));
        CAUSEWAY_ASSERT(!results.empty() && results.size() <= group.batches.size());
    }
    // A driver may answer for the first of them only: what stands behind those has its turn again.
    auto result = results.begin();
    for (std::size_t at = 0; at < group.jobs; ++at) {
        if (auto* read = std::get_if<ReadJob>(&jobs.front())) {
            read->read(*driver_);
        } else {
            if (result == results.end()) break;
            (*result ? committed_ : failed_).Increment();
            std::get<WriteJob>(jobs.front()).done(std::move(*result++));
        }
        jobs.pop_front();
        left(1);
    }
}

void Worker::left(std::size_t jobs) {
    waiting_ -= jobs;
    queue_depth_.Set(static_cast<double>(waiting_.load()));
}

}  // namespace causeway::store
