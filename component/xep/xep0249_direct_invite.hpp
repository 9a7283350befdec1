#pragma once
/// @file component/xep/xep0249_direct_invite.hpp
/// NAME       Direct MUC invitations. @source XEP-0249
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0249 {

inline constexpr std::string_view kNs = "jabber:x:conference";
[[nodiscard]] xml::Element make_invite(std::string_view room_jid, std::string_view reason);

struct DirectInvite {
    std::string room;  ///< as written: not yet known to be a JID
    std::string reason;
};
[[nodiscard]] std::optional<DirectInvite> read_invite(const xml::Element& message);

}  // namespace causeway::xmpp::xep0249
