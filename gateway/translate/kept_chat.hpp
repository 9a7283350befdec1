#pragma once
/// @file gateway/translate/kept_chat.hpp
/// NAME       KeptChat: one-to-one conversations of networks of the durable class, both ways, by way of the ledger.
/// INVARIANTS A receipt says what the network said; an error has the original id and a sentence. Ids of what goes to users are
///            made from the message's number and a secret: the same on every try, and nobody else can make one up.
/// TESTS      tests/unit/gateway/kept_chat_test.cpp, tests/e2e/test_kept_messages.py
#include <optional>
#include <string>

#include "gateway/accounts/accounts.hpp"
#include "gateway/delivery/ledger.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/typing.hpp"

namespace causeway::translate {

class KeptChat final : public delivery::Voice {
public:
    KeptChat(Face face, accounts::Accounts& accounts, accounts::Supervisor& supervisor,
             delivery::Ledger& ledger, Typing& typing);

    /// A message stanza for a contact.
    /// @param taken called when what was read is kept or refused
    void on_message(const xmpp::Stanza& stanza, const accounts::AccountPtr& account,
                    const EndpointId& endpoint, const ContactId& contact, std::function<void()> taken);
    /// An error that came back for something of ours; others are passed over.
    void on_error(const xmpp::Stanza& stanza);
    /// A contact's words for the user. @return after the commit, with `along` in it; bad_recipient: the contact's name
    /// cannot be written as a JID; storage @durable yes
    [[nodiscard]] Task<Result<>> keep(std::shared_ptr<accounts::Slot> slot, adapter::EventMessage event,
                                      EventKey key, store::Batch along);

    // delivery::Voice
    Result<> write(const store::MessageRow& row, bool again) override;
    Result<> write_notice(const store::MessageRow& row, model::Notice notice) override;
    [[nodiscard]] Task<Result<>> barrier(SteadyTime deadline) override;

private:
    struct OurId {
        std::int64_t sequence = 0;
        model::Notice notice = model::Notice::none;
    };
    [[nodiscard]] std::string id_of(std::int64_t sequence, model::Notice notice) const;
    [[nodiscard]] std::optional<OurId> read_id(const std::string& id) const;
    [[nodiscard]] xmpp::StanzaError error_of(const store::MessageRow& row, model::Notice notice) const;

    Face face_;
    accounts::Accounts& accounts_;
    accounts::Supervisor& supervisor_;
    delivery::Ledger& ledger_;
    Typing& typing_;
};

}  // namespace causeway::translate
