// Connections that are lost while something is committed: "kept" is true, and "not kept" is true.
#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "gateway/base/async.hpp"
#include "tests/unit/store/postgres/cutting_proxy.hpp"
#include "tests/unit/store/postgres/postgres_server.hpp"

namespace causeway::store::testing {
namespace {

using namespace std::chrono_literals;
using Cut = CuttingProxy::Cut;

class Counting final : public log::Sink {
public:
    bool enabled(log::Level) const noexcept override { return true; }
    void write(const log::Message& message, std::span<const log::Field>) noexcept override {
        const std::scoped_lock lock(mutex_);
        ++counts_[std::string(message.id)];
    }
    std::string person(std::string_view) const override { return {}; }
    int count(const std::string& id) {
        const std::scoped_lock lock(mutex_);
        return counts_[id];
    }

private:
    std::mutex mutex_;
    std::map<std::string, int> counts_;
};

class PostgresFaultsTest : public StoreFixture {
protected:
    PostgresFaultsTest() { context.log = log::Log(sink); }
    std::unique_ptr<Store> open(const std::string& at) {
        return make_postgres_store(loop.get_executor(), {at, {}}, nullptr, context);
    }
    bool is_there(Store& store, std::int64_t sequence) {
        return !await(store.messages({sequence})).value().empty();
    }

    Counting sink;
    std::string uri = PostgresServer::get().fresh_uri();
};

// ------------------------------------------------------------------------------------------------ one commit, cut
class PostgresCutTest : public PostgresFaultsTest {
protected:
    Result<> commit_with(Cut cut) {
        EXPECT_TRUE(await(store->commit({PutMessage{message(1)}})));
        proxy.cut_next(cut);
        return await(store->commit({PutMessage{message(2)}}));
    }

