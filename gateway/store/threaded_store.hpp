#pragma once
/// @file gateway/store/threaded_store.hpp
/// NAME       make_threaded_store: the Store port over a driver on a storage thread of its own.
/// INVARIANTS First in, first out, reads too: a read sees every commit that was called before it.
/// TESTS      tests/unit/store/store_suite.cpp
#include <memory>

#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"
#include "gateway/store/driver.hpp"

namespace causeway::store {

/// Destroying the store commits what waits.
[[nodiscard]] std::unique_ptr<Store> make_threaded_store(Executor loop, std::unique_ptr<Driver> driver,
                                                         Context context);

}  // namespace causeway::store
