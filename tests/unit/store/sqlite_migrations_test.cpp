#include "gateway/store/sqlite/migrations.hpp"

#include <gmock/gmock.h>

#include <array>
#include <fstream>

#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store::sqlite {
namespace {

class MigrationsTest : public testing::StoreFixture {
protected:
    Database open() {
        EXPECT_TRUE(Database::secure_file(path));
        return Database::open(path).value();
    }
};

TEST_F(MigrationsTest, NumbersHaveNoGaps) {
    std::int64_t expected = 1;
    for (const auto& step : migrations()) EXPECT_EQ(step.version, expected++);
}

TEST_F(MigrationsTest, EmptyFileBecomesTheNewestVersion) {
    auto database = open();
    EXPECT_EQ(schema_version(database).value(), 0);
    ASSERT_TRUE(migrate(database));
    EXPECT_EQ(schema_version(database).value(), migrations().back().version);
    for (const char* table : {"accounts", "contacts", "joins", "records", "network_secrets", "options",
                              "network_records", "messages"}) {
        EXPECT_TRUE(database.statement(std::string("SELECT * FROM ") + table)) << table;
    }
}

TEST_F(MigrationsTest, MigratingTwiceChangesNothing) {
    auto database = open();
    ASSERT_TRUE(migrate(database));
    ASSERT_TRUE(migrate(database));
    EXPECT_EQ(schema_version(database).value(), migrations().back().version);
}

TEST_F(MigrationsTest, KilledBetweenStepsContinuesFromEachOfThem) {
    for (std::size_t done = 1; done < migrations().size(); ++done) {
        path = directory.file("after-" + std::to_string(done) + ".db");
        {
            auto database = open();
            ASSERT_TRUE(migrate(database, migrations().first(done)));
            EXPECT_EQ(schema_version(database).value(), static_cast<std::int64_t>(done));
        }
        auto database = open();
        ASSERT_TRUE(migrate(database));
        EXPECT_EQ(schema_version(database).value(), migrations().back().version);
    }
}

TEST_F(MigrationsTest, StepThatFailsInTheMiddleLeavesNothingOfItself) {
    auto database = open();
    constexpr std::array steps{
        Migration{1, "CREATE TABLE one (x INTEGER) STRICT"},
        Migration{2, "CREATE TABLE two (x INTEGER) STRICT; CREATE TABLE one (x INTEGER)"}};
    const auto migrated = migrate(database, steps);
    ASSERT_FALSE(migrated);
    EXPECT_THAT(migrated.error().detail, ::testing::HasSubstr("migration to schema version 2"));
    EXPECT_EQ(schema_version(database).value(), 1);
    EXPECT_FALSE(database.statement("SELECT * FROM two"));
}

TEST_F(MigrationsTest, DatabaseOfANewerProgramIsRefused) {
    auto database = open();
    ASSERT_TRUE(migrate(database));
    ASSERT_TRUE(database.execute("INSERT INTO schema_version VALUES (99)"));
    const auto migrated = migrate(database);
    ASSERT_FALSE(migrated);
    EXPECT_EQ(migrated.error().code, Errc::conflict);
    EXPECT_THAT(migrated.error().detail, ::testing::HasSubstr("schema version 99"));
}

TEST_F(MigrationsTest, FileThatIsNoDatabaseIsRefused) {
    {
        std::ofstream(path) << std::string(8192, 'x');
    }
    EXPECT_FALSE(Database::open(path));
}

}  // namespace
}  // namespace causeway::store::sqlite
