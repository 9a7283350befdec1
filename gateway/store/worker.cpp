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
[[nodiscard]] std::vector<const Batch*> next_group(const std::deque<Job>& jobs) {
    std::vector<const Batch*> group;
    for (const auto& job : jobs) {
        const auto* write = std::get_if<WriteJob>(&job);
        if (write == nullptr || group.size() == kMaxGroup) break;
        group.push_back(&write->batch);
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
        while (!jobs.empty()) {
            if (auto* read = std::get_if<ReadJob>(&jobs.front())) {
                read->read(*driver_);
                jobs.pop_front();
                left(1);
            } else {
                run_group(jobs);
            }
        }
    }
    driver_.reset();
    if (closed_) closed_();
}

void Worker::run_group(std::deque<Job>& jobs) {
    const auto group = next_group(jobs);
    const auto started = context_.clock.steady();
    auto results = driver_->commit(group);
    commit_seconds_.Observe(seconds(context_.clock.steady() - started));
    CAUSEWAY_ASSERT(!results.empty() && results.size() <= group.size());
    left(results.size());
    for (auto& result : results) {
        (result ? committed_ : failed_).Increment();
        const auto done = std::move(std::get<WriteJob>(jobs.front()).done);
        jobs.pop_front();
        done(std::move(result));
    }
}

void Worker::left(std::size_t jobs) {
    waiting_ -= jobs;
    queue_depth_.Set(static_cast<double>(waiting_.load()));
}

}  // namespace causeway::store
