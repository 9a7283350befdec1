#pragma once
/// @file component/stanza/prepare.hpp
/// NAME       Preparation of a JID's domain. Local part and resource are in jid.hpp, where others use them too.
/// TRUST      Input is hostile and bounded here: at most 1023 bytes go in and come out.
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace causeway::xmpp {

inline constexpr std::size_t kMostPartBytes = 1023;  ///< RFC 7622 §3.1

/// Lower-cased, without trailing dot; international names in their Unicode form (`xn--…` is decoded).
/// IPv4 addresses and IPv6 addresses in brackets are domains too. @return bad_input
[[nodiscard]] Result<std::string> prepare_domain(std::string_view domain);

/// ASCII that preparation would return unchanged: nearly every address of a running system. Neither is ever true of
/// what prepare_domain or prepare_local would refuse or change.
[[nodiscard]] bool is_prepared_domain(std::string_view domain) noexcept;
[[nodiscard]] bool is_prepared_local(std::string_view local) noexcept;

}  // namespace causeway::xmpp
