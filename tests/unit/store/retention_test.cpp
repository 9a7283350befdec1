#include "gateway/delivery/retention.hpp"

#include <gmock/gmock.h>

#include "gateway/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/message_store_suite.hpp"

namespace causeway::delivery {
namespace {

using model::State;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Millis kDay{24 * 3'600'000};

class RetentionTest : public store::testing::StoreFixture {
protected:
    void SetUp() override {
        store = std::move(store::open_sqlite(loop.get_executor(), path, context).value());
    }
    void TearDown() override { await(store->close()); }

    void put(std::int64_t first, std::int64_t last, State state, WallTime accepted) {
        store::Batch batch;
        for (auto sequence = first; sequence <= last; ++sequence) {
            auto row = store::testing::message(sequence);
            row.state = state;
            row.accepted = accepted;
            batch.emplace_back(store::PutMessage{std::move(row)});
        }
        ASSERT_TRUE(await(store->commit(std::move(batch))));
    }
    [[nodiscard]] Retention retention() {
        return {loop.get_executor(), *store, 7 * kDay,
                [this](const auto& counts) { counted.push_back(counts); }, context};
    }

    std::unique_ptr<store::Store> store;
    std::vector<std::vector<store::MessageCount>> counted;
};

TEST_F(RetentionTest, WhatIsDoneAndOldGoesInPiecesUntilNothingIsLeft) {
    const auto now = clock.wall();
    put(1, 2'500, State::delivered, now - 8 * kDay);
    put(2'501, 2'502, State::failed, now - 6 * kDay);
    put(2'503, 2'503, State::ambiguous, now - 30 * kDay);
    auto keeper = retention();
    EXPECT_EQ(await(keeper.purge()).value(), 3U) << "1,000 at once";
    ASSERT_THAT(counted, SizeIs(1)) << "and once they are gone it is counted anew";
    std::int64_t left = 0;
    for (const auto& count : counted.back()) left += count.count;
    EXPECT_EQ(left, 3);
}

TEST_F(RetentionTest, NothingIsWrittenWhileNothingIsOld) {
    put(1, 10, State::delivered, clock.wall());
    auto& commits = metrics.counter("causeway_store_commits_total", "Batches by how their commit ended",
                                    {{"outcome", "ok"}});
    const auto before = commits.Value();
    auto keeper = retention();
    EXPECT_EQ(await(keeper.purge()).value(), 0U);
    EXPECT_THAT(counted, IsEmpty());
    EXPECT_EQ(commits.Value(), before) << "not even an empty commit";
}

TEST_F(RetentionTest, CountsWhatIsThere) {
    put(1, 3, State::queued, WallTime{Millis{5'000}});
    auto keeper = retention();
    ASSERT_TRUE(await(keeper.recount()));
    ASSERT_THAT(counted, SizeIs(1));
    ASSERT_THAT(counted.front(), SizeIs(1));
    EXPECT_EQ(counted.front().front().count, 3);
    EXPECT_EQ(counted.front().front().oldest, WallTime{Millis{5'000}});
}

TEST_F(RetentionTest, AStoreThatIsClosedIsNoDisaster) {
    auto keeper = retention();
    await(store->close());
    EXPECT_FALSE(await(keeper.purge()));
    EXPECT_FALSE(await(keeper.recount()));
}

}  // namespace
}  // namespace causeway::delivery
