#pragma once
/// @file component/xep/xep0045_muc.hpp
/// NAME       Multi-user chat: what is read from and written to people in rooms. @source XEP-0045
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"
#include "gateway/base/secret.hpp"

namespace causeway::xmpp::xep0045 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/muc";
inline constexpr std::string_view kUserNs = "http://jabber.org/protocol/muc#user";
inline constexpr std::string_view kAdminNs = "http://jabber.org/protocol/muc#admin";
inline constexpr std::string_view kOwnerNs = "http://jabber.org/protocol/muc#owner";

/// `<x xmlns='http://jabber.org/protocol/muc'/>` of a join. @source §7.2
struct Join {
    Secret<std::string> password;
    std::optional<unsigned> max_stanzas;  ///< history asked for; 0 = none
};
[[nodiscard]] std::optional<Join> read_join(const xml::Element& presence);

/// The `<x xmlns='…muc#user'>` of an occupant's presence.
struct OccupantItem {
    std::string_view affiliation = "none";  ///< owner admin member none outcast
    std::string_view role = "participant";  ///< moderator participant visitor none
    std::string new_nick;                   ///< with status 303
    std::string actor_nick;
    std::string reason;
    std::vector<int> codes;  ///< status codes in the order to be written
};
[[nodiscard]] xml::Element make_user_x(const OccupantItem& item);
/// An empty `<x xmlns='…muc#user'/>`: marks a private message as one between occupants (GW-MUC-010).
[[nodiscard]] xml::Element make_user_marker();

/// A mediated invitation to be sent from the room to a user. @source §7.8.2
[[nodiscard]] xml::Element make_invite(std::string_view invited_by, std::string_view reason);

}  // namespace causeway::xmpp::xep0045
