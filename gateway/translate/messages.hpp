#pragma once
/// @file gateway/translate/messages.hpp
/// NAME       Message stanzas <-> model messages.
/// TRUST      Stanzas come from users, events from strangers on networks; both are made safe here.
#include <optional>
#include <variant>

#include "component/stanza/stanza_error.hpp"
#include "gateway/adapter/adapter.hpp"
#include "gateway/base/time.hpp"

namespace causeway::translate {

/// There is nothing in the stanza for a network (chat states, markers, receipts): it is passed over in silence.
struct Nothing {};
using ReadMessage = std::variant<model::OutgoingMessage, Nothing, xmpp::StanzaError>;

/// What a `<message/>` with a body means for a network. Encrypted payloads are refused, never passed on
/// (GW-MSG-011); "/me " makes an action; text is NFC without control characters.
/// `key` names the message for ever; it becomes OutgoingMessage::key.
[[nodiscard]] ReadMessage read_message(const xmpp::Stanza& stanza, model::Conversation to, MessageKey key);

/// The body that shows an event's text to the user: actions with "/me ", notices as they are.
[[nodiscard]] std::string body_of(const adapter::EventMessage& event);

/// A chat message from `from` to `to` (GW-MSG-003, -005, -006).
[[nodiscard]] xml::Element chat_message(const adapter::EventMessage& event, const xmpp::Jid& from,
                                        const xmpp::Jid& to, const std::string& id, WallTime now);

/// Show and status (on one line) of an available presence; what RFC 6121 does not know counts as plainly online.
[[nodiscard]] model::Presence read_presence(const xml::Element& presence);

/// Messages older than this carry a delay.
inline constexpr Millis kDelayFrom{300'000};

}  // namespace causeway::translate
