#pragma once
/// @file gateway/store/postgres/postgres_store.hpp
/// NAME       make_postgres_store: the Store port on a PostgreSQL database, which several instances may share.
/// INVARIANTS Whatever waits is one transaction; a batch that cannot be kept is left out of it, and fails alone.
///            "Kept" and "not kept" are true also when the answer to a COMMIT was lost: the database is asked afterwards.
/// TESTS      tests/unit/store/postgres/
#include <memory>
#include <string>

#include "gateway/base/context.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/task.hpp"
#include "gateway/store/lease.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store {

struct PostgresSettings {
    std::string uri;    ///< postgresql://user@host/database?sslmode=verify-full; holds no password
    Secret<> password;  ///< "" = none is needed, or ~/.pgpass has it
};

/// Connects, and brings the tables to this version, at the first call of the store; that call tells what is wrong.
/// @param lease  must be held whenever something is committed, and outlive the store; null: there is one instance only
[[nodiscard]] std::unique_ptr<Store> make_postgres_store(Executor loop, PostgresSettings settings,
                                                         Lease* lease, Context context);

}  // namespace causeway::store
