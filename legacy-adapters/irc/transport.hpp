#pragma once
/// @file legacy-adapters/irc/transport.hpp
/// NAME       Transport: a TCP or TLS connection. Connector: makes one to a server that is allowed.
/// WHY        An idle session must cost little: plain connections wait without a buffer and read into one that all
///            sessions share.
/// INVARIANTS A name that is not listed leads only to public addresses, and the address that was checked is the one
///            connected to. Every await ends by its deadline, or by close().
/// TRUST      Bytes, names and certificates of strangers.
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "gateway/base/async.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"
#include "legacy-adapters/irc/options.hpp"

namespace causeway::irc {

/// Held by everybody who waits on it: closing it wakes them, and it lives until the last has left.
class Transport {
public:
    virtual ~Transport() = default;
    /// Next bytes; empty at the end or on failure. Valid until the caller suspends. Waits for as long as it takes:
    /// the network's sweep closes connections that have been silent for too long.
    [[nodiscard]] virtual Task<std::string_view> read(std::span<char> shared) = 0;
    /// Writes what can be written without waiting. @return how many bytes; 0 too when only write() can tell
    [[nodiscard]] virtual std::size_t write_some(std::string_view bytes) noexcept = 0;
    /// @return whether all was written
    [[nodiscard]] virtual Task<bool> write(std::string bytes) = 0;
    virtual void close() noexcept = 0;
};

/// Closes a transport when a moment has come, unless it is destroyed before.
class Deadline {
public:
    Deadline(const Executor& executor, SteadyTime when, const std::shared_ptr<Transport>& transport);
    ~Deadline() { *armed_ = false; }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

private:
    Timer timer_;
    std::shared_ptr<bool> armed_ = std::make_shared<bool>(true);
};

/// Lets somebody else end a connect() that is under way.
class Abort {
public:
    void request() noexcept {
        requested_ = true;
        if (const auto transport = current_.lock()) transport->close();
    }
    [[nodiscard]] bool requested() const noexcept { return requested_; }
    void watch(const std::shared_ptr<Transport>& transport) noexcept { current_ = transport; }

private:
    std::weak_ptr<Transport> current_;
    bool requested_ = false;
};

class Connector {
public:
    Connector(Executor executor, const NetworkOptions& options, Context context);

    /// @param listed a server of the configuration, else a name that must be public
    struct Target {
        std::shared_ptr<const ServerOptions> server;  ///< one for all sessions, where it is listed
        bool listed = false;
    };
    /// @return not_connected, timed_out, refused (no public address), bad_recipient (no such name), cancelled
    [[nodiscard]] Task<Result<std::shared_ptr<Transport>>> connect(Target target, SteadyTime deadline,
                                                                   std::shared_ptr<Abort> abort);

private:
    using Addresses = std::vector<asio::ip::address>;
    struct Lookup {
        explicit Lookup(const Executor& executor) : done(executor) {}
        Gate done;
        Addresses addresses;
        SteadyTime expires = SteadyTime::max();
    };

    [[nodiscard]] Task<Result<Addresses>> resolve(std::string host, SteadyTime deadline,
                                                  std::shared_ptr<Abort> abort);
    [[nodiscard]] static Task<> look_up(Executor executor, std::string host, std::shared_ptr<Lookup> lookup,
                                        Clock* clock);
    [[nodiscard]] Task<Result<std::shared_ptr<Transport>>> connect_to(
        asio::ip::tcp::endpoint endpoint, std::shared_ptr<const ServerOptions> server, SteadyTime deadline,
        std::shared_ptr<Abort> abort);
    [[nodiscard]] Result<asio::ssl::context*> tls_context(const std::string& ca_file);

    Executor executor_;
    Context context_;
    std::map<std::string, std::unique_ptr<asio::ssl::context>> tls_;  ///< by CA file
    std::map<std::string, std::shared_ptr<Lookup>> lookups_;          ///< by host: shared, kept for a minute
};

}  // namespace causeway::irc
