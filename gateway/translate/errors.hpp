#pragma once
/// @file gateway/translate/errors.hpp
/// NAME       Errors as their senders read them: one table from our codes to XMPP conditions and sentences.
/// INVARIANTS Error::detail is for operators and never goes to users; a room's own words (RoomError::reason) may.
#include "component/stanza/stanza_error.hpp"
#include "gateway/adapter/adapter.hpp"

namespace causeway::translate {

/// @source GW-MSG-002, GW-LOG-004, RFC 6120 §8.3.3
[[nodiscard]] xmpp::StanzaError to_stanza_error(const Error& error);
/// @source GW-MUC-005, XEP-0045 §7.2
[[nodiscard]] xmpp::StanzaError to_stanza_error(const adapter::RoomError& error);
/// What became of a session, for a status line of presence: "The login was not accepted."
[[nodiscard]] std::string sentence(Errc code);

}  // namespace causeway::translate
