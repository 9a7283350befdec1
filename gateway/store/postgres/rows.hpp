#pragma once
/// @file gateway/store/postgres/rows.hpp
/// NAME       send_batch, load_network and the others: the port's values as SQL. Synchronous; storage thread only.
/// INVARIANTS A message that is there already, and one that is in another state than expected, are no errors of the
///            database's: their statement changes no row, and the transaction goes on. The caller looks at that.
/// TESTS      tests/unit/store/postgres/
#include <cstddef>
#include <span>
#include <vector>

#include "gateway/store/postgres/connection.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store::postgres {

/// Those of everything but messages, to be prepared.
[[nodiscard]] std::span<const Statement> row_statements() noexcept;

/// One statement that was sent, and what tells whether it did its work.
struct Sent {
    std::size_t batch;
    enum class Expects : std::uint8_t { nothing, new_message, moved_message } expects;
};

/// Sends every change of `batch`, one statement each, and notes them in `sent`.
void send_batch(Connection& connection, const Batch& batch, std::size_t number, std::vector<Sent>& sent);
/// @return conflict if the statement did not do what it was expected to
[[nodiscard]] Result<> judge(const Sent& sent, const Rows& rows);

[[nodiscard]] Result<NetworkRows> load_network(Connection& connection, const NetworkName& network);
[[nodiscard]] Result<std::optional<std::string>> find_record(Connection& connection, const AccountId& account,
                                                             const std::string& key);
[[nodiscard]] Result<std::vector<SealedValue>> find_sealed(Connection& connection);

}  // namespace causeway::store::postgres
