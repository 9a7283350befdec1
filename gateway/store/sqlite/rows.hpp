#pragma once
/// @file gateway/store/sqlite/rows.hpp
/// NAME       apply, load_network, find_record, find_sealed: the port's values as SQL. Synchronous; storage
///            thread only.
/// TESTS      tests/unit/store/sqlite_store_test.cpp
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store::sqlite {

/// Applies every change of `batch`, or says which kind failed. The caller holds the savepoint.
[[nodiscard]] Result<> apply(Database& database, const Batch& batch);

[[nodiscard]] Result<NetworkRows> load_network(Database& database, const NetworkName& network);
[[nodiscard]] Result<std::optional<std::string>> find_record(Database& database, const AccountId& account,
                                                             const std::string& key);
[[nodiscard]] Result<std::vector<SealedValue>> find_sealed(Database& database);

}  // namespace causeway::store::sqlite
