#include "legacy-adapters/irc/transport.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "legacy-adapters/irc/guard.hpp"

namespace causeway::irc {

namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kDnsLifetime{60};
constexpr std::size_t kMaxLookups = 1024;
constexpr std::size_t kMaxAddresses = 4;
constexpr Millis kAbortCheck{200};

void close_socket(TcpSocket& socket) noexcept {
    error_code ignored;
    socket.close(ignored);
}

class PlainTransport final : public Transport {
public:
    explicit PlainTransport(const Executor& executor) : socket_(executor) {}

    Task<std::string_view> read(std::span<char> shared) override {
        while (true) {
            error_code error;
            co_await socket_.async_wait(TcpSocket::wait_read, asio::redirect_error(use_awaitable, error));
            if (error) co_return std::string_view{};
            const auto count = socket_.read_some(asio::buffer(shared.data(), shared.size()), error);
            if (!error) co_return std::string_view(shared.data(), count);
            if (error != asio::error::would_block) co_return std::string_view{};
        }
    }
    std::size_t write_some(std::string_view bytes) noexcept override {
        error_code error;  // write() meets it again, and says so
        return socket_.write_some(asio::buffer(bytes), error);
    }
    Task<bool> write(std::string bytes) override {
        error_code error;
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(use_awaitable, error));
        co_return !error;
    }
    void close() noexcept override { close_socket(socket_); }
    [[nodiscard]] TcpSocket& socket() noexcept { return socket_; }

private:
    TcpSocket socket_;
};

/// Boost's check of the certificate's name, which does not tell OpenSSL what was wrong.
class NameCheck {
public:
    explicit NameCheck(const std::string& name) : check_(name) {}
    bool operator()(bool chain_is_good, asio::ssl::verify_context& context) const {
        if (!chain_is_good || check_(chain_is_good, context)) return chain_is_good;
        X509_STORE_CTX_set_error(context.native_handle(), X509_V_ERR_HOSTNAME_MISMATCH);
        return false;
    }

private:
    asio::ssl::host_name_verification check_;
};

class TlsTransport final : public Transport {
public:
    TlsTransport(const Executor& executor, asio::ssl::context& context) : stream_(executor, context) {}

    Task<std::string_view> read(std::span<char>) override {
        error_code error;
        // A buffer of its own: what OpenSSL has decrypted may lie here while other sessions run.
        const auto count = co_await stream_.async_read_some(asio::buffer(buffer_),
                                                            asio::redirect_error(use_awaitable, error));
        if (error) co_return std::string_view{};
        co_return std::string_view(buffer_.data(), count);
    }
    std::size_t write_some(std::string_view) noexcept override { return 0; }  // a record may need reading too
    Task<bool> write(std::string bytes) override {
        error_code error;
        co_await asio::async_write(stream_, asio::buffer(bytes), asio::redirect_error(use_awaitable, error));
        co_return !error;
    }
    void close() noexcept override { close_socket(stream_.next_layer()); }

    /// @return why the handshake, or the certificate's verification where it is wanted, failed; empty if not
    Task<std::string> handshake(std::string name, bool verify) {
        if (verify) {
            stream_.set_verify_mode(asio::ssl::verify_peer);
            stream_.set_verify_callback(NameCheck(name));
        } else {
            stream_.set_verify_mode(asio::ssl::verify_none);
        }
        error_code error;
        asio::ip::make_address(name, error);
        const bool is_name = static_cast<bool>(error);  // addresses must not be sent as SNI
        if (is_name && SSL_set_tlsext_host_name(stream_.native_handle(), name.c_str()) != 1)
            co_return "impossible server name";
        co_await stream_.async_handshake(asio::ssl::stream_base::client,
                                         asio::redirect_error(use_awaitable, error));
        if (!error) co_return std::string{};
        const long verdict = SSL_get_verify_result(stream_.native_handle());
        co_return verify&& verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : error.message();
    }
    [[nodiscard]] TcpSocket& socket() noexcept { return stream_.next_layer(); }

private:
    asio::ssl::stream<TcpSocket> stream_;
    std::array<char, 4096> buffer_{};
};

/// Connects and sets what a chat connection wants: no Nagle, no blocking reads.
Task<bool> open_socket(std::shared_ptr<Transport> keep_alive, TcpSocket* socket, tcp::endpoint endpoint) {
    error_code error;
    co_await socket->async_connect(endpoint, asio::redirect_error(use_awaitable, error));
    if (error || !socket->is_open()) co_return false;
    socket->set_option(tcp::no_delay(true), error);
    socket->non_blocking(true, error);
    co_return !error && keep_alive != nullptr;
}

Error connect_error(Errc code, std::string detail) {
    Error error = make_error(code, std::move(detail));
    error.retry = Retry::later;
    return error;
}

}  // namespace

Deadline::Deadline(const Executor& executor, SteadyTime when, const std::shared_ptr<Transport>& transport)
    : timer_(executor, when) {
    timer_.async_wait([weak = std::weak_ptr<Transport>(transport), armed = armed_](const error_code& error) {
        const auto alive = weak.lock();
        if (!error && *armed && alive) alive->close();
    });
}

Connector::Connector(Executor executor, const NetworkOptions& options, Context context)
    : executor_(std::move(executor)), context_(context) {
    for (const auto& server : options.servers) {
        if (server.tls) (void)tls_context(server.ca_file);
    }
}

