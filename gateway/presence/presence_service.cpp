#include "gateway/presence/presence_service.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/translate/errors.hpp"
#include "gateway/translate/messages.hpp"

namespace causeway::presence {
namespace {

using adapter::SessionState;
using model::Availability;
using model::Presence;
using store::Decision;

/// Subscriptions to the component itself are kept under the empty id: no contact has it.
const ContactId& gateway_key() {
    static const ContactId key;
    return key;
}

/// What the network is told of the user: somebody who stays logged in without a client is away (GW-LOG-009).
Presence for_network(const accounts::Account& account) {
    auto presence = account.presence;
    if (presence.show == Availability::offline && account.row.always_on) presence.show = Availability::away;
    return presence;
}

int read_priority(const xml::Element& element) {
    const auto text = element.child_text("priority").value_or("0");
    int priority = 0;
    std::from_chars(text.data(), text.data() + text.size(), priority);
    return std::clamp(priority, -128, 127);
}

}  // namespace

PresenceService::PresenceService(translate::Face face, accounts::Accounts& accounts,
                                 accounts::Supervisor& supervisor, PresenceSettings settings)
    : face_(face),
      accounts_(accounts),
      supervisor_(supervisor),
      settings_(settings),
      shown_(face),
      subscriptions_(face),
      changes_(face.context.metrics.counter("causeway_presence_changes_total",
                                            "Changes of what users are to see of contacts and of the gateway",
                                            {{"network", face.name.str()}})),
      sent_(face.context.metrics.counter("causeway_presence_sent_total",
                                         "Presence that was sent to users because of a change",
                                         {{"network", face.name.str()}})) {}

void PresenceService::on_presence(const xmpp::Stanza& stanza, const translate::Entity& entity,
                                  accounts::AccountPtr account) {
    const auto& type = stanza.head.type;
    if (type == "subscribe") return subscribe(stanza.head, entity, std::move(account));
    if (type == "probe") return probe(stanza.head, entity, account);
    if (!account) return;
    if (type.empty()) return available(stanza, account);
    if (type == "unavailable") return unavailable(stanza, entity, account);
    if (type == "subscribed") return subscribed(entity, account);
    if (type == "unsubscribe") return unsubscribe(entity, account);
    if (type == "unsubscribed") return unsubscribed(entity, account);
    if (type == "error" && !stanza.head.from.resource().empty()) {
        // What we sent to this resource came back: it is not there any more (GW-LOG-012).
        apply(account, users_.remove(account->row.user, std::string(stanza.head.from.resource())));
    }
}

void PresenceService::on_nobody(const xmpp::StanzaHead& head) {
    if (head.type == "subscribe" || head.type == "probe") {
        send_type(head.to.bare(), head.from.bare(), "unsubscribed", "There is nobody of that name.", head.id);
    }
}

// ---------------------------------------------------------------------------------------- the user's presence

void PresenceService::available(const xmpp::Stanza& stanza, const accounts::AccountPtr& account) {
    const auto& from = stanza.head.from;
    if (from.resource().empty()) return;
    apply(account, users_.update(account->row.user, std::string(from.resource()),
                                 translate::read_presence(stanza.element), read_priority(stanza.element)));
}

void PresenceService::unavailable(const xmpp::Stanza& stanza, const translate::Entity& entity,
                                  const accounts::AccountPtr& account) {
    // Directed to one contact it says nothing about the user's other conversations (GW-LOG-011): but a server
    // broadcasts the end of a resource to every contact, so for somebody in the roster it is the end.
    const auto* contact = std::get_if<ContactId>(&entity.address.target);
    // Taking one contact out of the roster says it to that contact too: that is no end (GW-CON-012).
    if (contact && !follows(*account, *contact)) return;
    // A server says it from the bare address when the user grants a subscription, too, and as the answer to a probe:
    // resources that are known to be there speak for themselves.
    const auto resource = std::string(stanza.head.from.resource());
    const auto& user = account->row.user;
    const auto change = resource.empty() ? users_.sweep(user) : users_.remove(user, resource);
    apply(account, change);
    if (change.went_offline() && sees(*account, gateway_key())) {
        send_type(face_.component(), stanza.head.from, "unavailable");
    }
}

void PresenceService::apply(const accounts::AccountPtr& account, const Change& change) {
    account->presence = change.after;
    if (change.came_online()) return log_in(account);
    if (change.went_offline()) return log_out(account);
    if (!change.any()) return;
    for (const auto& [endpoint, slot] : account->slots) spawn(face_.executor, mirror(slot, change.after));
}

Task<> PresenceService::mirror(std::shared_ptr<accounts::Slot> slot, Presence presence) {
    const auto session = slot->session();
    if (!session || !face_.network.info().capabilities.has(adapter::Capability::presence)) co_return;
    co_await session->set_presence(std::move(presence), face_.in(settings_.add_within));
}

void PresenceService::log_in(const accounts::AccountPtr& account) {
    // What was told before may have gone to a client that is gone. It is not forgotten: the server may ask for it
    // now, and the network tells it only when it changes.
    correct(account);
    show_known(account);
    update_reasons(account);
    for (const auto& [endpoint, slot] : account->slots) {
        if (!slot->session()) continue;  // one that is on its way does this when it is there
        spawn(face_.executor, mirror(slot, account->presence));
        spawn(face_.executor, watch_contacts(slot));
    }
    tell_gateway_presence(account);
}

void PresenceService::log_out(const accounts::AccountPtr& account) {
    if (account->row.always_on && !account->row.logged_out) {
        for (const auto& [endpoint, slot] : account->slots)
            spawn(face_.executor, mirror(slot, for_network(*account)));
        return;
    }
    tell_anew(account->row.id);
    for (const auto& [endpoint, slot] : account->slots) {
        slot->set_reason(accounts::Reason::contacts, false);
        slot->set_reason(accounts::Reason::traffic, false);
    }
}

void PresenceService::update_reasons(const accounts::AccountPtr& account) {
    const bool wanted_there = for_network(*account).show != Availability::offline;
    if (!wanted_there || account->row.logged_out) return;
    std::map<EndpointId, bool> wanted;
    for (const auto& [id, row] : account->contacts) {
        const bool watched = row.user_sees == Decision::subscribed || row.user_sees == Decision::pending_out;
        const auto endpoint = endpoint_of(row);
        if (endpoint && watched) wanted[*endpoint] = true;
    }
    if (account->row.registered) {
        if (const auto credentials = accounts_.credentials(*account)) {
            for (const auto& home : face_.network.home_endpoints(*credentials)) wanted[home] = true;
        }
    }
    for (const auto& [endpoint, slot] : account->slots) wanted.try_emplace(endpoint, false);
    for (const auto& [endpoint, yes] : wanted) {
        supervisor_.slot(account, endpoint)->set_reason(accounts::Reason::contacts, yes);
    }
}

std::optional<EndpointId> PresenceService::endpoint_of(const store::ContactRow& row) const {
    if (row.address.empty()) return std::nullopt;  // the component itself
    auto address = face_.network.parse_address(row.address);
    if (!address) return std::nullopt;
    return std::move(address->endpoint);
}

// ------------------------------------------------------------------------------------------------ subscriptions

store::ContactRow PresenceService::row_for(const accounts::AccountPtr& account,
                                           const translate::Entity& entity) const {
    store::ContactRow row;
    row.account = account->row.id;
    if (entity.kind != translate::Entity::Kind::gateway)
        row.address = face_.network.format_address(entity.address);
    const auto* contact = std::get_if<ContactId>(&entity.address.target);
    row.contact = contact ? *contact : ContactId{row.address};
    const auto known = account->contacts.find(row.contact);
    return known == account->contacts.end() ? row : known->second;
}

void PresenceService::subscribe(const xmpp::StanzaHead& head, const translate::Entity& entity,
                                accounts::AccountPtr account) {
    const auto user = head.from.bare();
    if (entity.kind == translate::Entity::Kind::room) {
        return send_type(entity.bare, user, "unsubscribed", "This is a room: join it instead.", head.id);
    }
    const bool registered = account && account->row.registered;
    if (!registered && face_.network.info().login_required) {
        return face_.refuse(head, xmpp::make_condition(xmpp::Condition::registration_required,
                                                       "Register with the gateway first."));
    }
    if (!account) account = accounts_.ensure(translate::user_id(head.from));
    auto row = row_for(account, entity);
    const bool is_new = !account->contacts.contains(row.contact);
    if (is_new && (account->contacts.size() >= settings_.most_contacts ||
                   !supervisor_.has_place(account, entity.address.endpoint))) {
        return face_.refuse(head, xmpp::make_condition(xmpp::Condition::resource_constraint,
                                                       "You have too many contacts here."));
    }
    const bool was_subscribed = row.user_sees == Decision::subscribed;
    if (entity.kind != translate::Entity::Kind::contact || was_subscribed) {
        row.user_sees = Decision::subscribed;
        accounts_.save_contact(account, row);
        send_type(entity.bare, user, "subscribed");
        if (entity.kind == translate::Entity::Kind::contact) {
            show(entity, user, known(*account, row.contact));
        } else {
            const auto* endpoint =
                entity.kind == translate::Entity::Kind::endpoint ? &entity.address.endpoint : nullptr;
            show(entity, user, gateway_presence(*account, endpoint));
            if (!was_subscribed && row.contact_sees == Decision::none)
                send_type(entity.bare, user, "subscribe");
        }
        return;
    }
    row.user_sees = Decision::pending_out;
    accounts_.save_contact(account, row);
    const auto slot = supervisor_.slot(account, entity.address.endpoint);
    if (!account->row.logged_out) slot->touch();
    update_reasons(account);
    if (slot->session()) spawn(face_.executor, add_contact(slot, row.contact));
    // Otherwise watch_contacts() asks as soon as the session is there.
}

Task<> PresenceService::add_contact(std::shared_ptr<accounts::Slot> slot, ContactId contact) {
    const auto session = slot->session();
    if (!session || !session->roster()) co_return;
    auto result = co_await session->roster()->add(contact, face_.in(settings_.add_within));
    contact_added(slot, contact, std::move(result));
}

void PresenceService::contact_added(const std::shared_ptr<accounts::Slot>& slot, const ContactId& contact,
                                    Result<> result) {
    const auto& account = slot->account();
    const auto found = account->contacts.find(contact);
    if (found == account->contacts.end() || found->second.user_sees != Decision::pending_out) return;
    const auto jid = face_.addresses.jid(slot->endpoint(), contact);
    const auto user = translate::user_jid(account->row.user);
    if (!jid) return;
    auto row = found->second;
    if (!result) {
        // A lost connection is no answer: the request stays and is made again with the next session (GW-CON-001).
        if (result.error().code != Errc::bad_recipient && result.error().code != Errc::refused) return;
        row.user_sees = Decision::refused;
        accounts_.save_contact(account, row);
        return send_type(*jid, user, "unsubscribed", translate::sentence(result.error().code));
    }
    // Who refused to be seen by the contact is not made to be seen by a roster that says "both".
    if (may_write(*account) && row.contact_sees == Decision::none) {
        spawn(face_.executor, write_contact(account, contact, *jid));
    } else {
        grant(account, std::move(row), *jid);
    }
}

void PresenceService::grant(const accounts::AccountPtr& account, store::ContactRow row,
                            const xmpp::Jid& jid) {
    const auto user = translate::user_jid(account->row.user);
    row.user_sees = Decision::subscribed;
    accounts_.save_contact(account, row);
    send_type(jid, user, "subscribed");
    show_contact(jid, user, known(*account, row.contact));
    if (row.contact_sees == Decision::none) send_type(jid, user, "subscribe");
}

void PresenceService::subscribed(const translate::Entity& entity, const accounts::AccountPtr& account) {
    auto row = row_for(account, entity);
    if (row.contact_sees == Decision::subscribed) return;
    // A contact asks only those who asked for it: what nobody asked for makes no row.
    if (entity.kind != translate::Entity::Kind::gateway && !account->contacts.contains(row.contact)) return;
    const bool first = std::ranges::none_of(account->contacts, [](const auto& known) {
        return known.second.contact_sees == Decision::subscribed;
    });
    row.contact_sees = Decision::subscribed;
    accounts_.save_contact(account, std::move(row));
    // jabberd2 now shows the one client that said yes, and no other: one probe brings all (GW-LOG-010).
    if (first) send_type(entity.bare, translate::user_jid(account->row.user), "probe");
}

namespace {
Task<> unwatch(std::shared_ptr<adapter::Session> session, ContactId contact, SteadyTime deadline) {
    co_await session->roster()->remove(std::move(contact), deadline);
}
}  // namespace

void PresenceService::unsubscribe(const translate::Entity& entity, const accounts::AccountPtr& account) {
    auto row = row_for(account, entity);
    if (row.user_sees == Decision::removed || row.user_sees == Decision::none) return;
    row.user_sees = Decision::removed;
    const auto contact = row.contact;
    accounts_.save_contact(account, std::move(row));
    told_[account->row.id].erase(contact);
    if (entity.kind != translate::Entity::Kind::contact) return;
    const auto slot = supervisor_.slot(account, entity.address.endpoint);
    const auto session = slot->session();
    if (session && session->roster()) {
        spawn(face_.executor, unwatch(session, contact, face_.in(settings_.add_within)));
    }
    update_reasons(account);
}

void PresenceService::unsubscribed(const translate::Entity& entity, const accounts::AccountPtr& account) {
    auto row = row_for(account, entity);
    if (entity.kind != translate::Entity::Kind::gateway && !account->contacts.contains(row.contact)) return;
    row.contact_sees = row.contact_sees == Decision::none ? Decision::refused : Decision::removed;
    accounts_.save_contact(account, std::move(row));
    if (entity.kind == translate::Entity::Kind::gateway) {
        // The gateway itself was taken out of the roster: log out, keep the registration (GW-REG-024).
        apply(account, users_.remove(account->row.user, ""));
    }
}

// --------------------------------------------------------------------------------------------- what is known

bool PresenceService::follows(const accounts::Account& account, const ContactId& contact) const {
    const auto row = account.contacts.find(contact);
    return row != account.contacts.end() && row->second.contact_sees == Decision::subscribed &&
           (row->second.user_sees == Decision::subscribed || row->second.user_sees == Decision::pending_out);
}

bool PresenceService::sees(const accounts::Account& account, const ContactId& key) const {
    const auto row = account.contacts.find(key);
    return row != account.contacts.end() && row->second.user_sees == Decision::subscribed;
}

Presence PresenceService::known(const accounts::Account& account, const ContactId& contact) const {
    const auto of_account = told_.find(account.row.id);
    if (of_account == told_.end()) return {};
    const auto found = of_account->second.find(contact);
    return found == of_account->second.end() ? Presence{} : found->second.presence;
}

std::optional<WallTime> PresenceService::gone_since(const accounts::Account& account,
                                                    const ContactId& contact) const {
    const auto of_account = told_.find(account.row.id);
    if (of_account == told_.end()) return std::nullopt;
    const auto found = of_account->second.find(contact);
    return found == of_account->second.end() ? std::nullopt : found->second.gone_since;
}

void PresenceService::tell_anew(const AccountId& account) {
    const auto of_account = told_.find(account);
    if (of_account == told_.end()) return;
    std::erase_if(of_account->second, [](const auto& entry) { return !entry.second.gone_since; });
    if (of_account->second.empty()) told_.erase(of_account);
}

bool PresenceService::show(const translate::Entity& who, const xmpp::Jid& to, const Presence& presence,
                           std::string_view id) {
    return face_.outlet.send(shown_.make(who, to, presence, id)).has_value();
}

bool PresenceService::show_contact(const xmpp::Jid& from, const xmpp::Jid& to, const Presence& presence) {
    return face_.outlet.send(shown_.make_contact(from, to, presence)).has_value();
}

void PresenceService::show_gone(const xmpp::Jid& who, const xmpp::Jid& to) {
    const auto entity = face_.addresses.entity(who);
    if (entity && entity->kind == translate::Entity::Kind::contact) {
        show_contact(who, to, {});
    } else {
        send_type(who, to, "unavailable");
    }
}

void PresenceService::send_type(const xmpp::Jid& from, const xmpp::Jid& to, std::string_view type,
                                std::string_view status, std::string_view id) {
    auto stanza = xmpp::make_stanza(xmpp::StanzaKind::presence, from, to, type, id);
    if (!status.empty()) stanza.add("status").add_text(face_.say(to, status));
    if (type == "probe" || type == "unavailable")
        static_cast<void>(face_.outlet.send(stanza));
    else
        subscriptions_.send(std::move(stanza));
}

}  // namespace causeway::presence
