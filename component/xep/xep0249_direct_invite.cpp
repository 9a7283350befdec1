#include "component/xep/xep0249_direct_invite.hpp"

namespace causeway::xmpp::xep0249 {

xml::Element make_invite(std::string_view room_jid, std::string_view reason) {
    xml::Element invite("x", std::string(kNs));
    invite.set_attr("jid", std::string(room_jid));
    if (!reason.empty()) invite.set_attr("reason", std::string(reason));
    return invite;
}

std::optional<DirectInvite> read_invite(const xml::Element& message) {
    const auto* x = message.child("x", kNs);
    if (!x || x->attr("jid").empty()) return std::nullopt;
    return DirectInvite{std::string(x->attr("jid")), std::string(x->attr("reason"))};
}

}  // namespace causeway::xmpp::xep0249
