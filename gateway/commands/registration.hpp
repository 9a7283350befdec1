#pragma once
/// @file gateway/commands/registration.hpp
/// NAME       Registration: registering, changing and leaving by in-band registration (XEP-0077, XEP-0100 §4.1-4.3).
/// INVARIANTS No secret is ever echoed; nothing is stored that the network refused; unregistering ends in the order
///            of GW-REG-022. One request of a user is worked on at a time.
/// TESTS      tests/unit/gateway/registration_test.cpp, tests/e2e/test_registration.py
#include <functional>
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

    /// What is to be done when the user has been answered: rosters hear of it after that (GW-REG-012, -022).
    using Afterwards = std::function<void()>;
    /// The same for those who ask by a command: what is to fill in, ...
    [[nodiscard]] Task<Result<adapter::StepForm>> form_for(UserId user);
    /// ... registering with it, ... @return as the network says; rate_limited
    [[nodiscard]] Task<Result<Afterwards>> enrol_user(UserId user, adapter::Answers answers);
    /// ... and leaving. @return bad_recipient: not registered; storage, rate_limited
    [[nodiscard]] Task<Result<Afterwards>> remove_user(UserId user);

private:
    /// Each is a login at the network, from our address: enough for typing errors, not for guessing.
    static constexpr security::RateSettings kAttempts{.per_minute = 1, .burst = 10};

    using Answers = adapter::Answers;
    [[nodiscard]] Task<> show_form(xmpp::Stanza request);
    [[nodiscard]] Task<> submit(xmpp::StanzaHead head, Answers answers);
    /// One at a time, and not too many. @return rate_limited
    [[nodiscard]] Result<> admit(const UserId& user);
    [[nodiscard]] Task<Result<Afterwards>> enrol(UserId user, Answers answers);
    [[nodiscard]] Task<Result<Afterwards>> erase(UserId user);
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

/// Refusals of a registration have conditions of their own (GW-REG-005 … -008).
[[nodiscard]] xmpp::StanzaError registration_error(const Error& error);

}  // namespace causeway::commands
