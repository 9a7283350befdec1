#pragma once
/// @file component/stanza/prepare.hpp
/// NAME       Preparation of the parts of a JID by ICU. Internal to this folder.
/// WHY        stringprep's profiles as Prosody (ICU) and jabberd2 (libidn) apply them, with unassigned code points
///            allowed: without that every emoji newer than Unicode 3.2 would be refused.
/// @source RFC 6122 appendix A and B (nodeprep, resourceprep), RFC 7622 §3.2 (UTS 46 for domains)
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace causeway::xmpp::detail {

/// Input of any bytes; ASCII that needs no change comes back at once. @return bad_input
[[nodiscard]] Result<std::string> prepare_node(std::string_view text);
[[nodiscard]] Result<std::string> prepare_resource(std::string_view text);
[[nodiscard]] Result<std::string> prepare_domain(std::string_view text);

/// Most bytes of one part. @source RFC 7622 §3.1
inline constexpr std::size_t kMostPartBytes = 1023;

}  // namespace causeway::xmpp::detail
