#pragma once
// What every driver of the store does with durable messages. A driver takes part by naming how a fresh store is made:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, MessageStoreSuite, ::testing::Values(Driver{"sqlite", make}));
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store::testing {

/// One store that outlives its openings. What it is kept in is removed with this.
class Backend {
public:
    virtual ~Backend() = default;
    /// The same rows each time. The one that was opened before is closed.
    [[nodiscard]] virtual std::unique_ptr<Store> open(Executor loop, Context context) = 0;
};

struct Driver {
    std::string name;
    std::function<std::unique_ptr<Backend>()> make;  ///< of a store without rows
};

/// A message on "irc" of account "a", queued at time 1000 + sequence, with the key "k<sequence>".
[[nodiscard]] MessageRow message(std::int64_t sequence,
                                 model::Direction direction = model::Direction::to_network);
[[nodiscard]] MoveMessage move(std::int64_t sequence, model::State from, model::State to,
                               std::int64_t at_ms = 5'000);
[[nodiscard]] WallTime at(std::int64_t milliseconds);
/// To compare whole rows with.
[[nodiscard]] inline auto everything_of(const MessageRow& row) {
    return std::tie(row.sequence, row.network, row.account, row.direction, row.endpoint, row.conversation,
                    row.key, row.state, row.notice, row.attempts, row.losses, row.accepted, row.next,
                    row.kind, row.wants_receipt, row.wants_marker, row.text, row.from, row.to, row.stanza_id,
                    row.reply_to, row.network_ids, row.reason, row.steps);
}

class MessageStoreSuite : public StoreFixture, public ::testing::WithParamInterface<Driver> {
protected:
    void SetUp() override;
    /// As a restart does.
    void reopen();
    Result<> commit(Batch batch) { return await(store->commit(std::move(batch))); }
    /// All at once, so that they may share a group; their results in order.
    std::vector<Result<>> commit_together(std::vector<Batch> batches);
    /// Fails the test if it is not there.
    MessageRow row(std::int64_t sequence);
    std::vector<std::int64_t> open_sequences(const std::string& network = "irc", std::int64_t after = 0,
                                             std::size_t most = 1'000);
    std::vector<std::int64_t> found(MessageFilter filter);

    std::unique_ptr<Backend> backend;
    std::unique_ptr<Store> store;
};

}  // namespace causeway::store::testing
