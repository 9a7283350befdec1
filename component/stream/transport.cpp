#include "component/stream/transport.hpp"

#include <algorithm>

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

namespace causeway::xmpp {

namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(use_awaitable);
/// Bytes that we sent and nobody acknowledged for this long end the connection (the kernel's part of dead-link
/// detection; the pings' part is in ComponentStream).
constexpr unsigned kUserTimeoutMillis = 20'000;
/// What the kernel may take off the server ahead of us is lost when we die: so it is little.
constexpr int kReceiveBuffer = 64 * 1024;

std::unexpected<Loss> lost(LossKind kind, std::string text) {
    return std::unexpected<Loss>(Loss{kind, {}, std::move(text)});
}

/// Options are a matter of speed and of noticing loss: a kernel that refuses one does not stop us.
void set_options(TcpSocket& socket) noexcept {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::receive_buffer_size(kReceiveBuffer), ignored);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMillis,
                 sizeof kUserTimeoutMillis);
}

bool is_loopback(const tcp::endpoint& endpoint) {
    const asio::ip::address& address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return address.is_loopback();
}

}  // namespace

Transport::Watchdog::Watchdog(Transport& transport, SteadyTime deadline)
    : timer_(transport.executor_, deadline), armed_(std::make_shared<bool>(true)) {
    timer_.async_wait([armed = armed_, &transport](const error_code& cancelled) {
        // A cancelled timer may already be on its way here: `armed` says whether the transport is still ours.
        if (!cancelled && *armed) transport.close();
    });
}

Transport::Transport(Executor executor, const Clock& clock)
    : executor_(std::move(executor)), clock_(clock), socket_(executor_), closed_(executor_) {}

Transport::~Transport() = default;

void Transport::close() noexcept {
    closed_.open();
    error_code ignored;
    socket_.close(ignored);
}

Task<Transport::Outcome<>> Transport::connect(TransportSettings settings, SteadyTime deadline) {
    auto resolved = co_await resolve(settings.host, settings.port, deadline);
    if (!resolved) co_return std::unexpected(std::move(resolved.error()));
    std::vector<tcp::endpoint> endpoints = std::move(*resolved);
    if (!settings.tls && !settings.allow_remote_plaintext) {
        std::erase_if(endpoints, [](const tcp::endpoint& endpoint) { return !is_loopback(endpoint); });
        if (endpoints.empty())
            co_return lost(LossKind::plaintext_refused, settings.host + " is not loopback");
    }

    Outcome<> outcome = lost(LossKind::network, "the name has no address");
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        // Each address gets its share of the time that is left, so that a dead first one does not eat it all.
        const SteadyTime now = clock_.steady();
        const auto share = (deadline - now) / static_cast<int>(endpoints.size() - i);
        outcome = co_await connect_one(endpoints[i], now + share);
        if (outcome || closed_.is_open()) break;
    }
    if (outcome && closed_.is_open()) co_return lost(LossKind::stopped, {});
    if (outcome && settings.tls) outcome = co_await start_tls(std::move(settings), deadline);
    co_return outcome;
}

Task<Transport::Outcome<std::vector<tcp::endpoint>>> Transport::resolve(std::string host, std::uint16_t port,
                                                                        SteadyTime deadline) {
    error_code not_numeric;
    const asio::ip::address address = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};

    // getaddrinfo() cannot be interrupted. So it is left alone when time is up: whoever comes last frees the state.
    struct Lookup {
        explicit Lookup(const Executor& executor) : resolver(executor), done(executor) {}
        tcp::resolver resolver;
        Gate done;
        error_code error;
        std::vector<tcp::endpoint> endpoints;
    };
    auto lookup = std::make_shared<Lookup>(executor_);
    lookup->resolver.async_resolve(
        host, std::to_string(port),
        [lookup](const error_code& error, const tcp::resolver::results_type& results) {
            lookup->error = error;
            for (const auto& entry : results) lookup->endpoints.push_back(entry.endpoint());
            lookup->done.open();
        });
    if (!co_await lookup->done.wait(deadline)) co_return lost(LossKind::timed_out, "name lookup of " + host);
    if (closed_.is_open()) co_return lost(LossKind::stopped, {});
    if (lookup->error) co_return lost(LossKind::network, "name lookup: " + lookup->error.message());
    co_return std::move(lookup->endpoints);
}

