#include "gateway/store/postgres/postgres_store.hpp"

#include <utility>

#include "gateway/store/postgres/postgres_driver.hpp"
#include "gateway/store/threaded_store.hpp"

namespace causeway::store {

std::unique_ptr<Store> make_postgres_store(Executor loop, PostgresSettings settings, Lease* lease,
                                           Context context) {
    auto driver = std::make_unique<postgres::PostgresDriver>(std::move(settings), lease, context);
    return make_threaded_store(std::move(loop), std::move(driver), context);
}

}  // namespace causeway::store
