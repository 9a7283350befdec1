#pragma once
/// @file component/stream/link_parts.hpp
/// NAME       What each part of a link needs of the operator's LinkSettings.
#include "component/stream/link.hpp"
#include "component/stream/stream.hpp"
#include "component/stream/transport.hpp"

namespace causeway::xmpp {

[[nodiscard]] TransportSettings transport_settings(const LinkSettings& settings);
/// @param epoch different for every stream of one process
[[nodiscard]] StreamSettings stream_settings(const LinkSettings& settings, std::uint64_t epoch);
/// With domains as every inbound address is compared with them (lower case, UTS 46).
[[nodiscard]] LinkSettings with_prepared_names(LinkSettings settings);

}  // namespace causeway::xmpp
