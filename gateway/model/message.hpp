#pragma once
/// @file gateway/model/message.hpp
/// NAME       Message, Conversation: what is said, and where. Values, no I/O.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::model {

/// With one contact, or in one room.
using Conversation = std::variant<ContactId, RoomId>;

/// What an address of a network names: the far server itself, a contact or a room there.
struct Address {
    EndpointId endpoint;
    std::variant<std::monostate, ContactId, RoomId> target;  ///< monostate: the endpoint itself

    friend bool operator==(const Address&, const Address&) = default;
};

enum class MessageKind : std::uint8_t {
    normal,
    action,  ///< "/me waves" with the text "waves"
    notice,  ///< automatic: never answered by a program
};

/// XMPP to network.
struct OutgoingMessage {
    MessageKey key;
    Conversation to;
    MessageKind kind = MessageKind::normal;
    std::string text;  ///< UTF-8, NFC, no C0 controls but LF and TAB: the gateway sees to it before the call
    std::optional<LegacyMessageId> reply_to;
    std::uint32_t attempt = 1;  ///< 1 = first try; above 1 an earlier one may have arrived
};

enum class DeliveryStage : std::uint8_t { accepted, delivered, displayed, failed };

}  // namespace causeway::model
