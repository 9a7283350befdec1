#pragma once
/// @file component/xep/xep0356_privilege.hpp
/// NAME       Privileged entity: what a server lets us do for its users, and rosters read and written with that.
/// @source    XEP-0356 (urn:xmpp:privilege:2), its version 0.2.1 (urn:xmpp:privilege:1)
/// TRUST      Any domain can send an advert: it counts for that domain's own users only.
/// TESTS      tests/unit/component/xep_privilege_test.cpp
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0356 {

inline constexpr std::string_view kNs1 = "urn:xmpp:privilege:1";
inline constexpr std::string_view kNs2 = "urn:xmpp:privilege:2";
inline constexpr std::string_view kRosterNs = "jabber:iq:roster";

struct Grants {
    int version = 2;          ///< 1 or 2: of the namespace
    bool roster_get = false;  ///< `both` is get and set
    bool roster_set = false;
    bool message_outgoing = false;
    bool presence = false;                   ///< managed_entity or roster
    std::vector<std::string> iq_namespaces;  ///< on version 2: what IQs may be sent on a user's behalf
};

/// The advert in a message from a domain; nullopt when it is none. A new one replaces the old.
[[nodiscard]] std::optional<Grants> read_advert(const Stanza& stanza);

struct RosterItem {
    std::string jid;
    std::string name;
    std::string subscription;
    std::vector<std::string> groups;
};

/// Payloads of IQs to the user's bare JID. @source XEP-0356 §4.4
[[nodiscard]] xml::Element make_roster_get();
[[nodiscard]] xml::Element make_roster_set(const RosterItem& item);
/// The item of that bare JID in the answer to make_roster_get(); nullopt when the roster has none.
[[nodiscard]] std::optional<RosterItem> find_item(const xml::Element& result, std::string_view jid);

}  // namespace causeway::xmpp::xep0356
