#pragma once
/// @file gateway/model/ids.hpp
/// NAME       The ids of the house, each its own type, each with who makes it and how far it is unique.
#include "gateway/base/ids.hpp"

namespace causeway {

using NetworkName =
    Id<struct NetworkNameTag>;      ///< chosen by the operator in the configuration; unique per process
using UserId = Id<struct UserTag>;  ///< prepared bare JID of an XMPP user; made by translate; stable
using AccountId =
    Id<struct AccountTag>;  ///< made by accounts; unique per store; stable: one user on one network
using EndpointId =
    Id<struct EndpointTag>;  ///< made by the adapter: one far server inside a network; "" if there is one
using ContactId =
    Id<struct ContactTag>;          ///< made by the adapter; unique per network; stable, same person same id
using RoomId = Id<struct RoomTag>;  ///< made by the adapter; unique per network; stable
using LegacyMessageId =
    Id<struct LegacyMessageTag>;  ///< made by the network or adapter; unique per conversation
using MessageKey =
    Id<struct MessageKeyTag>;  ///< made by the gateway; unique per account; constant across retries
using EventKey =
    Id<struct EventKeyTag>;  ///< made by the adapter; same event, same key, for ever; "" = has no id

}  // namespace causeway
