#pragma once
/// @file gateway/store/postgres/message_rows.hpp
/// NAME       Durable messages as SQL: each change and each read of the port. Synchronous; storage thread only.
/// TRUST      Texts, ids and keys come from strangers: they are parameters, never part of a statement.
/// TESTS      tests/unit/store/message_store_suite.cpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gateway/store/message_rows.hpp"
#include "gateway/store/postgres/connection.hpp"

namespace causeway::store::postgres {

/// Those of messages, to be prepared.
[[nodiscard]] std::span<const Statement> message_statements() noexcept;

void send(Connection& connection, const PutMessage& change);
void send(Connection& connection, const MoveMessage& change);
void send(Connection& connection, const SettleMessages& change);
void send(Connection& connection, const SettleNotice& change);
void send(Connection& connection, const PurgeMessages& change);

/// The greatest sequence ever given out. If `holder` is not alone with this database, a range of its own begins after
/// it: numbers of messages are unique in the database, and the others go on counting too.
[[nodiscard]] Result<std::int64_t> find_last_sequence(Connection& connection,
                                                      const std::optional<std::string>& holder);
[[nodiscard]] Result<std::vector<OpenMessage>> find_open(Connection& connection, const NetworkName& network,
                                                         std::int64_t after, std::size_t most);
[[nodiscard]] Result<std::vector<MessageRow>> find_rows(Connection& connection,
                                                        const std::vector<std::int64_t>& sequences);
[[nodiscard]] Result<std::optional<MessageRow>> find_key(Connection& connection, const AccountId& account,
                                                         model::Direction direction, const MessageKey& key);
[[nodiscard]] Result<std::vector<FoundMessage>> find_filtered(Connection& connection,
                                                              const MessageFilter& filter);
[[nodiscard]] Result<std::vector<MessageCount>> count_rows(Connection& connection);
[[nodiscard]] Result<bool> find_purgeable(Connection& connection, WallTime before);

}  // namespace causeway::store::postgres
