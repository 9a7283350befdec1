#include "gateway/translate/queries.hpp"

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0054_vcard.hpp"
#include "component/xep/xep0077_register.hpp"
#include "component/xep/xep0092_version.hpp"
#include "component/xep/xep0100_gateway.hpp"
#include "component/xep/xep0115_caps.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0249_direct_invite.hpp"
#include "component/xep/xep0292_vcard4.hpp"
#include "gateway/translate/entity_info.hpp"
#include "gateway/translate/errors.hpp"
#include "gateway/translate/texts.hpp"

namespace causeway::translate {
namespace {

using adapter::Capability;
using xmpp::Condition;

constexpr Millis kAskWithin{20'000};

}  // namespace

std::string contact_example(const adapter::NetworkInfo& network, const std::string& component) {
    return (network.many_endpoints ? "name%server@" : "name@") + component;
}

std::string room_example(const adapter::NetworkInfo& network, const std::string& component) {
    return (network.many_endpoints ? "#room%server@" : "#room@") + component;
}

std::string introduction(const adapter::NetworkInfo& network, const std::string& component, const Say& say) {
    std::string text = fill(say("This is the gateway to {}."), {network.display_name}) + "\n" +
                       fill(say("Write to somebody: {} (the {} comes before the {})."),
                            {contact_example(network, component), say(network.contact_noun),
                             network.many_endpoints ? "%" : "@"});
    if (network.capabilities.has(Capability::rooms)) {
        text += "\n" + fill(say("Join a room: {}."), {room_example(network, component)});
    }
    text += "\n";
    text += network.login_required
                ? say("Register with the gateway first: your client has a form for it.")
                : say("Registering is needed only to log in with a password or to fix a name.");
    return text;
}

bool Queries::on_iq(const xmpp::Stanza& stanza, const Entity& entity, const accounts::AccountPtr& account) {
    const bool get = stanza.head.type == "get";
    if (get && stanza.payload(xmpp::xep0030::kInfoNs)) return answer_info(stanza, entity);
    if (get && stanza.payload(xmpp::xep0030::kItemsNs)) return answer_items(stanza, entity, account);
    if (get && stanza.payload(xmpp::xep0199::kNs)) {
        static_cast<void>(face_.outlet.send(xmpp::make_result(stanza.head)));
        return true;
    }
    if (get && stanza.payload(xmpp::xep0092::kNs)) {
        answer_version(stanza, entity, account);
        return true;
    }
    if (answer_card(stanza, entity)) return true;
    return entity.kind == Entity::Kind::gateway && answer_prompt(stanza);
}

bool Queries::answer_card(const xmpp::Stanza& stanza, const Entity& entity) {
    const bool is_old = stanza.payload(xmpp::xep0054::kNs) != nullptr;
    const bool is_new = stanza.payload(xmpp::xep0292::kNs) != nullptr;
    const bool is_node = xmpp::xep0292::asks_node(stanza);
    if (!is_old && !is_new && !is_node) return false;
    if (stanza.head.type != "get") {
        face_.refuse(stanza.head, xmpp::make_condition(Condition::forbidden));
        return true;
    }
    const auto name = entity.kind == Entity::Kind::gateway ? face_.network.info().display_name
                                                           : face_.network.format_address(entity.address);
    static_cast<void>(face_.outlet.send(is_old   ? xmpp::xep0054::make_result(stanza, name)
                                        : is_new ? xmpp::xep0292::make_result(stanza, name)
                                                 : xmpp::xep0292::make_node_result(stanza, name)));
    return true;
}

bool Queries::on_iq_of_stranger(const xmpp::Stanza& stanza) {
    if (stanza.head.type != "get") return false;
    Entity gateway;
    gateway.bare = face_.component();
    if (stanza.payload(xmpp::xep0030::kInfoNs)) return answer_info(stanza, gateway);
    if (stanza.payload(xmpp::xep0030::kItemsNs)) return answer_items(stanza, gateway, nullptr);
    if (!stanza.payload(xmpp::xep0199::kNs)) return false;
    static_cast<void>(face_.outlet.send(xmpp::make_result(stanza.head)));
    return true;
}

bool Queries::answer_info(const xmpp::Stanza& stanza, const Entity& entity) {
    const auto info = entity_info(face_, entity);
    const auto node = xmpp::xep0030::requested_node(stanza);
    // The one node there is: the hash in presence, which stands for this very answer (GW-DISCO-009).
    if (!node.empty() && node != xmpp::xep0115::disco_node(xmpp::xep0115::make_ver(info))) {
        face_.refuse(stanza.head, xmpp::make_condition(Condition::item_not_found));
        return true;
    }
    static_cast<void>(face_.outlet.send(xmpp::xep0030::make_info_result(stanza, info)));
    return true;
}

bool Queries::answer_items(const xmpp::Stanza& stanza, const Entity& entity,
                           const accounts::AccountPtr& account) {
    if (!xmpp::xep0030::requested_node(stanza).empty()) {
        face_.refuse(stanza.head, xmpp::make_condition(Condition::item_not_found));
        return true;
    }
    const auto& network = face_.network.info();
    const bool has_rooms = entity.kind == Entity::Kind::endpoint ||
                           (entity.kind == Entity::Kind::gateway && !network.many_endpoints);
    if (has_rooms && network.capabilities.has(Capability::directory)) {
        const auto found =
            account ? account->slots.find(entity.address.endpoint) : decltype(account->slots.end()){};
        directory_.answer(stanza, account && found != account->slots.end() ? found->second : nullptr);
        return true;
    }
    // Only what is the asker's own: the far servers with which a session of theirs is (GW-DISCO-006).
    std::vector<xmpp::xep0030::Item> items;
    if (entity.kind == Entity::Kind::gateway && account && network.many_endpoints) {
        for (const auto& [endpoint, slot] : account->slots) {
            model::Address address;
            address.endpoint = endpoint;
            const auto jid = face_.addresses.jid(address);
            if (jid && slot->session()) items.push_back({jid->str(), "", endpoint.str()});
        }
    }
    static_cast<void>(face_.outlet.send(xmpp::xep0030::make_items_result(stanza, items)));
    return true;
}

bool Queries::answer_prompt(const xmpp::Stanza& stanza) {
    if (!stanza.payload(xmpp::xep0100::kNs)) return false;
    const auto& network = face_.network.info();
    const auto say = [&](std::string_view english) { return face_.say(stanza.head.from, english); };
    if (stanza.head.type == "get") {
        static_cast<void>(face_.outlet.send(xmpp::xep0100::make_prompt_result(
            stanza, fill(say("Type the {} of the person to add."), {say(network.contact_noun)}),
            say(network.contact_noun))));
        return true;
    }
    const auto typed = xmpp::xep0100::read_prompt(stanza);
    auto address = typed ? face_.network.parse_address(*typed) : fail(Errc::bad_input);
    auto jid = address ? face_.addresses.jid(*address) : fail(address.error());
    if (jid) {
        static_cast<void>(face_.outlet.send(xmpp::xep0100::make_jid_result(stanza, jid->str())));
    } else {
        face_.refuse(stanza.head,
                     xmpp::make_condition(Condition::item_not_found, "This is not an address here."));
    }
    return true;
}

void Queries::answer_version(const xmpp::Stanza& stanza, const Entity& entity,
                             const accounts::AccountPtr& account) {
    const auto* contact = std::get_if<ContactId>(&entity.address.target);
    if (!contact) {
        static_cast<void>(
            face_.outlet.send(xmpp::xep0092::make_result(stanza, "Causeway", CAUSEWAY_VERSION)));
        return;
    }
    const auto slot =
        account ? account->slots.find(entity.address.endpoint) : decltype(account->slots.end()){};
    auto session = account && slot != account->slots.end() ? slot->second->session() : nullptr;
    if (!session || !session->queries()) {
        return face_.refuse(stanza.head, xmpp::make_condition(Condition::service_unavailable));
    }
    spawn(face_.executor, ask_version(stanza, std::move(session), *contact));
}

Task<> Queries::ask_version(xmpp::Stanza stanza, std::shared_ptr<adapter::Session> session, ContactId who) {
    const auto version = co_await session->queries()->client_version(std::move(who), face_.in(kAskWithin));
    if (version) {
        static_cast<void>(face_.outlet.send(xmpp::xep0092::make_result(stanza, *version, "")));
    } else {
        face_.refuse(stanza.head, to_stanza_error(version.error()));
    }
}

void Queries::on_message(const xmpp::Stanza& stanza, const Entity& entity) {
    if (stanza.head.is_error()) return;
    if (!stanza.has_body() || stanza.head.type == "groupchat") {
        if (stanza.head.type == "groupchat")
            face_.refuse(stanza.head, xmpp::make_condition(Condition::bad_request));
        return;
    }
    const auto& network = face_.network.info();
    auto reply = xmpp::make_stanza(xmpp::StanzaKind::message, entity.bare, stanza.head.from, "chat",
                                   face_.context.random.token());
    reply.add("body").add_text(introduction(network, face_.component().str(), [&](std::string_view english) {
        return face_.say(stanza.head.from, english);
    }));
    static_cast<void>(face_.outlet.send(reply));
}

void Queries::show_invite(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventInvite& invite) {
    const auto room = face_.addresses.jid(slot->endpoint(), invite.room);
    const auto by = face_.addresses.jid(slot->endpoint(), invite.by);
    if (!room) return;
    auto message = xmpp::make_stanza(xmpp::StanzaKind::message, *room, user_jid(slot->account()->row.user),
                                     "", face_.context.random.token());
    message.add(xmpp::xep0045::make_invite(by ? by->str() : invite.nick, invite.reason));
    message.add(xmpp::xep0249::make_invite(room->str(), invite.reason));
    static_cast<void>(face_.outlet.send(message));
}

}  // namespace causeway::translate
