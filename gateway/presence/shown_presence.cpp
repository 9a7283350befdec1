#include "gateway/presence/shown_presence.hpp"

#include "component/xep/xep0115_caps.hpp"
#include "component/xep/xep0153_avatar.hpp"
#include "component/xep/xep0319_idle.hpp"
#include "gateway/translate/entity_info.hpp"

namespace causeway::presence {
namespace {

using model::Availability;
using translate::Entity;

std::string_view show_of(Availability availability) {
    switch (availability) {
        case Availability::chat:
            return "chat";
        case Availability::away:
            return "away";
        case Availability::extended_away:
            return "xa";
        case Availability::busy:
            return "dnd";
        case Availability::online:
        case Availability::offline:
            break;
    }
    return "";
}

xml::Element make_plain(const xmpp::Jid& from, const xmpp::Jid& to, const model::Presence& presence,
                        std::string_view id) {
    const bool offline = presence.show == Availability::offline;
    auto stanza = xmpp::make_stanza(xmpp::StanzaKind::presence, from, to, offline ? "unavailable" : "", id);
    if (const auto show = show_of(presence.show); !show.empty()) stanza.add("show").add_text(show);
    if (!presence.status.empty()) stanza.add("status").add_text(presence.status);
    return stanza;
}

std::string ver_of(const translate::Face& face, const Entity& who) {
    return xmpp::xep0115::make_ver(translate::entity_info(face, who));
}

}  // namespace

xml::Element ShownPresence::make(const Entity& who, const xmpp::Jid& to, const model::Presence& presence,
                                 std::string_view id) {
    if (who.kind == Entity::Kind::contact) return make_contact(who.bare, to, presence, id);
    auto stanza = make_plain(who.bare, to, presence, id);
    if (presence.show == Availability::offline) return stanza;
    if (who.kind == Entity::Kind::gateway) {
        if (gateway_ver_.empty()) gateway_ver_ = ver_of(face_, who);
        stanza.add(xmpp::xep0115::make_caps(gateway_ver_));
    } else {
        stanza.add(xmpp::xep0115::make_caps(ver_of(face_, who)));
    }
    return stanza;
}

xml::Element ShownPresence::make_contact(const xmpp::Jid& from, const xmpp::Jid& to,
                                         const model::Presence& presence, std::string_view id) {
    auto stanza = make_plain(from, to, presence, id);
    stanza.set_attr("from", from.str() + "/" + resource());
    if (presence.show == Availability::offline) return stanza;
    if (contact_ver_.empty()) {
        Entity contact;
        contact.kind = Entity::Kind::contact;
        contact_ver_ = ver_of(face_, contact);
    }
    stanza.add(xmpp::xep0115::make_caps(contact_ver_));
    // No network here has pictures: said outright, so that clients do not ask for one (GW-PRES-015).
    stanza.add(xmpp::xep0153::make_no_photo());
    if (presence.idle_since) stanza.add(xmpp::xep0319::make_idle(*presence.idle_since));
    return stanza;
}

}  // namespace causeway::presence