    CuttingProxy proxy{uri};
    std::unique_ptr<Store> store = open(proxy.uri());
};

TEST_F(PostgresCutTest, CommitThatTheServerNeverHeardOfIsNotKept) {
    const auto result = commit_with(Cut::before_commit);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::storage);
    EXPECT_EQ(result.error().retry, Retry::later);
    EXPECT_FALSE(is_there(*store, 2));
    EXPECT_EQ(sink.count("CAUSEWAY_STORE_COMMIT_UNKNOWN"), 1);
    EXPECT_TRUE(await(store->commit({PutMessage{message(2)}})));
}

TEST_F(PostgresCutTest, CommitWhoseAnswerIsLostIsKept) {
    EXPECT_TRUE(commit_with(Cut::after_commit));
    EXPECT_TRUE(is_there(*store, 2));
    EXPECT_EQ(sink.count("CAUSEWAY_STORE_COMMIT_UNKNOWN"), 1);
}

TEST_F(PostgresCutTest, CommitThatIsStillUnderWayIsWaitedFor) {
    EXPECT_TRUE(await(store->commit({PutMessage{message(100)}})));
    auto connection = PostgresServer::get().connect(uri);
    ASSERT_TRUE(connection.run_script(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_sleep(CASE WHEN new.sequence = 2 THEN 1 ELSE 0 END); RETURN new; END';"
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION slow()"));
    const auto begun = clock.steady();
    EXPECT_TRUE(commit_with(Cut::while_it_is_working));
    EXPECT_GE(clock.steady() - begun, 900ms);
    EXPECT_TRUE(is_there(*store, 2));
}

TEST_F(PostgresCutTest, CommitThatTheServerRefusesIsNotKept) {
    EXPECT_TRUE(await(store->commit({PutMessage{message(100)}})));
    auto connection = PostgresServer::get().connect(uri);
    ASSERT_TRUE(connection.run_script(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN IF new.sequence = 2 THEN RAISE ''no''; END IF; RETURN new; END';"
        "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION no()"));
    EXPECT_FALSE(commit_with(Cut::none));
    EXPECT_FALSE(is_there(*store, 2));
    EXPECT_TRUE(await(store->commit({PutMessage{message(3)}})));
}

TEST_F(PostgresFaultsTest, ConnectionThatDiedWhileNobodyLookedCostsNothing) {
    const auto store = open(uri);
    ASSERT_TRUE(await(store->commit({PutMessage{message(1)}})));
    PostgresServer::get().end_sessions();
    EXPECT_TRUE(await(store->commit({PutMessage{message(2)}})));
    PostgresServer::get().end_sessions();
    EXPECT_TRUE(is_there(*store, 2));
}

// ------------------------------------------------------------------------------------------------ many commits
/// Several who commit without end, and what they were told.
class PostgresStormTest : public PostgresFaultsTest {
protected:
    Task<> client() {
        while (!done_) {
            const auto sequence = ++last_;
            Batch batch{PutMessage{message(sequence)}};
            const auto result = co_await store->commit(std::move(batch));
            (result ? kept_ : refused_).insert(sequence);
            kept_count_ = kept_.size();
            if (!result) co_await sleep_until(clock.steady() + 10ms);
        }
    }
    /// Commits while `trouble` runs, and until things have gone well for a while after it.
    void storm(const std::function<void()>& trouble) {
        constexpr int kClients = 40;
        for (int i = 0; i < kClients; ++i) spawn(loop.get_executor(), client());
        const std::jthread thread([&] {
            std::this_thread::sleep_for(200ms);
            trouble();
            wait_for_more(1'000);
            done_ = true;
        });
        loop.restart();
        loop.run();
    }
    void wait_for_more(std::size_t kept) {
        const auto before = kept_count_.load();
        while (kept_count_ < before + kept) std::this_thread::sleep_for(1ms);
    }
    void expect_truth() {
        std::set<std::int64_t> there;
        std::vector<std::int64_t> all;
        for (std::int64_t i = 1; i <= last_; ++i) all.push_back(i);
        const auto rows = await(store->messages(std::move(all)));
        ASSERT_TRUE(rows) << rows.error().detail;
        for (const auto& row : *rows) there.insert(row.sequence);
        std::vector<std::int64_t> lost;
        std::ranges::set_difference(kept_, there, std::back_inserter(lost));
        EXPECT_THAT(lost, ::testing::IsEmpty());
        std::vector<std::int64_t> kept_all_the_same;
        std::ranges::set_intersection(refused_, there, std::back_inserter(kept_all_the_same));
        EXPECT_THAT(kept_all_the_same, ::testing::IsEmpty());
        EXPECT_EQ(kept_.size() + refused_.size(), static_cast<std::size_t>(last_));
        RecordProperty("kept", std::to_string(kept_.size()));
        RecordProperty("refused", std::to_string(refused_.size()));
        std::cout << kept_.size() << " kept, " << refused_.size() << " refused, "
                  << sink.count("CAUSEWAY_STORE_COMMIT_UNKNOWN") << " unknown for a time\n";
        EXPECT_GT(kept_.size(), 100U);
    }

    std::unique_ptr<Store> store = open(uri);
    std::atomic<bool> done_ = false;
    std::atomic<std::size_t> kept_count_ = 0;
    std::int64_t last_ = 0;
    std::set<std::int64_t> kept_;
    std::set<std::int64_t> refused_;
};

TEST_F(PostgresStormTest, SessionsThatAreEndedLoseAndInventNothing) {
    storm([] {
        for (int i = 0; i < 100; ++i) {
            PostgresServer::get().end_sessions();
            std::this_thread::sleep_for(std::chrono::milliseconds(3 + i * 7 % 23));
        }
    });
    expect_truth();
}

TEST_F(PostgresStormTest, ServerThatIsKilledLosesAndInventsNothing) {
    storm([this] {
        for (std::size_t i = 0; i < 8; ++i) {
            wait_for_more(100 + i * 37);
            PostgresServer::get().kill_now();
            PostgresServer::get().start();
        }
    });
    expect_truth();
    EXPECT_GT(sink.count("CAUSEWAY_STORE_COMMIT_UNKNOWN"), 0);
}

}  // namespace
}  // namespace causeway::store::testing