Result<asio::ssl::context*> Connector::tls_context(const std::string& ca_file) {
    auto& slot = tls_[ca_file];
    if (slot) return slot.get();
    auto fresh = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    error_code error;
    fresh->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1,
                       error);
    if (!error && ca_file.empty())
        fresh->set_default_verify_paths(error);
    else if (!error)
        fresh->load_verify_file(ca_file, error);
    if (error) return fail(Errc::bad_input, "cannot load CA file: " + error.message());
    slot = std::move(fresh);
    return slot.get();
}

Task<> Connector::look_up(Executor executor, std::string host, std::shared_ptr<Lookup> lookup, Clock* clock) {
    tcp::resolver resolver(executor);
    error_code error;
    const auto results = co_await resolver.async_resolve(host, "", tcp::resolver::numeric_service,
                                                         asio::redirect_error(use_awaitable, error));
    for (const auto& result : results) {
        const auto address = result.endpoint().address();
        if (std::ranges::find(lookup->addresses, address) == lookup->addresses.end())
            lookup->addresses.push_back(address);
    }
    // A failure is not kept: it ends with those who wait for it now.
    lookup->expires = lookup->addresses.empty() ? clock->steady() : clock->steady() + kDnsLifetime;
    lookup->done.open();
}

Task<Result<Connector::Addresses>> Connector::resolve(std::string host, SteadyTime deadline,
                                                      std::shared_ptr<Abort> abort) {
    error_code error;
    const auto literal = asio::ip::make_address(host, error);
    if (!error) co_return Addresses{literal};

    std::shared_ptr<Lookup>& slot = lookups_[host];
    if (!slot || slot->expires <= context_.clock.steady()) {
        if (lookups_.size() > kMaxLookups) {
            std::erase_if(lookups_, [&](const auto& entry) { return entry.first != host; });
        }
        slot = std::make_shared<Lookup>(executor_);
        spawn(executor_, look_up(executor_, host, slot, &context_.clock));
    }
    const std::shared_ptr<Lookup> lookup = slot;
    while (!lookup->done.is_open()) {
        const SteadyTime now = context_.clock.steady();
        if (abort->requested()) co_return fail(Errc::cancelled);
        if (now >= deadline) co_return fail(connect_error(Errc::timed_out, "DNS"));
        (void)co_await lookup->done.wait(std::min(deadline, now + kAbortCheck));
    }
    if (lookup->addresses.empty()) co_return fail(connect_error(Errc::bad_recipient, "no such host"));
    co_return lookup->addresses;
}

Task<Result<std::shared_ptr<Transport>>> Connector::connect(Target target, SteadyTime deadline,
                                                            std::shared_ptr<Abort> abort) {
    const auto& server = *target.server;
    const std::string host = server.host.empty() ? server.name : server.host;
    auto addresses = co_await resolve(host, deadline, abort);
    if (!addresses) co_return fail(std::move(addresses.error()));
    if (!target.listed) std::erase_if(*addresses, [](const auto& address) { return !is_public(address); });
    if (addresses->empty()) co_return fail(Errc::refused, "the name leads to no public address");
    if (addresses->size() > kMaxAddresses) addresses->resize(kMaxAddresses);

    Error last = connect_error(Errc::not_connected, "no address answered");
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        if (abort->requested()) co_return fail(Errc::cancelled);
        const SteadyTime now = context_.clock.steady();
        if (now >= deadline) co_return fail(connect_error(Errc::timed_out, "connecting"));
        // The remaining time is shared among the addresses that are left: one dead one must not eat it all.
        const auto share = (deadline - now) / static_cast<int>(addresses->size() - i);
        const tcp::endpoint endpoint((*addresses)[i], server.port);
        auto transport = co_await connect_to(endpoint, target.server, now + share, abort);
        if (transport) co_return transport;
        last = std::move(transport.error());
    }
    co_return fail(std::move(last));
}

Task<Result<std::shared_ptr<Transport>>> Connector::connect_to(asio::ip::tcp::endpoint endpoint,
                                                               std::shared_ptr<const ServerOptions> server,
                                                               SteadyTime deadline,
                                                               std::shared_ptr<Abort> abort) {
    if (!server->tls) {
        auto plain = std::make_shared<PlainTransport>(executor_);
        const Deadline limit(executor_, deadline, plain);
        abort->watch(plain);
        if (co_await open_socket(plain, &plain->socket(), endpoint)) co_return plain;
        co_return fail(connect_error(Errc::not_connected, "TCP connection failed"));
    }
    const auto context = tls_context(server->ca_file);
    if (!context) co_return fail(context.error());
    auto tls = std::make_shared<TlsTransport>(executor_, **context);
    const Deadline limit(executor_, deadline, tls);
    abort->watch(tls);
    if (!co_await open_socket(tls, &tls->socket(), endpoint)) {
        co_return fail(connect_error(Errc::not_connected, "TCP connection failed"));
    }
    std::string name = !server->tls_name.empty() ? server->tls_name
                       : !server->host.empty()   ? server->host
                                                 : server->name;
    const std::string trouble = co_await tls->handshake(std::move(name), server->verify);
    if (!trouble.empty()) {
        co_return fail(connect_error(Errc::not_connected, "TLS handshake failed: " + trouble));
    }
    co_return tls;
}

}  // namespace causeway::irc
