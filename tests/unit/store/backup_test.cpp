#include "gateway/store/sqlite/backup.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "gateway/store/backup_file.hpp"
#include "gateway/store/sqlite/check.hpp"
#include "gateway/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store {
namespace {

using sqlite::open_to_check;
using testing::account;
using ::testing::HasSubstr;

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

class BackupTest : public testing::StoreFixture {
protected:
    std::string target = directory.file("copy.db");

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory.file("")))
            names.push_back(entry.path().filename());
        return names;
    }
};

TEST_F(BackupTest, CopiesAStoreThatIsInUse) {
    auto store = std::move(open_sqlite(loop.get_executor(), path, context).value());
    ASSERT_TRUE(await(store->commit({PutAccount{account("a")}})));
    {
        auto file = BackupFile::begin(target, Replace::no);
        ASSERT_TRUE(file) << file.error().detail;
        const auto copied = sqlite::copy_database(path, file->temporary());
        ASSERT_TRUE(copied) << copied.error().detail;
        EXPECT_FALSE(std::filesystem::exists(target)) << "not before it is whole";
        ASSERT_TRUE(await(store->commit({PutAccount{account("b")}}))) << "the store goes on";
        EXPECT_GT(file->finish().value(), 0U);
    }
    struct stat status{};
    ASSERT_EQ(::stat(target.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto copy = std::move(open_to_check(target).value());
    EXPECT_THAT(copy->damage(), ::testing::IsEmpty());
    EXPECT_EQ(copy->sealed().value().size(), 1U) << "as it was when it was copied";
    await(store->close());
    EXPECT_THAT(files(), ::testing::UnorderedElementsAre("causeway.db", "copy.db"));
}

TEST_F(BackupTest, ReplacesOnlyWhenTold) {
    std::ofstream(target) << "precious";
    const auto refused = BackupFile::begin(target, Replace::no);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    {
        auto file = BackupFile::begin(target, Replace::yes).value();
        std::ofstream(file.temporary()) << "new";
    }
    EXPECT_EQ(content_of(target), "precious") << "it was not finished";
    auto file = BackupFile::begin(target, Replace::yes).value();
    std::ofstream(file.temporary()) << "new";
    EXPECT_EQ(file.finish().value(), 3U);
    EXPECT_EQ(content_of(target), "new");
    EXPECT_THAT(files(), ::testing::ElementsAre("copy.db"));
}

TEST_F(BackupTest, SomebodyElsesFileIsNotReplacedWhenItCameMeanwhile) {
    auto file = BackupFile::begin(target, Replace::no).value();
    std::ofstream(target) << "precious";
    EXPECT_EQ(file.finish().error().code, Errc::conflict);
    EXPECT_EQ(content_of(target), "precious");
}

TEST_F(BackupTest, ADatabaseInUseIsNeverReplaced) {
    std::ofstream(target) << "x";
    std::ofstream(target + "-wal") << "x";
    const auto refused = BackupFile::begin(target, Replace::yes);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("-wal"));
}

TEST_F(BackupTest, ADamagedStoreGivesNoCopy) {
    std::ofstream(path) << std::string(8192, 'x');
    auto file = BackupFile::begin(target, Replace::no).value();
    EXPECT_FALSE(sqlite::copy_database(path, file.temporary()));
    const auto checked = open_to_check(path);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::bad_input);
}

TEST_F(BackupTest, LookingChangesNothing) {
    auto store = std::move(open_sqlite(loop.get_executor(), path, context).value());
    ASSERT_TRUE(await(store->commit({PutAccount{account("a")}})));
    const auto file = content_of(path);
    const auto log = content_of(path + "-wal");
    EXPECT_EQ(open_to_check(directory.file("absent.db")).error().code, Errc::storage);
    {
        const auto checked = std::move(open_to_check(path).value());
        EXPECT_THAT(checked->damage(), ::testing::IsEmpty());
        EXPECT_EQ(checked->version().value(), checked->newest_version());
    }
    EXPECT_EQ(content_of(path), file);
    EXPECT_EQ(content_of(path + "-wal"), log);
    EXPECT_FALSE(std::filesystem::exists(directory.file("absent.db")));
}

}  // namespace
}  // namespace causeway::store
