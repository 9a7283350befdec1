#include "gateway/store/threaded_store.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <optional>
#include <utility>

#include "gateway/base/async.hpp"
#include "gateway/store/worker.hpp"

namespace causeway::store {

namespace {

/// Where a job's answer waits for its coroutine. Touched on the loop only; the storage thread just posts to it.
template <class T>
struct Answer {
    explicit Answer(const Executor& loop) : ready(loop) {}
    Gate ready;
    std::optional<T> value;
};

/// A query on the storage thread.
template <class T>
using Query = std::function<Result<T>(Driver&)>;

[[nodiscard]] std::unexpected<Error> closed() {
    return fail(Errc::storage, "the store is closed");
}

// No deadline on the waits: the storage thread always answers or ends the process, and giving up on a commit would leave
// its caller not knowing whether it was kept.
class ThreadedStore final : public Store {
public:
    ThreadedStore(Executor loop, std::unique_ptr<Driver> driver, Context context)
        : loop_(std::move(loop)), worker_(std::move(driver), context) {}

    Task<Result<>> commit(Batch batch) override {
        if (batch.empty()) co_return Result<>{};
        auto answer = std::make_shared<Answer<Result<>>>(loop_);
        Job job = WriteJob{std::move(batch), answer_on_loop(answer)};
        if (!worker_.push(std::move(job))) co_return closed();
        co_await answer->ready.wait();
        co_return std::move(*answer->value);
    }

    Task<Result<NetworkRows>> load(NetworkName network) override {
        return ask<NetworkRows>(
            [network = std::move(network)](Driver& driver) { return driver.load(network); });
    }
    Task<Result<std::optional<std::string>>> record(AccountId account, std::string key) override {
        return ask<std::optional<std::string>>([account = std::move(account), key = std::move(key)](
                                                   Driver& driver) { return driver.record(account, key); });
    }
    Task<Result<std::vector<SealedValue>>> all_sealed() override {
        return ask<std::vector<SealedValue>>([](Driver& driver) { return driver.all_sealed(); });
    }
    Task<Result<std::int64_t>> last_sequence() override {
        return ask<std::int64_t>([](Driver& driver) { return driver.last_sequence(); });
    }
    Task<Result<std::vector<OpenMessage>>> open_messages(NetworkName network, std::int64_t after,
                                                         std::size_t most) override {
        return ask<std::vector<OpenMessage>>([network = std::move(network), after, most](Driver& driver) {
            return driver.open_messages(network, after, most);
        });
    }
    Task<Result<std::vector<MessageRow>>> messages(std::vector<std::int64_t> sequences) override {
        return ask<std::vector<MessageRow>>(
            [sequences = std::move(sequences)](Driver& driver) { return driver.messages(sequences); });
    }
    Task<Result<std::optional<MessageRow>>> message_of_key(AccountId account, model::Direction direction,
                                                           MessageKey key) override {
        return ask<std::optional<MessageRow>>(
            [account = std::move(account), direction, key = std::move(key)](Driver& driver) {
                return driver.message_of_key(account, direction, key);
            });
    }
    Task<Result<std::vector<FoundMessage>>> find_messages(MessageFilter filter) override {
        return ask<std::vector<FoundMessage>>(
            [filter = std::move(filter)](Driver& driver) { return driver.find_messages(filter); });
    }
    Task<Result<std::vector<MessageCount>>> count_messages() override {
        return ask<std::vector<MessageCount>>([](Driver& driver) { return driver.count_messages(); });
    }
    Task<Result<bool>> any_to_purge(WallTime before) override {
        return ask<bool>([before](Driver& driver) { return driver.any_to_purge(before); });
    }

    Task<> close() override {
        if (std::exchange(closing_, true)) co_return;
        auto answer = std::make_shared<Answer<bool>>(loop_);
        worker_.finish([done = answer_on_loop(answer)] { done(true); });
        co_await answer->ready.wait();
    }
    std::size_t queue_depth() const noexcept override { return worker_.depth(); }

private:
    /// Makes the function that the storage thread calls once to hand `answer` its value on the loop.
    template <class T>
    [[nodiscard]] std::function<void(T)> answer_on_loop(std::shared_ptr<Answer<T>> answer) {
        return [loop = loop_, answer = std::move(answer)](T value) mutable {
            // The last reference must go on the loop, where the gate lives: hence the move into the post.
            asio::post(loop, [answer = std::move(answer), value = std::move(value)]() mutable {
                answer->value = std::move(value);
                answer->ready.open();
            });
        };
    }

    /// Runs `query` on the storage thread, after everything queued before it.
    template <class T>
    [[nodiscard]] Task<Result<T>> ask(Query<T> query) {
        auto answer = std::make_shared<Answer<Result<T>>>(loop_);
        Job job = ReadJob{[query = std::move(query), done = answer_on_loop(answer)](Driver& driver) {
            done(query(driver));
        }};
        if (!worker_.push(std::move(job))) co_return closed();
        co_await answer->ready.wait();
        co_return std::move(*answer->value);
    }

    Executor loop_;
    Worker worker_;
    bool closing_ = false;
};

}  // namespace

std::unique_ptr<Store> make_threaded_store(Executor loop, std::unique_ptr<Driver> driver, Context context) {
    return std::make_unique<ThreadedStore>(std::move(loop), std::move(driver), context);
}

}  // namespace causeway::store
