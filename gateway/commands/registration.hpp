#pragma once
/// @file gateway/commands/registration.hpp
/// NAME       Registration: registering, changing and leaving by in-band registration (XEP-0077, XEP-0100 §4.1-4.3).
/// INVARIANTS No secret is ever echoed; nothing is stored that the network refused; unregistering ends in the order
///            of GW-REG-022. One request of a user is worked on at a time.
/// TESTS      tests/unit/gateway/registration_test.cpp, tests/e2e/test_registration.py
#include <set>

#include "gateway/accounts/supervisor.hpp"
#include "gateway/presence/presence_service.hpp"
#include "gateway/rooms/room_service.hpp"
#include "gateway/security/rate_limit.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::commands {

class Registration {
public:
    Registration(translate::Face face, adapter::Network& network, accounts::Accounts& accounts,
                 accounts::Supervisor& supervisor, presence::PresenceService& presence,
                 rooms::RoomService& rooms);

    /// @return false: not an IQ of XEP-0077
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza);

private:
    /// Each is a login at the network, from our address: enough for typing errors, not for guessing.
    static constexpr security::RateSettings kAttempts{.per_minute = 1, .burst = 10};

    using Answers = adapter::Answers;
    [[nodiscard]] Task<> show_form(xmpp::Stanza request);
    [[nodiscard]] Task<> submit(xmpp::StanzaHead head, Answers answers);
    [[nodiscard]] Task<> enrol(xmpp::StanzaHead head, Answers answers);
    [[nodiscard]] Task<> remove(xmpp::StanzaHead head);
    [[nodiscard]] Secret<std::string> on_file(const UserId& user) const;

    translate::Face face_;
    adapter::Network& network_;
    accounts::Accounts& accounts_;
    accounts::Supervisor& supervisor_;
    presence::PresenceService& presence_;
    rooms::RoomService& rooms_;
    std::set<UserId> busy_;
    security::RateLimit attempts_{kAttempts};
};

}  // namespace causeway::commands
