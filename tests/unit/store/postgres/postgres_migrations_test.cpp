#include "gateway/store/postgres/migrations.hpp"

#include <gmock/gmock.h>

#include <array>
#include <thread>

#include "tests/unit/store/postgres/postgres_server.hpp"

namespace causeway::store::postgres {
namespace {

class PostgresMigrationsTest : public ::testing::Test {
protected:
    Connection open() { return testing::PostgresServer::get().connect(uri); }
    bool has(Connection& connection, const char* table) {
        const Statement look{nullptr, "SELECT to_regclass($1) IS NOT NULL"};
        return connection.ask(look, table).value().flag(0, 0);
    }
    std::string uri = testing::PostgresServer::get().fresh_uri();
};

TEST_F(PostgresMigrationsTest, NumbersHaveNoGaps) {
    std::int64_t expected = 1;
    for (const auto& step : migrations()) EXPECT_EQ(step.version, expected++);
}

TEST_F(PostgresMigrationsTest, EmptyDatabaseBecomesTheNewestVersionAndStaysIt) {
    auto connection = open();
    EXPECT_EQ(schema_version(connection).value(), 0);
    for (int again = 0; again < 2; ++again) {
        ASSERT_TRUE(migrate(connection));
        EXPECT_EQ(schema_version(connection).value(), migrations().back().version);
    }
}

TEST_F(PostgresMigrationsTest, KilledBetweenStepsContinuesFromEachOfThem) {
    for (std::size_t done = 1; done < migrations().size(); ++done) {
        uri = testing::PostgresServer::get().fresh_uri();
        {
            auto connection = open();
            ASSERT_TRUE(migrate(connection, migrations().first(done)));
            EXPECT_EQ(schema_version(connection).value(), static_cast<std::int64_t>(done));
        }
        auto connection = open();
        ASSERT_TRUE(migrate(connection));
        EXPECT_EQ(schema_version(connection).value(), migrations().back().version);
    }
}

TEST_F(PostgresMigrationsTest, StepThatFailsInTheMiddleLeavesNothingOfItself) {
    auto connection = open();
    constexpr std::array steps{Migration{1, "CREATE TABLE one (x bigint)"},
                               Migration{2, "CREATE TABLE two (x bigint); CREATE TABLE one (x bigint)"}};
    const auto migrated = migrate(connection, steps);
    ASSERT_FALSE(migrated);
    EXPECT_THAT(migrated.error().detail, ::testing::HasSubstr("migration to schema version 2"));
    EXPECT_EQ(schema_version(connection).value(), 1);
    EXPECT_TRUE(has(connection, "one"));
    EXPECT_FALSE(has(connection, "two"));
}

TEST_F(PostgresMigrationsTest, StepWhoseConnectionIsLostLeavesNothingAndIsDoneByTheNext) {
    {
        auto connection = open();
        constexpr std::array steps{
            Migration{1, "CREATE TABLE accounts (x bigint); SELECT pg_terminate_backend(pg_backend_pid())"}};
        EXPECT_FALSE(migrate(connection, steps));
        EXPECT_TRUE(connection.lost());
    }
    auto connection = open();
    EXPECT_FALSE(has(connection, "accounts"));
    EXPECT_TRUE(migrate(connection));
}

TEST_F(PostgresMigrationsTest, SeveralAtOnceDoEachStepOnce) {
    std::array<bool, 6> done{};
    {
        std::vector<std::jthread> threads;
        for (auto& one : done) {
            threads.emplace_back([this, &one] {
                auto connection = open();
                one = make_leases(connection) && migrate(connection);
            });
        }
    }
    EXPECT_THAT(done, ::testing::Each(true));
    auto connection = open();
    const Statement count{nullptr, "SELECT count(*) FROM schema_version"};
    EXPECT_EQ(connection.ask(count).value().number(0, 0), static_cast<std::int64_t>(migrations().size()));
}

TEST_F(PostgresMigrationsTest, DatabaseOfANewerProgramIsRefused) {
    auto connection = open();
    ASSERT_TRUE(migrate(connection));
    ASSERT_TRUE(connection.run_script("INSERT INTO schema_version VALUES (99)"));
    const auto migrated = migrate(connection);
    ASSERT_FALSE(migrated);
    EXPECT_EQ(migrated.error().code, Errc::conflict);
    EXPECT_THAT(migrated.error().detail, ::testing::HasSubstr("schema version 99"));
}

}  // namespace
}  // namespace causeway::store::postgres
