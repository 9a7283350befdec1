// A disk that fails on request: a thin SQLite VFS around the real one.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <cstring>

#include "gateway/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store {
namespace {

using testing::account;

/// What the disk does from now on. Written by the test while the storage thread is idle.
std::atomic<int> write_result = SQLITE_OK;
std::atomic<int> sync_result = SQLITE_OK;
std::atomic<bool> database_syncs = true;  ///< not the log: the file proper

/// The database and its WAL have method tables of their own (locks and shared memory belong to the database).
struct Methods {
    const sqlite3_io_methods* real = nullptr;
    sqlite3_io_methods failing{};
};
Methods database_methods;
Methods wal_methods;

const sqlite3_io_methods* real_methods(const sqlite3_file* file) {
    return (file->pMethods == &wal_methods.failing ? wal_methods : database_methods).real;
}

int failing_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    if (write_result != SQLITE_OK) return write_result;
    return real_methods(file)->xWrite(file, bytes, count, offset);
}

int failing_sync(sqlite3_file* file, int flags) {
    if (!database_syncs && file->pMethods == &database_methods.failing) return SQLITE_IOERR_FSYNC;
    if (sync_result != SQLITE_OK) return sync_result;
    return real_methods(file)->xSync(file, flags);
}

int open_failing(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* real = static_cast<sqlite3_vfs*>(vfs->pAppData);
    const int code = real->xOpen(real, name, file, flags, out_flags);
    constexpr int kWrapped = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL;
    if (code == SQLITE_OK && (flags & kWrapped) != 0) {
        auto& methods = (flags & SQLITE_OPEN_WAL) != 0 ? wal_methods : database_methods;
        methods.real = file->pMethods;
        methods.failing = *methods.real;
        methods.failing.xWrite = failing_write;
        methods.failing.xSync = failing_sync;
        file->pMethods = &methods.failing;
    }
    return code;
}

class SqliteFaultsTest : public testing::StoreFixture {
protected:
    void SetUp() override {
        real_ = sqlite3_vfs_find(nullptr);
        failing_ = *real_;
        failing_.zName = "failing";
        failing_.pAppData = real_;
        failing_.xOpen = open_failing;
        ASSERT_EQ(sqlite3_vfs_register(&failing_, 1), SQLITE_OK);
    }
    void TearDown() override {
        write_result = SQLITE_OK;
        sync_result = SQLITE_OK;
        database_syncs = true;
        sqlite3_vfs_unregister(&failing_);
        sqlite3_vfs_register(real_, 1);
    }
    std::unique_ptr<Store> open() {
        auto opened = open_sqlite(loop.get_executor(), path, context);
        EXPECT_TRUE(opened) << opened.error().detail;
        return std::move(*opened);
    }

private:
    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs failing_{};
};

TEST_F(SqliteFaultsTest, FullDiskIsAnErrorAndTheNextCommitAfterItWorks) {
    auto store = open();
    ASSERT_TRUE(await(store->commit({PutAccount{account("a")}})));
    write_result = SQLITE_FULL;
    const auto refused = await(store->commit({PutAccount{account("b")}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::storage);
    write_result = SQLITE_OK;
    EXPECT_TRUE(await(store->commit({PutAccount{account("c")}})));
    const auto rows = await(store->load(NetworkName("irc"))).value();
    ASSERT_EQ(rows.accounts.size(), 2U);
    EXPECT_EQ(rows.accounts[1].id.str(), "c");
}

TEST_F(SqliteFaultsTest, FailedWriteIsAnErrorNotAnAbort) {
    auto store = open();
    write_result = SQLITE_IOERR_WRITE;
    EXPECT_EQ(await(store->commit({PutAccount{account("a")}})).error().code, Errc::storage);
    write_result = SQLITE_OK;
    EXPECT_TRUE(await(store->load(NetworkName("irc"))).value().accounts.empty());
}

using SqliteFaultsDeathTest = SqliteFaultsTest;

TEST_F(SqliteFaultsDeathTest, FailedFsyncEndsTheProcessAndSaysSo) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            log::StderrSink sink(log::Level::info, log::Format::text);
            context.log = log::Log(sink);
            auto store = open();
            sync_result = SQLITE_IOERR_FSYNC;
            static_cast<void>(await(store->commit({PutAccount{account("a")}})));
        },
        ::testing::ExitedWithCode(1), "CAUSEWAY_STORE_FSYNC_FAILED");
}

/// SQLite by itself would say nothing of it, and go on.
TEST_F(SqliteFaultsDeathTest, FailedFsyncOfACheckpointEndsTheProcessToo) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            log::StderrSink sink(log::Level::info, log::Format::text);
            context.log = log::Log(sink);
            auto store = open();
            database_syncs = false;
            const std::string much(200'000, 'x');
            for (int i = 0; i < 100; ++i) {
                static_cast<void>(await(
                    store->commit({PutNetworkRecord{NetworkName("irc"), "key" + std::to_string(i), much}})));
            }
        },
        ::testing::ExitedWithCode(1), "CAUSEWAY_STORE_FSYNC_FAILED");
}

}  // namespace
}  // namespace causeway::store
