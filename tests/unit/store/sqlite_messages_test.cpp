// The suites on SQLite, and what only SQLite has.
#include <gmock/gmock.h>

#include "gateway/store/sqlite/migrations.hpp"
#include "gateway/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/store_suite.hpp"

namespace causeway::store::testing {
namespace {

class SqliteBackend final : public Backend {
public:
    std::unique_ptr<Store> open(Executor loop, Context context) override {
        auto opened = open_sqlite(std::move(loop), directory_.file("causeway.db"), context);
        EXPECT_TRUE(opened) << opened.error().detail;
        return opened ? std::move(*opened) : nullptr;
    }

private:
    TemporaryDirectory directory_;
};

const auto kDrivers = ::testing::Values(Driver{"sqlite", [] { return std::make_unique<SqliteBackend>(); }});
constexpr auto kName = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, kDrivers, kName);
INSTANTIATE_TEST_SUITE_P(Sqlite, MessageStoreSuite, kDrivers, kName);

/// A plan that scans would pass every other test, and stop the storage thread for seconds on a large file.
TEST(SqliteMessagesTest, FrequentStatementsUseTheirIndex) {
    const TemporaryDirectory directory;
    const auto path = directory.file("causeway.db");
    ASSERT_TRUE(sqlite::Database::secure_file(path));
    auto database = sqlite::Database::open(path).value();
    ASSERT_TRUE(sqlite::migrate(database));
    const auto plan = [&](const std::string& sql) {
        std::string lines;
        auto statement = database.statement("EXPLAIN QUERY PLAN " + sql).value();
        while (statement.step().value()) lines += statement.text(3) + "\n";
        return lines;
    };
    EXPECT_THAT(plan("SELECT account FROM messages WHERE network = ? AND sequence > ?"
                     " AND (state <= 2 OR state BETWEEN 6 AND 7 OR notice <> 0) ORDER BY sequence LIMIT ?"),
                ::testing::Eq("SEARCH messages USING INDEX messages_open (network=? AND sequence>?)\n"));
    EXPECT_THAT(plan("SELECT sequence FROM messages WHERE accepted_ms < ?"
                     " AND (state BETWEEN 3 AND 5 OR state >= 8) AND notice = 0 ORDER BY accepted_ms, "
                     "sequence LIMIT ?"),
                ::testing::Eq("SEARCH messages USING INDEX messages_done (accepted_ms<?)\n"));
    EXPECT_THAT(
        plan("UPDATE messages SET state = ?, text = '' WHERE sequence IN (SELECT value FROM json_each(?))"
             " AND direction = ? AND state = ?"),
        ::testing::HasSubstr("SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)"));
}

}  // namespace
}  // namespace causeway::store::testing
