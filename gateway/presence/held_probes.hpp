#pragma once
/// @file gateway/presence/held_probes.hpp
/// NAME       HeldProbes: questions after contacts of whom the network has not told anything yet.
/// WHY        A user's server asks after every contact in the moment in which the user comes online, when the session
///            is only on its way: "not there" would be said of everybody, and taken back a second later.
/// INVARIANTS Bounded: one question a resource and contact, a few resources. Pure: no I/O.
/// TRUST      Questions are strangers' until the caller has seen that the contact is in the account's roster.
/// TESTS      tests/unit/gateway/held_probes_test.cpp
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "component/stanza/jid.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::presence {

struct HeldProbe {
    xmpp::Jid from;
    std::string id;
};

class HeldProbes {
public:
    using Probes = std::vector<HeldProbe>;

    /// @return whether it is the first one of this account
    bool hold(const AccountId& account, const ContactId& contact, HeldProbe probe);
    /// The questions after one contact, which are no longer held.
    [[nodiscard]] Probes take(const AccountId& account, const ContactId& contact);
    [[nodiscard]] std::map<ContactId, Probes> take_all(const AccountId& account);

private:
    std::unordered_map<AccountId, std::map<ContactId, Probes>> held_;
};

}  // namespace causeway::presence
