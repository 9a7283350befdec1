#pragma once
// A PostgreSQL server of its own for the tests of one program: made in a temporary directory, on a Unix socket only,
// with fsync, as a user that is not root; ended with the program.
#include <gtest/gtest.h>
#include <sys/types.h>

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <string>
#include <vector>

#include "gateway/store/postgres/connection.hpp"
#include "gateway/store/postgres/postgres_store.hpp"
#include "tests/unit/store/message_store_suite.hpp"

namespace causeway::store::testing {

class PostgresServer : public ::testing::Environment {
public:
    /// The one of this program.
    [[nodiscard]] static PostgresServer& get();

    void SetUp() override;
    void TearDown() override;

    void start();
    /// As a power cut does it: every process of it, at once.
    void kill_now();
    /// Where nothing is yet: a schema of its own.
    [[nodiscard]] std::string fresh_uri();
    [[nodiscard]] postgres::Connection connect(const std::string& uri,
                                               const std::string& application = "test") const;
    /// Ends every session of the gateway's.
    void end_sessions() const;

private:
    [[nodiscard]] pid_t run(const std::vector<std::string>& command);
    [[nodiscard]] pid_t run_here(const std::vector<std::string>& command) const;
    [[nodiscard]] bool is_up() const;
    void end(int signal);

    asio::thread_pool starter_{1};
    std::string directory_;
    pid_t server_ = 0;
    int schemas_ = 0;
};

class PostgresBackend final : public Backend {
public:
    std::unique_ptr<Store> open(Executor loop, Context context) override {
        return make_postgres_store(std::move(loop), {uri, {}}, nullptr, context);
    }
    std::string uri = PostgresServer::get().fresh_uri();
};

}  // namespace causeway::store::testing
