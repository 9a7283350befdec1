#include "gateway/store/sqlite/sqlite_driver.hpp"

#include <cstdlib>
#include <utility>

#include "gateway/store/sqlite/message_rows.hpp"
#include "gateway/store/sqlite/migrations.hpp"
#include "gateway/store/sqlite/rows.hpp"

namespace causeway::store::sqlite {

namespace {

constexpr log::Message kFsyncFailed{"CAUSEWAY_STORE_FSYNC_FAILED", log::Level::error,
                                    "the store could not be synced to disk; ending at once"};
constexpr log::Message kCommitFailed{"CAUSEWAY_STORE_COMMIT_FAILED", log::Level::error,
                                     "the store could not commit; nothing of the group was kept"};

/// One group ends here even if more is offered, so that the first in it is not held up by the last.
constexpr std::chrono::milliseconds kMaxGroupTime{2};
constexpr int kExitCode = 1;

/// Whole or not at all. Every change is one statement, which is that by itself: only more of them need a savepoint.
[[nodiscard]] Result<> apply_whole(Database& database, const Batch& batch) {
    if (batch.size() == 1) return apply(database, batch);
    return in_savepoint(database, [&] { return apply(database, batch); });
}

}  // namespace

Result<std::unique_ptr<SqliteDriver>> SqliteDriver::open(const std::string& path, Context context) {
    if (auto secured = Database::secure_file(path); !secured) return fail(std::move(secured.error()));
    auto lock = FileLock::take(path);
    if (!lock) return fail(std::move(lock.error()));
    auto database = Database::open(path);
    if (!database) return fail(std::move(database.error()));
    if (auto migrated = migrate(*database); !migrated) return fail(std::move(migrated.error()));
    // Whoever was killed, or ended by a failed fsync, may have left words in the log that are in the kernel's memory and
    // not on the disk. They are written anew here: a commit after them would otherwise be lost with them.
    if (auto renewed = database->checkpoint(); !renewed) return fail(std::move(renewed.error()));
    return std::unique_ptr<SqliteDriver>(new SqliteDriver(std::move(*lock), std::move(*database), context));
}

std::vector<Result<>> SqliteDriver::commit(std::span<const Batch* const> offered) {
    std::vector<Result<>> results;
    if (auto committed = commit_group(offered, results); !committed) {
        context_.log.event(kCommitFailed,
                           {{"batches", results.size()}, {"reason", committed.error().detail}});
        results.assign(results.size(), fail(committed.error()));
    }
    return results;
}

/// The durability point. If the power fails before COMMIT returns, the next start sees none of the group, and
/// nobody was told "yes"; if it fails after, all of it is in the synced WAL. The results are told only after that.
Result<> SqliteDriver::commit_group(std::span<const Batch* const> offered, std::vector<Result<>>& results) {
    const auto until = context_.clock.steady() + kMaxGroupTime;
    auto transaction = Transaction::begin(database_);
    if (!transaction) {
        results.emplace_back();
        end_if_unsynced(transaction.error());
        return fail(std::move(transaction.error()));
    }
    do {
        results.push_back(apply_whole(database_, *offered[results.size()]));
        // A full disk or a failed read makes SQLite roll everything back: then no batch of the group is kept.
        if (!database_.in_transaction()) return fail(results.back().error());
    } while (results.size() < offered.size() && context_.clock.steady() < until);

    auto committed = transaction->commit();
    if (!committed) end_if_unsynced(committed.error());
    return committed;
}

/// After a failed fsync the kernel may have dropped the dirty pages and report success next time: what is on
/// the disk is unknown, and only a restart, which writes it again, makes it known.
void SqliteDriver::end_if_unsynced(const Error& error) const noexcept {
    if (!database_.failed_to_sync()) return;
    context_.log.event(kFsyncFailed, {{"reason", error.detail}});
    std::_Exit(kExitCode);
}

Result<NetworkRows> SqliteDriver::load(const NetworkName& network) {
    return load_network(database_, network);
}
Result<std::optional<std::string>> SqliteDriver::record(const AccountId& account, const std::string& key) {
    return find_record(database_, account, key);
}
Result<std::vector<SealedValue>> SqliteDriver::all_sealed() {
    return find_sealed(database_);
}
Result<std::int64_t> SqliteDriver::last_sequence() {
    return find_last_sequence(database_);
}
Result<std::vector<OpenMessage>> SqliteDriver::open_messages(const NetworkName& network, std::int64_t after,
                                                             std::size_t most) {
    return find_open(database_, network, after, most);
}
Result<std::vector<MessageRow>> SqliteDriver::messages(const std::vector<std::int64_t>& sequences) {
    return find_rows(database_, sequences);
}
Result<std::optional<MessageRow>> SqliteDriver::message_of_key(const AccountId& account,
                                                               model::Direction direction,
                                                               const MessageKey& key) {
    return find_key(database_, account, direction, key);
}
Result<std::vector<FoundMessage>> SqliteDriver::find_messages(const MessageFilter& filter) {
    return find_filtered(database_, filter);
}
Result<std::vector<MessageCount>> SqliteDriver::count_messages() {
    return count_rows(database_);
}
Result<bool> SqliteDriver::any_to_purge(WallTime before) {
    return find_purgeable(database_, before);
}

}  // namespace causeway::store::sqlite
