#include "gateway/store/postgres/postgres_lease.hpp"

#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "gateway/store/postgres/migrations.hpp"
#include "gateway/store/postgres/postgres_driver.hpp"
#include "tests/unit/store/postgres/postgres_server.hpp"

namespace causeway::store::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Shorter than in production, in the same proportions.
constexpr LeaseTimes kQuick{900ms, 300ms, 100ms};

/// One instance of the gateway, as far as the database is concerned.
struct Instance {
    Instance(const Executor& loop, const std::string& uri, std::vector<std::string> components,
             Context context, LeaseTimes times = kQuick)
        : lease(make_postgres_lease(loop, {uri, {}}, std::move(components), context, times,
                                    [this](std::string_view how) {
                                        const std::scoped_lock lock(mutex);
                                        lost.emplace_back(how);
                                    })),
          store(make_postgres_store(loop, {uri, {}}, lease.get(), context)) {}

    std::vector<std::string> how_lost() {
        const std::scoped_lock lock(mutex);
        return lost;
    }

    std::mutex mutex;
    std::vector<std::string> lost;
    std::unique_ptr<Lease> lease;
    std::unique_ptr<Store> store;
};

/// A holder that never renews and believes in its lease for ever: as one that was stopped does when it wakes.
class Sleeper final : public Lease {
public:
    explicit Sleeper(const std::string& uri) {
        auto connection = PostgresServer::get().connect(uri);
        EXPECT_TRUE(postgres::make_leases(connection));
        const postgres::Statement put{
            nullptr, "INSERT INTO leases VALUES ('sms.example.org', $1, 7, now() + interval '500 ms')"};
        EXPECT_TRUE(connection.ask(put, holder_));
    }
    Task<Result<>> acquire() override { co_return Result<>{}; }
    Task<> release() override { co_return; }
    const std::string& holder() const noexcept override { return holder_; }
    std::vector<HeldLease> held() const override { return {{"sms.example.org", 7}}; }
    void lost(std::string_view) override { ++times_lost; }
    std::atomic<int> times_lost = 0;

private:
    std::string holder_ = "sleeper-1-abc";
};

class PostgresLeaseTest : public StoreFixture {
protected:
    /// Others may go on waiting: the fixture's own waits for all.
    template <class T>
    T await(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop, std::move(task),
                       [&result](const std::exception_ptr&, T value) { result = std::move(value); });
        run_until([&result] { return result.has_value(); });
        return std::move(*result);
    }
    Instance instance(std::vector<std::string> components = {"sms.example.org"}, LeaseTimes times = kQuick) {
        return {loop.get_executor(), uri, std::move(components), context, times};
    }
    Result<> acquire(Instance& one) { return await(one.lease->acquire()); }
    /// Starts to acquire and goes on.
    void begin_to_acquire(Instance& one, std::optional<Result<>>& result) {
        asio::co_spawn(loop, one.lease->acquire(),
                       [&result](const std::exception_ptr&, Result<> done) { result = std::move(done); });
    }
    void run_for(Millis time) {
        loop.restart();
        loop.run_for(time);
    }
    void run_until(const std::function<bool()>& done) {
        const auto deadline = clock.steady() + 10s;
        while (!done() && clock.steady() < deadline) run_for(1ms);
        EXPECT_TRUE(done());
    }

    std::string uri = PostgresServer::get().fresh_uri();
};

TEST_F(PostgresLeaseTest, FreeOneIsTakenAtOnceAndLetsItsHolderWrite) {
    auto one = instance({"sms.example.org", "irc.example.org"});
    EXPECT_EQ(await(one.store->commit({PutMessage{message(1)}})).error().code, Errc::conflict)
        << "it is not held yet";
    ASSERT_TRUE(acquire(one));
    const auto held = one.lease->held();
    ASSERT_THAT(held, SizeIs(2));
    EXPECT_EQ(held[0].component, "irc.example.org");
    EXPECT_EQ(held[0].fence, 1);
    EXPECT_TRUE(await(one.store->commit({PutMessage{message(1)}})));
}

TEST_F(PostgresLeaseTest, StandbyWaitsWhileItIsRenewedAndFollowsACleanStopAtOnce) {
    auto one = instance();
    auto other = instance();
    ASSERT_TRUE(acquire(one));
    std::optional<Result<>> result;
    begin_to_acquire(other, result);
    run_for(2s);  // longer than it lasts without renewals
    EXPECT_FALSE(result);
    EXPECT_TRUE(await(one.store->commit({PutMessage{message(1)}})));
    const auto begun = clock.steady();
    asio::co_spawn(loop, one.lease->release(), asio::detached);
    run_until([&] { return result.has_value(); });
    EXPECT_TRUE(*result);
    EXPECT_LT(clock.steady() - begun, kQuick.lasts) << "it need not expire";
    EXPECT_EQ(other.lease->held().at(0).fence, 2);
    EXPECT_TRUE(await(other.store->commit({PutMessage{message(2)}})));
    EXPECT_THAT(one.how_lost(), IsEmpty());
}

