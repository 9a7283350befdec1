#pragma once
/// @file gateway/store/postgres/check.hpp
/// NAME       open_to_check: a PostgreSQL store, to be looked at. Its pages are the server's matter (pg_amcheck, pg_checksums).
/// TESTS      tests/e2e/test_backup.py
#include <memory>

#include "gateway/base/time.hpp"
#include "gateway/store/checked.hpp"
#include "gateway/store/postgres/postgres_store.hpp"

namespace causeway::store::postgres {

/// Blocks. `clock` outlives it. @return storage: it cannot be reached
[[nodiscard]] Result<std::unique_ptr<Checked>> open_to_check(const PostgresSettings& settings,
                                                             const Clock& clock);

}  // namespace causeway::store::postgres
