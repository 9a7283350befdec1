#pragma once
/// @file legacy-adapters/irc/guard.hpp
/// NAME       is_public(): may a name that a user typed lead to this address?
/// WHY        Otherwise every user could reach the operator's internal network through the gateway.
/// TESTS      tests/unit/irc/guard_test.cpp
/// @source    IANA special-purpose address registries
#include <boost/asio/ip/address.hpp>

namespace causeway::irc {

/// False for private, shared (CGNAT), loopback, link-local, unique-local, multicast, reserved, documentation,
/// mapped and translated addresses.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

}  // namespace causeway::irc