TEST_F(PostgresLeaseTest, TakenOverFromOneThatStoppedAndTheWokenOneWritesNothing) {
    Sleeper sleeper(uri);
    const auto woken = make_postgres_store(loop.get_executor(), {uri, {}}, &sleeper, context);
    ASSERT_TRUE(await(woken->commit({PutMessage{message(1)}})));
    auto other = instance();
    const auto begun = clock.steady();
    ASSERT_TRUE(acquire(other));
    EXPECT_LT(clock.steady() - begun, 3s);
    EXPECT_EQ(other.lease->held().at(0).fence, 8);
    const auto refused = await(woken->commit({PutMessage{message(2)}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_GE(sleeper.times_lost, 1);
    EXPECT_THAT(await(other.store->messages({1, 2})).value(), SizeIs(1));
    EXPECT_TRUE(await(other.store->commit({PutMessage{message(2)}})));
}

TEST_F(PostgresLeaseTest, OneThatStoppedInTheMiddleOfATransactionIsTakenOverAllTheSame) {
    const Sleeper sleeper(uri);
    auto stopped = PostgresServer::get().connect(uri, postgres::store_application(sleeper.holder()));
    constexpr postgres::Statement kBegin{nullptr, "BEGIN"};
    constexpr postgres::Statement kCheck{nullptr, "SELECT 1 FROM leases FOR KEY SHARE"};
    constexpr postgres::Statement kCommit{nullptr, "COMMIT"};
    ASSERT_TRUE(stopped.ask(kBegin));
    ASSERT_TRUE(stopped.ask(kCheck));
    auto other = instance();
    const auto begun = clock.steady();
    ASSERT_TRUE(acquire(other));
    EXPECT_LT(clock.steady() - begun, 5s);
    EXPECT_FALSE(stopped.ask(kCommit));
}

TEST_F(PostgresLeaseTest, HolderThatFindsItTakenIsTold) {
    auto one = instance();
    ASSERT_TRUE(acquire(one));
    auto connection = PostgresServer::get().connect(uri);
    ASSERT_TRUE(connection.run_script("UPDATE leases SET fence = fence + 1, holder = 'other'"));
    run_until([&] { return !one.how_lost().empty(); });
    EXPECT_THAT(one.how_lost(), ElementsAre("another instance has taken it over"));
    EXPECT_EQ(await(one.store->commit({PutMessage{message(1)}})).error().code, Errc::conflict);
}

TEST_F(PostgresLeaseTest, HolderThatCannotRenewIsToldInTime) {
    auto one = instance();
    ASSERT_TRUE(acquire(one));
    auto connection = PostgresServer::get().connect(uri);
    ASSERT_TRUE(connection.run_script("BEGIN; LOCK TABLE leases IN ACCESS EXCLUSIVE MODE"));
    const auto begun = clock.steady();
    run_until([&] { return !one.how_lost().empty(); });
    EXPECT_THAT(one.how_lost(), ElementsAre("it was not renewed in time"));
    EXPECT_LT(clock.steady() - begun, kQuick.lasts + 200ms);
}

TEST_F(PostgresLeaseTest, SurvivesTheEndOfItsSession) {
    auto one = instance();
    ASSERT_TRUE(acquire(one));
    for (int i = 0; i < 10; ++i) {
        PostgresServer::get().end_sessions();
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_THAT(one.how_lost(), IsEmpty());
    EXPECT_TRUE(await(one.store->commit({PutMessage{message(1)}})));
}

TEST_F(PostgresLeaseTest, AllOrNone) {
    auto one = instance({"a.example.org"});
    auto both = instance({"a.example.org", "b.example.org"});
    auto other = instance({"b.example.org"});
    ASSERT_TRUE(acquire(one));
    std::optional<Result<>> result;
    begin_to_acquire(both, result);
    run_for(300ms);
    ASSERT_TRUE(acquire(other)) << "who waits for one holds none";
    EXPECT_FALSE(result);
    asio::co_spawn(loop, both.lease->release(), asio::detached);
    run_until([&] { return result.has_value(); });
    EXPECT_EQ(result->error().code, Errc::cancelled);
}

TEST_F(PostgresLeaseTest, OfManyWhoTryExactlyOneHasIt) {
    std::vector<std::unique_ptr<Instance>> all;
    std::vector<std::optional<Result<>>> results(6);
    for (auto& result : results) {
        all.push_back(std::make_unique<Instance>(loop.get_executor(), uri,
                                                 std::vector<std::string>{"sms.example.org"}, context));
        begin_to_acquire(*all.back(), result);
    }
    run_for(2s);
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return result.has_value(); }), 1);
}

TEST_F(PostgresLeaseTest, InstancesBesideEachOtherCountMessagesInRangesOfTheirOwn) {
    auto one = instance({"a.example.org"});
    ASSERT_TRUE(acquire(one));
    ASSERT_TRUE(await(one.store->commit({PutMessage{message(41)}})));
    EXPECT_EQ(await(one.store->last_sequence()).value(), 41) << "it is alone";
    auto other = instance({"b.example.org"});
    ASSERT_TRUE(acquire(other));
    EXPECT_EQ(await(other.store->last_sequence()).value(), 1'000'000'000'000);
    EXPECT_EQ(await(one.store->last_sequence()).value(), 2'000'000'000'000);
    ASSERT_TRUE(await(one.store->commit({PutMessage{message(42)}})));
    ASSERT_TRUE(await(other.store->commit({PutMessage{message(1'000'000'000'001)}})));
}

}  // namespace
}  // namespace causeway::store::testing
