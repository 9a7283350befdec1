#pragma once
// A loop, a directory of its own and a way to await the store, for tests/unit/store.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store::testing {

/// A fresh directory that is removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "causeway-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

class StoreFixture : public ::testing::Test {
protected:
    template <class T>
    T await(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop, std::move(task), [&result](const std::exception_ptr& error, T value) {
            if (error) std::rethrow_exception(error);
            result = std::move(value);
        });
        loop.restart();
        loop.run();
        return std::move(*result);
    }
    void await(Task<> task) {
        asio::co_spawn(loop, std::move(task), [](const std::exception_ptr& error) {
            if (error) std::rethrow_exception(error);
        });
        loop.restart();
        loop.run();
    }

    TemporaryDirectory directory;
    std::string path = directory.file("causeway.db");
    asio::io_context loop;
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, log::Log{}};
};

[[nodiscard]] inline AccountRow account(const std::string& id, const std::string& network = "irc") {
    AccountRow row;
    row.id = AccountId(id);
    row.network = NetworkName(network);
    row.user = UserId(id + "@example.org");
    row.registered = true;
    row.remote_name = "nick";
    row.sealed_credentials = "v1:sealed-" + id;
    row.created = WallTime(std::chrono::milliseconds(1'700'000'000'123));
    return row;
}

}  // namespace causeway::store::testing
