// The suites on PostgreSQL, and what only PostgreSQL has.
#include <gmock/gmock.h>

#include "tests/unit/store/postgres/postgres_server.hpp"
#include "tests/unit/store/store_suite.hpp"

namespace causeway::store::testing {
namespace {

using ::testing::ElementsAre;

const auto kDrivers =
    ::testing::Values(Driver{"postgres", [] { return std::make_unique<PostgresBackend>(); }});
constexpr auto kName = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(Postgres, StoreSuite, kDrivers, kName);
INSTANTIATE_TEST_SUITE_P(Postgres, MessageStoreSuite, kDrivers, kName);

/// The suite with what is beyond it.
class PostgresStoreTest : public StoreFixture {
protected:
    PostgresBackend backend;
    std::unique_ptr<Store> store = backend.open(loop.get_executor(), context);
};

TEST_F(PostgresStoreTest, TextThatItCannotHoldFailsAlone) {
    auto with_nul = message(2);
    with_nul.text = std::string("a\0b", 3);
    auto no_utf8 = message(3);
    no_utf8.text = "\xff";
    std::vector<Result<>> results;
    const auto put = [&](const MessageRow& row) {
        asio::co_spawn(
            loop, store->commit({PutMessage{row}}),
            [&results](const std::exception_ptr&, Result<> result) { results.push_back(std::move(result)); });
    };
    for (const auto& row : {message(1), with_nul, message(4), no_utf8, message(5)}) put(row);
    loop.restart();
    loop.run();
    ASSERT_EQ(results.size(), 5U);
    for (const std::size_t good : {0U, 2U, 4U}) EXPECT_TRUE(results[good]) << good;
    for (const std::size_t bad : {1U, 3U}) {
        ASSERT_FALSE(results[bad]);
        EXPECT_EQ(results[bad].error().code, Errc::storage);
    }
    std::vector<std::int64_t> kept;
    for (const auto& row : await(store->messages({1, 2, 3, 4, 5})).value()) kept.push_back(row.sequence);
    EXPECT_THAT(kept, ElementsAre(1, 4, 5));
}

TEST_F(PostgresStoreTest, ServerThatIsNotThereIsNamedAndIsTriedAgainLater) {
    auto absent =
        make_postgres_store(loop.get_executor(), {"postgresql:///x?host=/nonexistent", {}}, nullptr, context);
    const auto loaded = await(absent->load(NetworkName("irc")));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::storage);
    EXPECT_THAT(loaded.error().detail, ::testing::HasSubstr("/nonexistent"));
    const auto refused = await(absent->commit({PutMessage{message(1)}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().retry, Retry::later);
}

TEST_F(PostgresStoreTest, FrequentStatementsUseTheirIndex) {
    static_cast<void>(await(store->last_sequence()));  // makes the tables
    auto connection = PostgresServer::get().connect(backend.uri);
    ASSERT_TRUE(connection.run_script("SET enable_seqscan = off"));
    const auto plan = [&connection](const char* sql) {
        const std::string explain = std::string("EXPLAIN ") + sql;
        const postgres::Statement statement{nullptr, explain.c_str()};
        const auto rows = connection.ask(statement).value();
        std::string lines;
        for (int at = 0; at < rows.count(); ++at) lines += rows.text(at, 0) + "\n";
        return lines;
    };
    EXPECT_THAT(plan("SELECT sequence FROM messages WHERE network = 'n' AND sequence > 5"
                     " AND (state IN (1, 2, 6, 7) OR notice <> 0) ORDER BY sequence LIMIT 10"),
                ::testing::HasSubstr("using messages_open"));
    EXPECT_THAT(plan("SELECT sequence FROM messages WHERE accepted_ms < 7 AND state IN (3, 4, 5, 8, 9, 10)"
                     " AND notice = 0 ORDER BY accepted_ms, sequence LIMIT 10 FOR UPDATE SKIP LOCKED"),
                ::testing::HasSubstr("messages_done"));
}

}  // namespace
}  // namespace causeway::store::testing
