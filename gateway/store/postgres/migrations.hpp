#pragma once
/// @file gateway/store/postgres/migrations.hpp
/// NAME       Migrations: the numbered steps from an empty database to today's tables.
/// INVARIANTS Each step runs in one transaction together with the note that it ran: a kill between or inside steps leaves
///            a version that the next start continues from. Two instances that migrate do each step once: a lock of the
///            database's lets in one at a time. A step that was released is never edited.
/// TESTS      tests/unit/store/postgres/migrations_test.cpp
#include <cstdint>
#include <span>

#include "gateway/base/result.hpp"
#include "gateway/store/postgres/connection.hpp"

namespace causeway::store::postgres {

struct Migration {
    std::int64_t version;  ///< 1, 2, 3, … without gaps
    const char* sql;
};

/// All steps of this program, in order.
[[nodiscard]] std::span<const Migration> migrations() noexcept;

/// @return 0 for an empty database
[[nodiscard]] Result<std::int64_t> schema_version(Connection& connection);

/// Brings the database to the last of `steps`; does nothing if it is there.
/// @return conflict if the database was written by a newer program; storage if a step failed
[[nodiscard]] Result<> migrate(Connection& connection, std::span<const Migration> steps = migrations());

/// Makes the table of leases, which is there before any step: standbys of another version look at it.
[[nodiscard]] Result<> make_leases(Connection& connection);

}  // namespace causeway::store::postgres
