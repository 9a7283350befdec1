#pragma once
/// @file gateway/presence/roster_sync.hpp
/// NAME       RosterSync: contacts written into a user's roster, where the user's server lets us.
/// WHY        No question to the user and no wait for an answer: what the user asked for at the network is there.
/// INVARIANTS Nothing but a missing mutual subscription is written; names and groups stay as the user has them;
///            nothing is ever removed (GW-CON-019, -020). With the old version of the privilege nothing is
///            written at all: a server that has it may drop the component for that (GW-PRIV-009).
/// TESTS      tests/unit/gateway/roster_sync_test.cpp
#include <map>
#include <string>

#include "component/xep/xep0356_privilege.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/iq_requests.hpp"

namespace causeway::presence {

class RosterSync {
public:
    RosterSync(translate::Face face, translate::IqRequests& requests) : face_(face), requests_(requests) {}

    /// @return whether it was an advert of privileges
    bool on_advert(const xmpp::Stanza& stanza);
    /// A change of a roster that the server tells us: acknowledged. @return whether it was one
    bool on_push(const xmpp::Stanza& stanza);
    /// Privileges hold as long as the stream.
    void on_link_down() { granted_.clear(); }

    [[nodiscard]] bool may_write(const UserId& user) const;
    /// Makes the subscription mutual. @return refused, timed_out, not_connected: it has to be asked for as usual
    [[nodiscard]] Task<Result<>> befriend(xmpp::Jid user, xmpp::Jid contact, std::string name);

private:
    translate::Face face_;
    translate::IqRequests& requests_;
    std::map<std::string, xmpp::xep0356::Grants, std::less<>> granted_;  ///< by the domain of the users
};

}  // namespace causeway::presence
