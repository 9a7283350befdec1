#include "gateway/store/sqlite/sqlite_store.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <optional>
#include <utility>

#include "gateway/base/async.hpp"
#include "gateway/store/sqlite/message_rows.hpp"
#include "gateway/store/sqlite/migrations.hpp"
#include "gateway/store/sqlite/rows.hpp"
#include "gateway/store/sqlite/worker.hpp"

namespace causeway::store {

namespace {

using sqlite::Database;

/// Where a job's answer waits for its coroutine. Touched on the loop only; the storage thread just posts to
/// it.
template <class T>
struct Answer {
    explicit Answer(const Executor& loop) : ready(loop) {}
    Gate ready;
    std::optional<T> value;
};

class SqliteStore final : public Store {
public:
    SqliteStore(Executor loop, Database database, Context context)
        : loop_(std::move(loop)), worker_(std::move(database), context) {}

    Task<Result<>> commit(Batch batch) override;
    Task<Result<NetworkRows>> load(NetworkName network) override;
    Task<Result<std::optional<std::string>>> record(AccountId account, std::string key) override;
    Task<Result<std::vector<SealedValue>>> all_sealed() override;
    Task<Result<std::int64_t>> last_sequence() override;
    Task<Result<std::vector<OpenMessage>>> open_messages(NetworkName network, std::int64_t after,
                                                         std::size_t most) override;
    Task<Result<std::vector<MessageRow>>> messages(std::vector<std::int64_t> sequences) override;
    Task<Result<std::optional<MessageRow>>> message_of_key(AccountId account, model::Direction direction,
                                                           MessageKey key) override;
    Task<Result<std::vector<FoundMessage>>> find_messages(MessageFilter filter) override;
    Task<Result<std::vector<MessageCount>>> count_messages() override;
    Task<Result<bool>> any_to_purge(WallTime before) override;
    Task<> close() override;
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
    [[nodiscard]] Task<Result<T>> read(std::function<Result<T>(Database&)> query);

    Executor loop_;
    sqlite::Worker worker_;
    bool closing_ = false;
};

[[nodiscard]] std::unexpected<Error> closed() {
    return fail(Errc::storage, "the store is closed");
}

// No deadline on these waits: the storage thread always answers or ends the process, and giving up on a
// commit would leave its caller not knowing whether it was kept.
Task<Result<>> SqliteStore::commit(Batch batch) {
    if (batch.empty()) co_return Result<>{};
    auto answer = std::make_shared<Answer<Result<>>>(loop_);
    sqlite::Job job = sqlite::WriteJob{std::move(batch), answer_on_loop(answer)};
    if (!worker_.push(std::move(job))) co_return closed();
    co_await answer->ready.wait();
    co_return std::move(*answer->value);
}

template <class T>
Task<Result<T>> SqliteStore::read(std::function<Result<T>(Database&)> query) {
    auto answer = std::make_shared<Answer<Result<T>>>(loop_);
    sqlite::Job job = sqlite::ReadJob{[query = std::move(query), done = answer_on_loop(answer)](
                                          Database& database) { done(query(database)); }};
    if (!worker_.push(std::move(job))) co_return closed();
    co_await answer->ready.wait();
    co_return std::move(*answer->value);
}

Task<Result<NetworkRows>> SqliteStore::load(NetworkName network) {
    std::function<Result<NetworkRows>(Database&)> query = [network = std::move(network)](Database& database) {
        return sqlite::load_network(database, network);
    };
    co_return co_await read<NetworkRows>(std::move(query));
}

Task<Result<std::optional<std::string>>> SqliteStore::record(AccountId account, std::string key) {
    std::function<Result<std::optional<std::string>>(Database&)> query =
        [account = std::move(account), key = std::move(key)](Database& database) {
            return sqlite::find_record(database, account, key);
        };
    co_return co_await read<std::optional<std::string>>(std::move(query));
}

Task<Result<std::vector<SealedValue>>> SqliteStore::all_sealed() {
    std::function<Result<std::vector<SealedValue>>(Database&)> query = [](Database& database) {
        return sqlite::find_sealed(database);
    };
    co_return co_await read<std::vector<SealedValue>>(std::move(query));
}

Task<Result<std::int64_t>> SqliteStore::last_sequence() {
    std::function<Result<std::int64_t>(Database&)> query = [](Database& database) {
        return sqlite::find_last_sequence(database);
    };
    co_return co_await read<std::int64_t>(std::move(query));
}

Task<Result<std::vector<OpenMessage>>> SqliteStore::open_messages(NetworkName network, std::int64_t after,
                                                                  std::size_t most) {
    std::function<Result<std::vector<OpenMessage>>(Database&)> query = [network = std::move(network), after,
                                                                        most](Database& database) {
        return sqlite::find_open(database, network, after, most);
    };
    co_return co_await read<std::vector<OpenMessage>>(std::move(query));
}

Task<Result<std::vector<MessageRow>>> SqliteStore::messages(std::vector<std::int64_t> sequences) {
    std::function<Result<std::vector<MessageRow>>(Database&)> query =
        [sequences = std::move(sequences)](Database& database) {
            return sqlite::find_rows(database, sequences);
        };
    co_return co_await read<std::vector<MessageRow>>(std::move(query));
}

Task<Result<std::optional<MessageRow>>> SqliteStore::message_of_key(AccountId account,
                                                                    model::Direction direction,
                                                                    MessageKey key) {
    std::function<Result<std::optional<MessageRow>>(Database&)> query =
        [account = std::move(account), direction, key = std::move(key)](Database& database) {
            return sqlite::find_key(database, account, direction, key);
        };
    co_return co_await read<std::optional<MessageRow>>(std::move(query));
}

Task<Result<std::vector<FoundMessage>>> SqliteStore::find_messages(MessageFilter filter) {
    std::function<Result<std::vector<FoundMessage>>(Database&)> query =
        [filter = std::move(filter)](Database& database) { return sqlite::find_filtered(database, filter); };
    co_return co_await read<std::vector<FoundMessage>>(std::move(query));
}

Task<Result<std::vector<MessageCount>>> SqliteStore::count_messages() {
    std::function<Result<std::vector<MessageCount>>(Database&)> query = [](Database& database) {
        return sqlite::count_rows(database);
    };
    co_return co_await read<std::vector<MessageCount>>(std::move(query));
}

Task<Result<bool>> SqliteStore::any_to_purge(WallTime before) {
    std::function<Result<bool>(Database&)> query = [before](Database& database) {
        return sqlite::find_purgeable(database, before);
    };
    co_return co_await read<bool>(std::move(query));
}

Task<> SqliteStore::close() {
    if (std::exchange(closing_, true)) co_return;
    auto answer = std::make_shared<Answer<bool>>(loop_);
    worker_.finish([done = answer_on_loop(answer)] { done(true); });
    co_await answer->ready.wait();
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(Executor loop, std::string path, Context context) {
    auto database = Database::open(path);
    if (!database) return fail(std::move(database.error()));
    if (auto migrated = sqlite::migrate(*database); !migrated) return fail(std::move(migrated.error()));
    return std::make_unique<SqliteStore>(std::move(loop), std::move(*database), context);
}

}  // namespace causeway::store
