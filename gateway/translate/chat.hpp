#pragma once
/// @file gateway/translate/chat.hpp
/// NAME       Chat: one-to-one conversations, both ways.
/// INVARIANTS Every message of a user ends in acceptance (with a receipt where it was asked for, XEP-0184) or in an
///            error with the original id. The receipt says what the network said, never merely that we read it.
/// TESTS      tests/unit/gateway/chat_test.cpp, tests/e2e/test_private_messages.py
#include <vector>

#include "gateway/accounts/supervisor.hpp"
#include "gateway/delivery/live_sender.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/messages.hpp"
#include "gateway/translate/typing.hpp"

namespace causeway::translate {

class Chat {
public:
    Chat(Face face, accounts::Supervisor& supervisor, delivery::LiveSender& sender);

    /// A message stanza for a contact; it may have been addressed to the contact's place in a room.
    void on_message(const xmpp::Stanza& stanza, const accounts::AccountPtr& account,
                    const EndpointId& endpoint, const ContactId& contact);
    /// A contact's words for the user, shown as coming from `from` and sent to `to`; `marks` go into the stanza.
    void show(const adapter::EventMessage& event, const xmpp::Jid& from, const xmpp::Jid& to,
              const std::vector<xml::Element>& marks);
    /// A contact's words for the user, in the contact's own name.
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventMessage& event);
    /// What the far server itself says.
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventServerNotice& notice);
    [[nodiscard]] Typing& typing() noexcept { return typing_; }

private:
    void settled(const xmpp::StanzaHead& head, bool receipt_wanted,
                 Result<adapter::SendOutcome> result) const;
    [[nodiscard]] std::string id_for(const adapter::EventMessage& event) const;

    Face face_;
    accounts::Supervisor& supervisor_;
    delivery::LiveSender& sender_;
    Typing typing_;
    Counter& shown_;
    Counter& not_shown_;
};

/// A name for the message that stays the same when its sender repeats it: made from the full JID, whom it is for (a multicast
/// has one id for all), id and body.
/// What has no id is never taken for a repeat.
[[nodiscard]] MessageKey message_key(const xmpp::Stanza& stanza, Random& random);

}  // namespace causeway::translate
