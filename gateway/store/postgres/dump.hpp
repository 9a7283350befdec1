#pragma once
/// @file gateway/store/postgres/dump.hpp
/// NAME       dump: a copy of the database as it is at one moment, made by pg_dump.
/// WHY        pg_dump knows every version's catalogue, and pg_restore what it wrote: nothing of ours has to be trusted when a
///            database is to be brought back.
/// INVARIANTS The password goes through the environment, never through the command line.
/// TESTS      tests/e2e/test_backup.py
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/store/postgres/postgres_store.hpp"

namespace causeway::store::postgres {

/// Into the file `to`, in pg_dump's custom format. Waits for the end of pg_dump, which tells on stderr what is wrong.
/// @return storage: it is not installed, or failed
[[nodiscard]] Result<> dump(const PostgresSettings& settings, const std::string& to);

}  // namespace causeway::store::postgres
