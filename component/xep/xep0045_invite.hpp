#pragma once
/// @file component/xep/xep0045_invite.hpp
/// NAME       Mediated invitations as people send them to a room. @source XEP-0045 §7.8.2
#include <string>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0045 {

struct InviteRequest {
    std::string to;  ///< as written: not yet known to be a JID
    std::string reason;
};
/// Everybody who is invited by a message to a room; none: it invites nobody.
[[nodiscard]] std::vector<InviteRequest> read_invites(const xml::Element& message);
/// Does the message say no to an invitation?
[[nodiscard]] bool is_decline(const xml::Element& message);

}  // namespace causeway::xmpp::xep0045
