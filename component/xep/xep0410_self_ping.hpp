#pragma once
/// @file component/xep/xep0410_self_ping.hpp
/// NAME       MUC self-ping. @source XEP-0410
#include <string_view>

namespace causeway::xmpp::xep0410 {

/// Advertised by rooms: pings to one's own nick are answered by the room itself, cheaply.
inline constexpr std::string_view kOptimizationFeature =
    "http://jabber.org/protocol/muc#self-ping-optimization";

}  // namespace causeway::xmpp::xep0410
