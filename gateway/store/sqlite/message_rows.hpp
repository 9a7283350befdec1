#pragma once
/// @file gateway/store/sqlite/message_rows.hpp
/// NAME       Durable messages as SQL: each change and each read of the port. Synchronous; storage thread only.
/// TRUST      Texts, ids and keys come from strangers: they are bound, never part of a statement.
/// TESTS      tests/unit/store/message_store_suite.cpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/store/message_rows.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace causeway::store::sqlite {

/// Each is one statement, so that it happens whole or not at all.
[[nodiscard]] Result<> put_message(Database& database, const MessageRow& row);
[[nodiscard]] Result<> move_message(Database& database, const MoveMessage& change);
[[nodiscard]] Result<> settle_messages(Database& database, const SettleMessages& change);
[[nodiscard]] Result<> settle_notice(Database& database, const SettleNotice& change);
[[nodiscard]] Result<> purge_messages(Database& database, const PurgeMessages& change);

[[nodiscard]] Result<std::int64_t> find_last_sequence(Database& database);
[[nodiscard]] Result<std::vector<OpenMessage>> find_open(Database& database, const NetworkName& network,
                                                         std::int64_t after, std::size_t most);
[[nodiscard]] Result<std::vector<MessageRow>> find_rows(Database& database,
                                                        const std::vector<std::int64_t>& sequences);
[[nodiscard]] Result<std::optional<MessageRow>> find_key(Database& database, const AccountId& account,
                                                         model::Direction direction, const MessageKey& key);
[[nodiscard]] Result<std::vector<FoundMessage>> find_filtered(Database& database,
                                                              const MessageFilter& filter);
[[nodiscard]] Result<bool> find_purgeable(Database& database, WallTime before);
[[nodiscard]] Result<std::vector<MessageCount>> count_rows(Database& database);

}  // namespace causeway::store::sqlite
