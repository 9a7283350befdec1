#pragma once
/// @file tests/power/traffic.hpp
/// NAME       Traffic: what a gateway commits, batch by batch, with what the store must hold after each of them.
/// INVARIANTS The same seed gives the same batches. What is expected is worked out here, not by the store's code.
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace causeway::power {

/// Every message, by sequence, with all that matters of it in one line.
using Contents = std::map<std::int64_t, std::string>;

/// What the store holds.
[[nodiscard]] Contents contents_of(store::sqlite::Database& database);

class Traffic {
public:
    explicit Traffic(std::uint64_t seed) : random_(seed) {}

    /// What is committed next, as several that wait at once do: in one group.
    [[nodiscard]] std::vector<store::Batch> next_group();
    /// How a batch of this group ended. In their order.
    void ended(const store::Batch& batch, bool kept);
    [[nodiscard]] const Contents& now() const noexcept { return expected_; }

private:
    struct Message {
        model::State state = model::State::queued;
        std::string text;
        std::string steps;
        std::int64_t accepted = 0;
    };

    [[nodiscard]] store::PutMessage put();
    [[nodiscard]] store::MoveMessage move();
    void apply(const store::Change& change);
    void write(std::int64_t sequence);
    void forget_done(const store::PurgeMessages& purge);

    std::mt19937_64 random_;
    std::int64_t last_ = 0;
    std::map<std::int64_t, Message> messages_;
    Contents expected_;
};

}  // namespace causeway::power
