// What only SQLite has; what every driver does is in store_suite.
#include "gateway/store/sqlite/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store {
namespace {

using testing::account;

class SqliteStoreTest : public testing::StoreFixture {
protected:
    std::unique_ptr<Store> open() {
        auto opened = open_sqlite(loop.get_executor(), path, context);
        EXPECT_TRUE(opened) << opened.error().detail;
        return std::move(*opened);
    }
    Result<> commit(Store& store, Batch batch) { return await(store.commit(std::move(batch))); }
};

TEST_F(SqliteStoreTest, FileIsReadableByItsOwnerOnly) {
    auto store = open();
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_TRUE(commit(*store, {PutAccount{account("a")}}));
    ASSERT_EQ(::stat((path + "-wal").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SqliteStoreTest, MissingDirectoryIsNamed) {
    auto opened = open_sqlite(loop.get_executor(), directory.file("absent/causeway.db"), context);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::storage);
    EXPECT_THAT(opened.error().detail, ::testing::HasSubstr("directory does not exist"));
}

}  // namespace
}  // namespace causeway::store
