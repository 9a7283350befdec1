#pragma once
/// @file gateway/store/postgres/postgres_driver.hpp
/// NAME       PostgresDriver: commits groups through libpq's pipeline; finds out what became of a lost COMMIT.
/// INVARIANTS A group travels as BEGIN, lease checks, mark, changes; COMMIT is sent when all of them were answered well.
///            So nothing can be kept before COMMIT is sent, and afterwards the mark tells: who reads it waits for the
///            transaction that holds its row.
/// THREADS    The storage thread.
/// TESTS      tests/unit/store/postgres/
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/store/driver.hpp"
#include "gateway/store/postgres/connection.hpp"
#include "gateway/store/postgres/postgres_store.hpp"
#include "gateway/store/postgres/rows.hpp"

namespace causeway::store::postgres {

/// What the database calls the sessions of a process's store: a take-over ends them by that.
[[nodiscard]] std::string store_application(const std::string& holder);

class PostgresDriver final : public Driver {
public:
    PostgresDriver(PostgresSettings settings, Lease* lease, Context context);
    ~PostgresDriver() override;
    PostgresDriver(const PostgresDriver&) = delete;
    PostgresDriver& operator=(const PostgresDriver&) = delete;

    std::vector<Result<>> commit(std::span<const Batch* const> offered) override;
    Result<NetworkRows> load(const NetworkName& network) override;
    Result<std::optional<std::string>> record(const AccountId& account, const std::string& key) override;
    Result<std::vector<SealedValue>> all_sealed() override;
    Result<std::int64_t> last_sequence() override;
    Result<std::vector<OpenMessage>> open_messages(const NetworkName& network, std::int64_t after,
                                                   std::size_t most) override;
    Result<std::vector<MessageRow>> messages(const std::vector<std::int64_t>& sequences) override;
    Result<std::optional<MessageRow>> message_of_key(const AccountId& account, model::Direction direction,
                                                     const MessageKey& key) override;
    Result<std::vector<FoundMessage>> find_messages(const MessageFilter& filter) override;
    Result<std::vector<MessageCount>> count_messages() override;
    Result<bool> any_to_purge(WallTime before) override;

private:
    /// What became of a transaction: kept, or not because of one of its batches.
    struct Verdict {
        std::optional<std::size_t> refused;
        Error why;
    };

    [[nodiscard]] Result<Connection*> connected();
    [[nodiscard]] Result<Connection*> connect();
    [[nodiscard]] Result<> make_ready(Connection& connection);
    void dropped(const Error& why);
    /// Runs `work` on the connection; once more on a new one if an old one turns out to be dead.
    template <class T, class Work>
    [[nodiscard]] Result<T> on_connection(const Work& work);

    [[nodiscard]] Result<Verdict> transact(Connection& connection, std::span<const Batch* const> batches);
    [[nodiscard]] Result<> check_head(const Landing& landing, std::span<const HeldLease> leases);
    [[nodiscard]] static Verdict judge_all(const Landing& landing, std::span<const Sent> sent,
                                           std::size_t head);
    [[nodiscard]] Result<Verdict> end(Connection& connection);
    [[nodiscard]] Result<Verdict> find_out(const Error& why);

    ConnectionSettings settings_;
    Lease* lease_;
    Context context_;
    std::string writer_;          ///< this process, in the table of marks
    std::int64_t last_mark_ = 0;  ///< of the newest transaction
    std::optional<Connection> connection_;
    bool migrated_ = false;
    bool away_ = false;  ///< the operator was told that there is no connection
    Millis wait_{};
    SteadyTime next_try_{};
};

}  // namespace causeway::store::postgres
