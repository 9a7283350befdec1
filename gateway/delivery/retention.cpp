#include "gateway/delivery/retention.hpp"

#include "gateway/base/async.hpp"

namespace causeway::delivery {
namespace {

constexpr std::uint32_t kAtOnce = 1'000;
/// Between two deletes: whoever waits for a commit is let through.
constexpr Millis kBreath{20};

}  // namespace

Retention::Retention(Executor executor, store::Store& store, Millis keep, Counted counted, Context context)
    : executor_(std::move(executor)),
      store_(store),
      keep_(keep),
      counted_(std::move(counted)),
      context_(context),
      timer_(executor_) {}

Task<Result<>> Retention::recount() {
    const auto counts = co_await store_.count_messages();
    if (!counts) co_return fail(counts.error());
    counted_(*counts);
    co_return Result<>{};
}

Task<Result<std::size_t>> Retention::purge() {
    const auto before = context_.clock.wall() - keep_;
    std::size_t deletes = 0;
    while (true) {
        const auto any = co_await store_.any_to_purge(before);
        if (!any) co_return fail(any.error());
        if (!*any) break;
        store::Batch batch;
        batch.emplace_back(store::PurgeMessages{before, kAtOnce});
        const auto purged = co_await store_.commit(std::move(batch));
        if (!purged) co_return fail(purged.error());
        ++deletes;
        co_await sleep_until(context_.clock.steady() + kBreath);
    }
    if (deletes > 0) {
        const auto counted = co_await recount();
        if (!counted) co_return fail(counted.error());
    }
    co_return deletes;
}

void Retention::start() {
    stopped_ = false;
    arm(kFirstAfter);
}

void Retention::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Retention::arm(Millis after) {
    if (stopped_) return;
    timer_.expires_after(after);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) spawn(executor_, round());
    });
}

Task<> Retention::round() {
    // What cannot be read or committed now is tried again in an hour; the store itself has said why.
    static_cast<void>(co_await purge());
    arm(kEvery);
}

}  // namespace causeway::delivery
