#pragma once
/// @file component/stream/link.hpp
/// NAME       Link: one component's connection to the XMPP server (XEP-0114), kept alive for ever.
/// WHY        The gateway sees only "up", "down" and stanzas; this folder owns sockets, TLS, handshake, keepalive,
///            dead-link detection, back-off, barrier and drain.
/// INVARIANTS Never writes a stanza without from and to, with a foreign from, or over the limit (GW-COMP-004/008).
///            Writes are coalesced: everything sent during one turn of the loop leaves in one write.
/// TRUST      The server is trusted to route; every stanza's content comes from strangers.
/// TESTS      tests/unit/component/link_test.cpp, tests/unit/component/stream_test.cpp, tests/e2e/test_link.py
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "component/stanza/stanza.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp {

enum class LinkSecurity : std::uint8_t {
    plaintext,  ///< refused off loopback unless `allow_remote_plaintext`
    tls,        ///< direct TLS from the first byte, certificate and name verified
};

struct LinkSettings {
    std::string network;  ///< the operator's name of the network: for logs and metric labels
    std::string domain;   ///< the component JID
    std::string host = "127.0.0.1";
    std::uint16_t port = 5347;
    LinkSecurity security = LinkSecurity::plaintext;
    bool allow_remote_plaintext = false;
    std::string tls_name;  ///< name to verify; empty = host
    std::string ca_file;   ///< PEM; empty = the system's
    Secret<std::string> secret;
    std::string server_domain;  ///< XMPP server's own domain, pinged if a self-ping does not loop
    Millis keepalive{30'000};   ///< ping after this much silence
    Millis dead_after{20'000};  ///< no answer for this long: reconnect
    std::size_t max_stanza_bytes = 128 * 1024;       ///< both ways
    std::size_t high_water_bytes = 4 * 1024 * 1024;  ///< queued output above which writable() suspends
    Millis backoff_first{1'000};
    Millis backoff_max{60'000};
};

enum class LinkState : std::uint8_t { down, connecting, handshaking, up, closing };

/// Stable lower-case name, for status and logs ("up").
[[nodiscard]] std::string_view to_string(LinkState state) noexcept;

/// What the gateway does with a link's news. Called on the loop, one at a time, in stream order; on_up and on_down
/// take turns (connects that fail are in the log and the metrics only). May call send(); must not destroy the Link.
class LinkHandler {
public:
    virtual ~LinkHandler() = default;
    virtual void on_stanza(Stanza stanza) = 0;
    /// A stanza over a limit: its sender should be told (policy-violation).
    virtual void on_oversize(StanzaHead head, std::string_view limit) = 0;
    virtual void on_up() = 0;
    virtual void on_down(const Error& why) = 0;
};

class Link {
public:
    Link(Executor executor, LinkSettings settings, LinkHandler& handler, Context context);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// Connects, serves, reconnects with back-off and jitter by the kind of loss (GW-COMP-005/006), until stop().
    [[nodiscard]] Task<> run();
    /// Drains (everything the server had queued for us is read), closes the stream, waits for the peer's close.
    /// After it run() has returned. Idempotent.
    [[nodiscard]] Task<> stop(SteadyTime deadline);
    /// One try: connect, handshake, close. For `causeway check --connect`.
    [[nodiscard]] Task<Result<>> probe(SteadyTime deadline);

    /// Reads what the server had queued for us (at most a second), closes the stream, and stays down until release(): the
    /// server then answers senders itself. For when nothing that comes can be kept (DESIGN §5). Idempotent.
    void hold();
    void release();
    /// Stops and goes on reading the stream: TCP then makes the server wait. Writing is not touched.
    void pause_reading() noexcept;
    void resume_reading();

    /// Queues a stanza. @return not_connected (it was not queued), too_large, bad_input (from/to missing or foreign)
    [[nodiscard]] Result<> send(const xml::Element& stanza);
    /// Queues a stanza that xml::Writer wrote with default namespace kComponentNs; the caller vouches for from and
    /// to (the hot path of room chat). @return not_connected, too_large
    [[nodiscard]] Result<> send_written(std::string_view stanza);

    /// Everything sent before has been taken by the server (an IQ to ourselves came back). @source DESIGN §5
    /// @return not_connected if the stream was lost meanwhile, timed_out
    [[nodiscard]] Task<Result<>> barrier(SteadyTime deadline);
    /// Returns when the queued output is below the high-water mark, or the link is down.
    [[nodiscard]] Task<> writable();

    [[nodiscard]] LinkState state() const noexcept;
    [[nodiscard]] const LinkSettings& settings() const noexcept;
    /// Replaces what can be replaced while running (secret, host, port, security): used at the next connect.
    void reconfigure(LinkSettings settings);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  ///< shared with the coroutines that are under way
};

}  // namespace causeway::xmpp
