#pragma once
/// @file gateway/store/sqlite/sqlite_driver.hpp
/// NAME       SqliteDriver: commits groups into one SQLite file.
/// INVARIANTS Each batch happens whole or not at all, so a bad one fails alone. After a failed fsync the process ends.
///            One driver a file: a second one, of whatever process, is refused.
/// THREADS    The storage thread.
/// TESTS      tests/unit/store/sqlite_store_test.cpp, sqlite_faults_test.cpp
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/store/driver.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/file_lock.hpp"

namespace causeway::store::sqlite {

class SqliteDriver final : public Driver {
public:
    /// Opens, locks and migrates the file.
    /// @return storage: it cannot be opened; conflict: another process has it, or a newer program wrote it
    [[nodiscard]] static Result<std::unique_ptr<SqliteDriver>> open(const std::string& path, Context context);

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
    SqliteDriver(FileLock lock, Database database, Context context)
        : lock_(std::move(lock)), database_(std::move(database)), context_(context) {}

    [[nodiscard]] Result<> commit_group(std::span<const Batch* const> offered,
                                        std::vector<Result<>>& results);
    void end_if_unsynced(const Error& error) const noexcept;

    FileLock lock_;  // before the database, and so released after it is closed
    Database database_;
    Context context_;
};

}  // namespace causeway::store::sqlite
