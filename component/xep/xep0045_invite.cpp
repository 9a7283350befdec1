#include "component/xep/xep0045_invite.hpp"

#include "component/xep/xep0045_muc.hpp"

namespace causeway::xmpp::xep0045 {

std::vector<InviteRequest> read_invites(const xml::Element& message) {
    std::vector<InviteRequest> invites;
    const auto* x = message.child("x", kUserNs);
    if (!x) return invites;
    for (const auto* child : x->children()) {
        if (!child->is("invite", kUserNs) || !child->has_attr("to")) continue;
        invites.push_back({std::string(child->attr("to")), child->child_text("reason").value_or("")});
    }
    return invites;
}

bool is_decline(const xml::Element& message) {
    const auto* x = message.child("x", kUserNs);
    return x && x->child("decline");
}

}  // namespace causeway::xmpp::xep0045
