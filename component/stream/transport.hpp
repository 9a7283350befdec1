#pragma once
/// @file component/stream/transport.hpp
/// NAME       Transport: one TCP connection, in plain text or TLS from the first byte. Bytes only.
/// WHY        Keeps sockets, names, certificates and the rule "no plain text off loopback" out of link.cpp.
/// INVARIANTS At most one read and one write at a time. After close() everything that waits comes back with an error.
///            TLS is 1.2 or newer; chain and name are verified, always.
/// TRUST      Bytes are the server's. Names resolve to what DNS says: plain text is checked after resolving.
/// TESTS      tests/unit/component/link_test.cpp
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "component/stream/loss.hpp"
#include "gateway/base/async.hpp"
#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp {

struct TransportSettings {
    std::string host;
    std::uint16_t port = 0;
    bool tls = false;
    bool allow_remote_plaintext = false;
    std::string tls_name;  ///< empty = host
    std::string ca_file;   ///< PEM; empty = the system's
};

class Transport {
public:
    template <class T = void>
    using Outcome = std::expected<T, Loss>;

    Transport(Executor executor, const Clock& clock);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Resolves, connects to the first address that answers, and does the TLS handshake. Once per Transport.
    [[nodiscard]] Task<Outcome<>> connect(TransportSettings settings, SteadyTime deadline);
    /// What has arrived, at least one byte. `into` must stay valid. Ends with close() at the latest.
    [[nodiscard]] Task<Outcome<std::size_t>> read(std::span<char> into);
    /// All of `bytes`, which must stay valid. Ends with close() at the latest.
    [[nodiscard]] Task<Outcome<>> write(std::string_view bytes);
    /// At once, in any state. Idempotent.
    void close() noexcept;

    /// Closes the transport if a deadline passes while it is in scope. Must not outlive the transport.
    class Watchdog {
    public:
        Watchdog(Transport& transport, SteadyTime deadline);
        ~Watchdog() { *armed_ = false; }
        Watchdog(const Watchdog&) = delete;
        Watchdog& operator=(const Watchdog&) = delete;

    private:
        Timer timer_;
        std::shared_ptr<bool> armed_;
    };

private:
    using tcp = asio::ip::tcp;

    [[nodiscard]] Task<Outcome<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                                    SteadyTime deadline);
    [[nodiscard]] Task<Outcome<>> connect_one(tcp::endpoint endpoint, SteadyTime deadline);
    [[nodiscard]] Task<Outcome<>> start_tls(TransportSettings settings, SteadyTime deadline);
    [[nodiscard]] Outcome<> prepare_tls(const TransportSettings& settings);
    [[nodiscard]] Outcome<> outcome_of(const boost::system::error_code& error, SteadyTime deadline) const;

    Executor executor_;
    const Clock& clock_;
    TcpSocket socket_;
    Gate closed_;
    // In this order: the stream refers to the context and to the socket.
    std::unique_ptr<asio::ssl::context> tls_context_;
    std::unique_ptr<asio::ssl::stream<TcpSocket&>> tls_;
};

}  // namespace causeway::xmpp
