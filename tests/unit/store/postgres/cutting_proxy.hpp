#pragma once
// Stands between a store and its server, and cuts the connection at the one moment that matters: COMMIT.
#include <atomic>
#include <string>
#include <thread>

#include "tests/unit/store/store_fixture.hpp"

namespace causeway::store::testing {

class CuttingProxy {
public:
    enum class Cut : int {
        none,
        before_commit,        ///< the server never hears of it
        after_commit,         ///< the server does it, and its answer is lost
        while_it_is_working,  ///< the same, and the client is back before it is done
    };
    /// @param server_uri  as PostgresServer gives it
    explicit CuttingProxy(const std::string& server_uri);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
    /// Cuts the next COMMIT, once.
    void cut_next(Cut cut) noexcept { cut_ = cut; }

private:
    void serve();
    void relay(int client);

    TemporaryDirectory directory_;
    std::string server_socket_;
    std::string uri_;
    int listener_;
    std::atomic<Cut> cut_ = Cut::none;
    std::atomic<bool> stopping_ = false;
    std::jthread thread_;
};

}  // namespace causeway::store::testing
