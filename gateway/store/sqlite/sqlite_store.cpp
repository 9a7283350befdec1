#include "gateway/store/sqlite/sqlite_store.hpp"

#include <utility>

#include "gateway/store/sqlite/sqlite_driver.hpp"
#include "gateway/store/threaded_store.hpp"

namespace causeway::store {

Result<std::unique_ptr<Store>> open_sqlite(Executor loop, std::string path, Context context) {
    auto driver = sqlite::SqliteDriver::open(path, context);
    if (!driver) return fail(std::move(driver.error()));
    return make_threaded_store(std::move(loop), std::move(*driver), context);
}

}  // namespace causeway::store
