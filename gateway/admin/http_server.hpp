#pragma once
/// @file gateway/admin/http_server.hpp
/// NAME       HttpServer: /metrics, /healthz and /readyz for monitoring. @source Prometheus text format 0.0.4
/// WHY        prometheus-cpp's own Exposer allows no other path; Boost.Beast stays in this one translation unit.
/// INVARIANTS Read only. Requests are bounded in size, time and number; nothing here can change the gateway.
/// TRUST      Bound to loopback by default; whoever connects is a stranger all the same.
/// TESTS      tests/unit/admin/http_server_test.cpp, tests/e2e/test_operations.py
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"

namespace causeway::admin {

struct HttpSources {
    std::function<std::string()> metrics_text;            ///< slow: called on the pool
    std::function<std::vector<std::string>()> not_ready;  ///< why not ready, for people; empty = ready
    std::function<void()> before_metrics = [] {
    };  ///< sets what is only known when somebody looks; on the loop
};

class HttpServer {
public:
    /// @param pool  where the metrics text is made, so that the loop does not wait for it
    HttpServer(Executor loop, asio::any_io_executor pool, HttpSources sources, Context context);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds and serves. @return bad_input: not an address; conflict: it is taken
    [[nodiscard]] Result<> start(const std::string& address, std::uint16_t port);
    /// Closes the listener and every connection.
    void stop();
    /// The port that was bound: for port 0.
    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace causeway::admin
