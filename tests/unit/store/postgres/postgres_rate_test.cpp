// How fast it commits: not a test that passes or fails. unit_postgres --gtest_also_run_disabled_tests --gtest_filter='*Rate*'
#include <iostream>

#include "gateway/base/async.hpp"
#include "tests/unit/store/postgres/postgres_server.hpp"

namespace causeway::store::testing {
namespace {

class PostgresRateTest : public StoreFixture {
protected:
    enum class What : std::uint8_t { insert, whole_life };

    Task<> client(What what) {
        while (last_ < last_of_all_) {
            const auto sequence = ++last_;
            auto row = message(sequence);
            row.text = std::string(300, 'x');
            Batch put{PutMessage{std::move(row)}};
            EXPECT_TRUE(co_await store->commit(std::move(put)));
            if (what == What::insert) continue;
            Batch sending{move(sequence, model::State::queued, model::State::sending)};
            EXPECT_TRUE(co_await store->commit(std::move(sending)));
            auto accepted = move(sequence, model::State::sending, model::State::accepted);
            accepted.forget_text = true;
            Batch taken{std::move(accepted)};
            EXPECT_TRUE(co_await store->commit(std::move(taken)));
        }
    }
    void measure(int in_flight, What what, std::int64_t messages) {
        last_of_all_ = last_ + messages;
        const auto begun = clock.steady();
        for (int i = 0; i < in_flight; ++i) spawn(loop.get_executor(), client(what));
        loop.restart();
        loop.run();
        const std::chrono::duration<double> took = clock.steady() - begun;
        std::cout << (what == What::insert ? "insert      " : "3 commits   ") << in_flight
                  << " in flight: " << static_cast<int>(static_cast<double>(messages) / took.count())
                  << " messages/s\n";
    }

    PostgresBackend backend;
    std::unique_ptr<Store> store = backend.open(loop.get_executor(), context);
    std::int64_t last_ = 0;
    std::int64_t last_of_all_ = 0;
};

TEST_F(PostgresRateTest, DISABLED_Rate) {
    for (const auto what : {What::insert, What::whole_life}) {
        measure(1, what, 2'000);
        measure(10, what, 10'000);
        measure(100, what, 40'000);
        measure(1'000, what, 80'000);
    }
}

}  // namespace
}  // namespace causeway::store::testing
