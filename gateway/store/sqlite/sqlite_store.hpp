#pragma once
/// @file gateway/store/sqlite/sqlite_store.hpp
/// NAME       open_sqlite: the Store port on one SQLite file.
/// WHY        One storage thread owns the connection; whatever waits is committed in one fsync.
/// INVARIANTS Those of threaded_store and SqliteDriver.
/// TESTS      tests/unit/store/sqlite_store_test.cpp
#include <memory>
#include <string>

#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store {

/// Opens the file (made with mode 0600; its directory must exist), migrates it, starts the storage thread.
/// Blocks for the migration: call it before the loop runs. Destroying the store commits what waits.
/// @return storage if it cannot be opened, conflict if another process serves from it or a newer program wrote it
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(Executor loop, std::string path, Context context);

}  // namespace causeway::store