Task<Transport::Outcome<>> Transport::connect_one(tcp::endpoint endpoint, SteadyTime deadline) {
    error_code error;
    socket_.close(error);
    socket_.open(endpoint.protocol(), error);
    if (error) co_return lost(LossKind::network, error.message());
    set_options(socket_);

    // Not the Watchdog: closing for good would keep the next address from being tried.
    Timer timer(executor_, deadline);
    auto armed = std::make_shared<bool>(true);
    timer.async_wait([armed, this](const error_code& cancelled) {
        error_code ignored;
        if (!cancelled && *armed) socket_.close(ignored);
    });
    const auto connected = co_await socket_.async_connect(endpoint, kAwait);
    *armed = false;
    co_return outcome_of(std::get<0>(connected), deadline);
}

Transport::Outcome<> Transport::prepare_tls(const TransportSettings& settings) {
    error_code error;
    tls_context_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    ::SSL_CTX_set_min_proto_version(tls_context_->native_handle(), TLS1_2_VERSION);
    if (settings.ca_file.empty()) {
        tls_context_->set_default_verify_paths(error);
    } else {
        tls_context_->load_verify_file(settings.ca_file, error);
    }
    if (error) return lost(LossKind::tls, "certificate authorities: " + error.message());

    const std::string& name = settings.tls_name.empty() ? settings.host : settings.tls_name;
    tls_ = std::make_unique<asio::ssl::stream<TcpSocket&>>(socket_, *tls_context_);
    tls_->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    tls_->set_verify_callback(asio::ssl::host_name_verification(name));
    error_code not_an_address;
    static_cast<void>(asio::ip::make_address(name, not_an_address));
    if (not_an_address) {  // SNI carries names only (RFC 6066 §3)
        ::SSL_ctrl(
            tls_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
            const_cast<char*>(name.c_str()));  // OpenSSL copies it; SSL_ctrl is only declared without const
    }
    return {};
}

Task<Transport::Outcome<>> Transport::start_tls(TransportSettings settings, SteadyTime deadline) {
    if (Outcome<> prepared = prepare_tls(settings); !prepared) co_return prepared;
    const Watchdog watchdog(*this, deadline);
    const auto shaken = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwait);
    const error_code& error = std::get<0>(shaken);
    const long verdict = ::SSL_get_verify_result(tls_->native_handle());
    if (error && verdict != X509_V_OK) {
        co_return lost(LossKind::tls,
                       std::string("certificate: ") + ::X509_verify_cert_error_string(verdict));
    }
    if (error.category() == asio::error::get_ssl_category()) co_return lost(LossKind::tls, error.message());
    co_return outcome_of(error, deadline);
}

Transport::Outcome<> Transport::outcome_of(const error_code& error, SteadyTime deadline) const {
    if (!error) return {};
    if (clock_.steady() >= deadline) return lost(LossKind::timed_out, "no answer in time");
    return lost(LossKind::network, error.message());
}

Task<Transport::Outcome<std::size_t>> Transport::read(std::span<char> into) {
    const auto buffer = asio::buffer(into.data(), into.size());
    error_code error;
    std::size_t count = 0;
    if (tls_) {
        count = co_await tls_->async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    } else {
        count = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    }
    if (error) co_return lost(LossKind::network, error.message());
    co_return count;
}

Task<Transport::Outcome<>> Transport::write(std::string_view bytes) {
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    error_code error;
    if (tls_) {
        co_await asio::async_write(*tls_, buffer, asio::redirect_error(use_awaitable, error));
    } else {
        co_await asio::async_write(socket_, buffer, asio::redirect_error(use_awaitable, error));
    }
    if (error) co_return lost(LossKind::network, error.message());
    co_return Outcome<>{};
}

}  // namespace causeway::xmpp
