#include "gateway/admin/http_server.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <set>

#include "gateway/base/async.hpp"

namespace causeway::admin {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Response = http::response<http::string_body>;

constexpr std::size_t kMostConnections = 64;
constexpr std::uint32_t kMostHeaderBytes = 8 * 1024;
constexpr std::chrono::seconds kRequestWithin{10};

constexpr log::Message kListening{"CAUSEWAY_ADMIN_LISTENING", log::Level::info,
                                  "monitoring is served over HTTP"};
constexpr log::Message kAcceptFailed{"CAUSEWAY_ADMIN_ACCEPT_FAILED", log::Level::warning,
                                     "a connection for monitoring could not be accepted"};

Response make_response(const http::request<http::empty_body>& request, http::status status, std::string body,
                       std::string_view type = "text/plain; charset=utf-8") {
    Response response{status, request.version()};
    response.set(http::field::server, "Causeway");
    response.set(http::field::content_type, beast::string_view(type.data(), type.size()));
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return response;
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(Executor loop_executor, asio::any_io_executor pool_executor, HttpSources given, Context in)
        : loop(std::move(loop_executor)),
          pool(std::move(pool_executor)),
          sources(std::move(given)),
          context(in),
          acceptor(loop) {}

    Task<> accept_all() {
        const auto self = shared_from_this();
        while (acceptor.is_open()) {
            boost::system::error_code error;
            auto socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, error));
            if (error == asio::error::operation_aborted) co_return;
            if (error) {
                context.log.event(kAcceptFailed, {{"error", error.message()}});
                co_await sleep_until(context.clock.steady() + std::chrono::seconds{1});
                continue;
            }
            if (connections >= kMostConnections) continue;  // closed by going out of scope
            spawn(loop, serve(std::move(socket)));
        }
    }

    Task<> serve(tcp::socket socket) {
        const auto self = shared_from_this();
        ++connections;
        beast::tcp_stream stream(std::move(socket));
        streams.insert(&stream);
        beast::flat_buffer buffer(kMostHeaderBytes);
        bool more = true;
        while (more && acceptor.is_open()) {
            boost::system::error_code error;
            http::request_parser<http::empty_body> parser;
            parser.header_limit(kMostHeaderBytes);
            parser.body_limit(0);
            stream.expires_after(kRequestWithin);
            co_await http::async_read(stream, buffer, parser, asio::redirect_error(use_awaitable, error));
            if (error) break;
            const auto request = parser.release();
            auto response = co_await answer(request);
            more = response.keep_alive();
            stream.expires_after(kRequestWithin);
            co_await http::async_write(stream, response, asio::redirect_error(use_awaitable, error));
            if (error) break;
        }
        boost::system::error_code ignored;
        stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        streams.erase(&stream);
        --connections;
    }

    Task<Response> answer(http::request<http::empty_body> request) {
        const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
        if (!reads) {
            auto response =
                make_response(request, http::status::method_not_allowed, "only GET is served here\n");
            response.set(http::field::allow, "GET, HEAD");
            co_return response;
        }
        if (request.target() == "/metrics") {
            auto text = co_await metrics();
            co_return make_response(request, http::status::ok, std::move(text),
                                    "text/plain; version=0.0.4; charset=utf-8");
        }
        // That this is answered shows that the loop turns.
        if (request.target() == "/healthz") co_return make_response(request, http::status::ok, "ok\n");
        if (request.target() == "/readyz") {
            const auto reasons = sources.not_ready();
            if (reasons.empty()) co_return make_response(request, http::status::ok, "ready\n");
            std::string body = "not ready:\n";
            for (const auto& reason : reasons) body += "- " + reason + "\n";
            co_return make_response(request, http::status::service_unavailable, std::move(body));
        }
        co_return make_response(request, http::status::not_found, "served here: /metrics /healthz /readyz\n");
    }

    Task<std::string> metrics() {
        sources.before_metrics();
        // bind_executor, because a plain post resumes where the coroutine lives: on the loop again.
        co_await asio::post(asio::bind_executor(pool, use_awaitable));
        auto text = sources.metrics_text();
        co_await asio::post(asio::bind_executor(loop, use_awaitable));
        co_return text;
    }

    Executor loop;
    asio::any_io_executor pool;
    HttpSources sources;
    Context context;
    tcp::acceptor acceptor;
    std::size_t connections = 0;
    std::set<beast::tcp_stream*> streams;  ///< open connections, for stop()
};

HttpServer::HttpServer(Executor loop, asio::any_io_executor pool, HttpSources sources, Context context)
    : impl_(std::make_shared<Impl>(std::move(loop), std::move(pool), std::move(sources), context)) {}

HttpServer::~HttpServer() {
    stop();
}

Result<> HttpServer::start(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(address, error);
    if (error) return fail(Errc::bad_input, "not an IP address: " + address);
    auto& acceptor = impl_->acceptor;
    const tcp::endpoint endpoint(ip, port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(Errc::conflict, address + ":" + std::to_string(port) + ": " + error.message());
    impl_->context.log.event(kListening, {{"address", address}, {"port", this->port()}});
    spawn(impl_->loop, impl_->accept_all());
    return {};
}

void HttpServer::stop() {
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    for (auto* stream : impl_->streams) stream->cancel();
}

std::uint16_t HttpServer::port() const noexcept {
    boost::system::error_code error;
    const auto endpoint = impl_->acceptor.local_endpoint(error);
    return error ? std::uint16_t{0} : endpoint.port();
}

}  // namespace causeway::admin
