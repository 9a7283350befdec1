#pragma once
/// @file gateway/commands/search.hpp
/// NAME       Search: finding the JID of somebody on the network by what people call them (XEP-0055).
/// WHY        Clients without an address prompt have a search form. What is typed is made an address, as the network
///            writes it; whether somebody is there is told where it is known already.
/// INVARIANTS Nothing is asked of the network: searching is no way to probe it. Only for those who may use it, and
///            not too often (GW-SRCH-002).
/// TESTS      tests/unit/gateway/search_test.cpp, tests/e2e/test_directory.py
#include "gateway/accounts/accounts.hpp"
#include "gateway/presence/presence_service.hpp"
#include "gateway/security/rate_limit.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::commands {

class Search {
public:
    Search(translate::Face face, const presence::PresenceService& presence)
        : face_(face), presence_(presence), limiter_(kSearches) {}

    /// @return false: not an IQ of XEP-0055
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza, const accounts::AccountPtr& account);

private:
    static constexpr security::RateSettings kSearches{.per_minute = 30, .burst = 10};

    translate::Face face_;
    const presence::PresenceService& presence_;
    security::RateLimit limiter_;
};

}  // namespace causeway::commands
