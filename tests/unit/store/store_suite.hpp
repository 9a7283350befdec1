#pragma once
// What every driver of the store does with accounts and what belongs to them, and with commits as such.
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/store/message_store_suite.hpp"

namespace causeway::store::testing {

class StoreSuite : public StoreFixture, public ::testing::WithParamInterface<Driver> {
protected:
    /// As a restart does, from the second time on.
    std::unique_ptr<Store> open() { return backend->open(loop.get_executor(), context); }
    Result<> commit(Store& store, Batch batch) { return await(store.commit(std::move(batch))); }
    NetworkRows load(Store& store, const std::string& network = "irc") {
        auto rows = await(store.load(NetworkName(network)));
        EXPECT_TRUE(rows);
        return std::move(*rows);
    }

    std::unique_ptr<Backend> backend = GetParam().make();
};

}  // namespace causeway::store::testing
