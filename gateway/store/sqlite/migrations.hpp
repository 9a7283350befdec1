#pragma once
/// @file gateway/store/sqlite/migrations.hpp
/// NAME       Migrations: the numbered steps from an empty file to today's tables.
/// INVARIANTS Each step runs in one transaction together with the note that it ran: a kill between or inside
///            steps leaves a version that the next start continues from. A step that was released is never
///            edited.
/// TESTS      tests/unit/store/sqlite_migrations_test.cpp
#include <cstdint>
#include <span>

#include "gateway/base/result.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace causeway::store::sqlite {

struct Migration {
    std::int64_t version;  ///< 1, 2, 3, … without gaps
    const char* sql;
};

/// All steps of this program, in order.
[[nodiscard]] std::span<const Migration> migrations() noexcept;

/// @return 0 for an empty database
[[nodiscard]] Result<std::int64_t> schema_version(Database& database);

/// Brings the database to the last of `steps`; does nothing if it is there.
/// @return conflict if the database was written by a newer program; storage if a step failed
[[nodiscard]] Result<> migrate(Database& database, std::span<const Migration> steps = migrations());

}  // namespace causeway::store::sqlite
