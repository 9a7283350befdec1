#pragma once
/// @file gateway/store/postgres/postgres_lease.hpp
/// NAME       make_postgres_lease: the Lease port in the table `leases`, by the database's clock.
/// WHY        It has a thread and a connection of its own: a store that is slow, or waits, must not lose the lease.
/// INVARIANTS Renewed every 2 s, it lasts for 6 s from the beginning of its last renewal: nobody else has it before that.
///            If it was not renewed until then, this process ends, whether somebody has taken it over or not.
/// TESTS      tests/unit/store/postgres/lease_test.cpp
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/lease.hpp"
#include "gateway/store/postgres/postgres_store.hpp"

namespace causeway::store {

struct LeaseTimes {
    Millis lasts{6'000};
    Millis renewed_every{2'000};
    Millis tried_every{1'000};  ///< by who stands by
};

/// @param components  what is served: addresses of components
/// @param on_lost     called once, from any thread; empty: the process ends, with exit code 1
[[nodiscard]] std::unique_ptr<Lease> make_postgres_lease(Executor loop, PostgresSettings settings,
                                                         std::vector<std::string> components, Context context,
                                                         LeaseTimes times = {},
                                                         std::function<void(std::string_view)> on_lost = {});

}  // namespace causeway::store
