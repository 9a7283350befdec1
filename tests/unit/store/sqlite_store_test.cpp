// What only SQLite has; what every driver does is in store_suite.
#include "gateway/store/sqlite/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

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

TEST_F(SqliteStoreTest, SecondOneOnTheSameFileIsRefusedUntilTheFirstIsClosed) {
    auto first = open();
    const auto second = open_sqlite(loop.get_executor(), path, context);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_THAT(second.error().detail, ::testing::HasSubstr(path));
    EXPECT_TRUE(commit(*first, {PutAccount{account("a")}})) << "the first one is not disturbed";
    await(first->close());
    EXPECT_TRUE(commit(*open(), {PutAccount{account("b")}}));
}

TEST_F(SqliteStoreTest, DamagedFileIsNamedWithWhatToDo) {
    std::ofstream(path) << std::string(8192, 'x');
    const auto opened = open_sqlite(loop.get_executor(), path, context);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::storage);
    EXPECT_THAT(opened.error().detail,
                ::testing::AllOf(::testing::HasSubstr(path), ::testing::HasSubstr("causeway fsck"),
                                 ::testing::HasSubstr("causeway backup")));
}

}  // namespace
}  // namespace causeway::store
