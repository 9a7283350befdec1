#pragma once
/// @file component/stream/stream.hpp
/// NAME       ComponentStream: one XEP-0114 stream, from `<stream:stream>` to `</stream:stream>`. Sans-IO.
/// WHY        Everything the protocol demands is decided here, so that it can be tested without a socket or a
///            clock: the driver (link.cpp) only moves bytes and asks tick() when next_deadline() has come.
/// INVARIANTS No stanza goes out before the server's `<handshake/>` (GW-COMP-003), without from and to, with a foreign
///            from, or over the limit (GW-COMP-004/008). Output is whole stanzas only. After `closed` nothing is
///            reported any more. At most one answer to what comes in, never one to an error (GW-COMP-013).
/// TRUST      The server is trusted to route; every stanza's content comes from strangers.
/// TESTS      tests/unit/component/stream_test.cpp
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "component/stanza/stanza.hpp"
#include "component/stream/loss.hpp"
#include "component/xml/stream_parser.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/time.hpp"

namespace causeway::xmpp {

struct StreamSettings {
    std::string domain;         ///< the component JID
    std::string server_domain;  ///< pinged when the server does not loop our own IQ back; may be empty
    Secret<std::string> secret;
    std::uint64_t epoch = 1;  ///< different for every stream of one process: part of the ids of our pings
    Millis keepalive{30'000};
    Millis dead_after{20'000};
    Millis handshake_timeout{10'000};
    Millis loop_timeout{5'000};  ///< how long the first ping to ourselves may take
    std::size_t max_stanza_bytes = 128 * 1024;
};

enum class StreamPhase : std::uint8_t { opening, handshaking, up, closing, closed };

/// Why a stanza was not passed on; label values of causeway_link_stanzas_refused_total.
enum class Refusal : std::uint8_t {
    out_bad_address,   ///< ours, without from or to
    out_foreign_from,  ///< ours, from another domain
    out_too_large,
    in_bad_address,  ///< an address that cannot be prepared
    in_foreign_to,   ///< not for our domain
    in_own_from,     ///< claims to come from us (GW-COMP-021)
    in_too_early,    ///< before the handshake was answered
    in_unknown,      ///< not a stanza
};
inline constexpr std::size_t kRefusals = 8;
[[nodiscard]] std::string_view to_string(Refusal refusal) noexcept;

/// Called from feed() and tick(), in stream order. Must not destroy the stream.
class StreamListener {
public:
    virtual ~StreamListener() = default;
    virtual void on_ready() = 0;
    virtual void on_stanza(Stanza stanza) = 0;
    virtual void on_oversize(StanzaHead head, std::string_view limit) = 0;
    /// Ping `number`, and everything written before it, has been taken by the server.
    virtual void on_ping_back(std::uint64_t number) = 0;
    virtual void on_refused(Refusal refusal) = 0;
    /// Our first ping to ourselves did not come back: from now on the server's domain is pinged, if it is known.
    virtual void on_no_loop() = 0;
};

class ComponentStream final : private xml::StreamEvents {
public:
    struct Counters {
        std::uint64_t stanzas_in = 0;
        std::uint64_t stanzas_out = 0;
    };

    /// Writes the stream header.
    ComponentStream(StreamSettings settings, StreamListener& listener, SteadyTime now);
    ComponentStream(const ComponentStream&) = delete;
    ComponentStream& operator=(const ComponentStream&) = delete;

    void feed(std::string_view bytes, SteadyTime now);
    /// Time has come to next_deadline() (or any other time: harmless).
    void tick(SteadyTime now);
    /// When tick() wants to be called; it only moves to an earlier time in on_ready.
    [[nodiscard]] SteadyTime next_deadline() const noexcept;

    /// @return not_connected, too_large, bad_input
    [[nodiscard]] Result<> send(const xml::Element& stanza);
    /// The caller vouches for from and to. @return not_connected, too_large
    [[nodiscard]] Result<> send_written(std::string_view stanza);
    /// Queues an IQ that comes back to us behind everything that was queued before. @return its number
    [[nodiscard]] Result<std::uint64_t> ping();

    /// Writes `</stream:stream>` and waits for the peer's; stanzas are still read until then.
    void close();
    /// The transport failed or time is up: the stream is closed for this reason, unless it had one already.
    void lose(Loss loss);

    [[nodiscard]] StreamPhase phase() const noexcept { return phase_; }
    [[nodiscard]] const Loss& loss() const noexcept { return loss_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

    [[nodiscard]] std::size_t output_size() const noexcept { return output_.size(); }
    /// Gives all queued output to `buffer`, which must be empty and whose memory is used for what comes next.
    void take_output(std::string& buffer, SteadyTime now);

private:
    void on_stream_open(xml::Element header) override;
    void on_stanza(xml::Element element) override;
    void on_oversize(xml::Element head, std::string_view limit) override;
    void on_stream_close() override;

    void on_handshake_answer();
    void on_stream_error(const xml::Element& error);
    void on_addressed(Stanza stanza);
    [[nodiscard]] bool addressed_to_us(const StanzaHead& head);
    [[nodiscard]] bool is_ping_back(const StanzaHead& head);
    void answer_bad_to(const xml::Element& element);
    void refuse(Refusal refusal) { listener_.on_refused(refusal); }
    [[nodiscard]] Result<> check_addresses(const xml::Element& stanza);
    [[nodiscard]] bool is_ours(std::string_view from) const;
    [[nodiscard]] Result<> check_size(std::size_t bytes);
    void write_ping(std::uint64_t number);
    void give_up_loop();
    void fail_stream(std::string_view condition, Loss loss);
    void write_close();

    /// Where our pings go: to ourselves, to the server, or nowhere (then a space keeps the stream alive).
    enum class PingTarget : std::uint8_t { self, server, none };

    StreamSettings settings_;
    StreamListener& listener_;
    xml::StreamParser parser_;
    std::string output_;
    std::string ping_prefix_;  ///< `b-<epoch>-`
    StreamPhase phase_ = StreamPhase::opening;
    PingTarget target_ = PingTarget::self;
    bool loop_seen_ = false;
    bool close_written_ = false;
    bool ping_is_out_ = false;  ///< a keepalive ping, and no byte since
    std::uint64_t pings_ = 0;
    std::uint64_t pings_back_ = 0;
    SteadyTime now_;  ///< of the call that is going on
    SteadyTime phase_began_;
    SteadyTime last_in_;
    SteadyTime last_out_;
    SteadyTime pinged_at_;
    Counters counters_;
    Loss loss_;
};

}  // namespace causeway::xmpp
