#pragma once
/// @file component/stream/loss.hpp
/// NAME       Loss: why a connection to the XMPP server ended or could not be made.
/// WHY        Back-off, log lines and the gateway's Error are all chosen from this one value.
/// TRUST      condition and text of a stream error are the server's own words: for logs only.
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace causeway::xmpp {

enum class LossKind : std::uint8_t {
    network,            ///< no connection, reset, end of file without `</stream:stream>`
    timed_out,          ///< connect or handshake took too long
    dead,               ///< no byte came after a ping
    stuck,              ///< the server reads nothing and our queue is full
    closed,             ///< the server closed the stream and gave no reason
    stream_error,       ///< the server said why: condition
    ill_formed,         ///< what the server sent is not an XML stream
    tls,                ///< TLS failed, or the certificate is not the right one
    plaintext_refused,  ///< our own rule: no secret in plain text over a network
    stopped,            ///< we wished it
};

struct Loss {
    LossKind kind = LossKind::network;
    std::string condition{};  ///< of a stream error (RFC 6120 §4.9.3)
    std::string text{};

    /// The server (or our own configuration) says no; trying again soon cannot help. @source GW-COMP-005
    [[nodiscard]] bool is_rejection() const noexcept;
    /// The server ended the stream because of something that was sent on it: sent again, it may end the next one too.
    [[nodiscard]] bool blames_content() const noexcept;
};

[[nodiscard]] std::string_view to_string(LossKind kind) noexcept;

/// As the gateway is told: bad_input when the server blames what was sent.
[[nodiscard]] Error to_error(const Loss& loss);

}  // namespace causeway::xmpp
