#pragma once
/// @file component/xep/xep0114_component.hpp
/// NAME       Component protocol: header and handshake. @source XEP-0114 §3; GW-COMP-001, -002
#include <string>
#include <string_view>

#include "gateway/base/secret.hpp"

namespace causeway::xmpp::xep0114 {

inline constexpr std::string_view kStreamsNs = "http://etherx.jabber.org/streams";
/// `<?xml …?><stream:stream … to='domain'>`
[[nodiscard]] std::string stream_header(std::string_view domain);
/// Lower-case hex SHA-1 of stream id and secret.
[[nodiscard]] std::string handshake_digest(std::string_view stream_id, const Secret<std::string>& secret);

}  // namespace causeway::xmpp::xep0114
