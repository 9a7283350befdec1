#include "gateway/admin/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <vector>

#include "gateway/admin/loop_lag.hpp"
#include "tests/unit/admin/admin_fixture.hpp"

namespace causeway::admin {
namespace {

using asio::ip::tcp;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public testing::AdminFixture {
protected:
    void SetUp() override {
        HttpSources sources{[this] {
                                made_on = std::this_thread::get_id();
                                return metrics.text();
                            },
                            [this] { return reasons; }};
        on_loop<void>([&] {
            server.emplace(loop.get_executor(), pool.get_executor(), std::move(sources), context);
            EXPECT_TRUE(server->start("127.0.0.1", 0));
            port = server->port();
            loop_thread = std::this_thread::get_id();
        });
    }
    void TearDown() override {
        on_loop<void>([this] { server.reset(); });
        finish();
        pool.join();
    }

    tcp::socket connect() {
        tcp::socket socket(client);
        socket.connect({asio::ip::make_address("127.0.0.1"), port});
        return socket;
    }
    /// Sends `request` and reads until the server closes.
    std::string ask(const std::string& request) {
        auto socket = connect();
        boost::system::error_code ignored;
        asio::write(socket, asio::buffer(request), ignored);
        std::string reply;
        asio::read(socket, asio::dynamic_buffer(reply), ignored);
        return reply;
    }
    std::string get(const std::string& path) {
        return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    asio::thread_pool pool{1};
    asio::io_context client;
    std::optional<HttpServer> server;
    std::uint16_t port = 0;
    std::vector<std::string> reasons;  // changed only between requests
    std::thread::id made_on;
    std::thread::id loop_thread;
};

TEST_F(HttpServerTest, HealthIsOkWhileTheLoopTurns) {
    const auto reply = get("/healthz");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply, ::testing::EndsWith("\r\n\r\nok\n"));
}

TEST_F(HttpServerTest, ReadinessTellsItsReasons) {
    reasons = {"link of irc is down", "store is migrating"};
    auto reply = get("/readyz");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(reply, HasSubstr("- link of irc is down\n- store is migrating\n"));
    reasons.clear();
    reply = get("/readyz");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, MetricsHaveTheTextFormatsContentType) {
    metrics.counter("causeway_test_total", "A counter").Increment();
    const auto reply = get("/metrics");
    EXPECT_THAT(reply, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(reply, HasSubstr("causeway_test_total 1\n"));
}

TEST_F(HttpServerTest, MetricsTextIsNotMadeOnTheLoop) {
    EXPECT_THAT(get("/metrics"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(made_on, std::thread::id{});
    EXPECT_NE(made_on, loop_thread);
}

TEST_F(HttpServerTest, OtherPathsAndMethodsAreRefused) {
    EXPECT_THAT(get("/"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(get("/metrics/../etc/passwd"), StartsWith("HTTP/1.1 404 "));
    const auto reply = ask("DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(reply, HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST_F(HttpServerTest, HeadGivesNoBody) {
    const auto reply = ask("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, OneConnectionServesSeveralRequests) {
    const auto reply =
        ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(reply, HasSubstr("ok\n"));
    EXPECT_THAT(reply, HasSubstr("ready\n"));
}

TEST_F(HttpServerTest, GarbageBodiesAndLongHeadersEndTheConnection) {
    EXPECT_EQ(ask("\x16\x03\x01 not http\r\n\r\n"), "");
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789"), "");
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n"), "");
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, ConnectionsAreBoundedAndFreedAgain) {
    std::vector<tcp::socket> idle;
    for (int i = 0; i < 64; ++i) {
        idle.push_back(connect());
        // Answered: the server holds it now.
        const std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        asio::write(idle.back(), asio::buffer(request));
        char byte = 0;
        asio::read(idle.back(), asio::buffer(&byte, 1));
    }
    EXPECT_EQ(get("/healthz"), "");
    idle.clear();
    std::string reply;
    for (int tries = 0; reply.empty() && tries < 1'000; ++tries) reply = get("/healthz");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, StoppingClosesIdleConnections) {
    auto socket = connect();
    asio::write(socket, asio::buffer(std::string("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")));
    char byte = 0;
    asio::read(socket, asio::buffer(&byte, 1));
    const auto started = clock.steady();
    on_loop<void>([this] { server->stop(); });
    std::string rest;
    boost::system::error_code ignored;
    asio::read(socket, asio::dynamic_buffer(rest), ignored);
    EXPECT_LT(clock.steady() - started, std::chrono::seconds(5));
}

TEST_F(HttpServerTest, BadAndTakenAddressesAreErrors) {
    on_loop<void>([this] {
        HttpServer second(loop.get_executor(), pool.get_executor(), {}, context);
        EXPECT_EQ(second.start("localhost", 0).error().code, Errc::bad_input);
        EXPECT_EQ(second.start("127.0.0.1", port).error().code, Errc::conflict);
    });
}

TEST_F(HttpServerTest, MetricsPassPromtool) {
    if (std::system("promtool --version >/dev/null 2>&1") != 0)
        FAIL() << "promtool is not installed: tests/run installs it (package prometheus)";
    expose_build_info(metrics);
    on_loop<void>([this] { LoopLag lag(loop.get_executor(), context); });
    metrics.counter("causeway_store_commits_total", "Batches by how their commit ended", {{"outcome", "ok"}})
        .Increment();
    const auto reply = get("/metrics");
    const auto file = directory + "/metrics";
    std::ofstream(file) << reply.substr(reply.find("\r\n\r\n") + 4);
    EXPECT_EQ(std::system(("promtool check metrics < " + file).c_str()), 0);
}

}  // namespace
}  // namespace causeway::admin
