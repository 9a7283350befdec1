// PresenceService, second part: what networks, sessions and the link do to what users see.
#include "gateway/presence/presence_service.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::presence {
namespace {

using adapter::SessionState;
using model::Availability;
using model::Presence;
using store::Decision;

Presence make_presence(Availability show, std::string status) {
    Presence presence;
    presence.show = show;
    presence.status = std::move(status);
    return presence;
}

}  // namespace

// -------------------------------------------------------------------------------------------------- contacts

void PresenceService::on_contact(const std::shared_ptr<accounts::Slot>& slot,
                                 const adapter::EventPresence& event) {
    const auto& account = slot->account();
    const auto row = account->contacts.find(event.who);
    if (row == account->contacts.end()) return;
    const auto decision = row->second.user_sees;
    if (decision != Decision::subscribed && decision != Decision::pending_out) return;
    auto& told = told_[account->row.id][event.who];
    const auto asked = held_probes_.take(account->row.id, event.who);
    if (told.presence == event.presence) return answer_held(*account, event.who, asked);  // GW-PRES-013
    told.presence = event.presence;
    told.gone_since.reset();
    if (event.presence.show == Availability::offline) told.gone_since = face_.context.clock.wall();
    if (decision == Decision::pending_out) return;  // shown right after `subscribed`
    const auto jid = face_.addresses.jid(slot->endpoint(), event.who);
    if (!jid) return;
    // Nobody is there to see it: it is shown when the user comes.
    if (account->row.always_on && account->presence.show == Availability::offline) return;
    changes_.Increment();
    note(told, show_contact(*jid, translate::user_jid(account->row.user), event.presence));
}

Task<> PresenceService::watch_contacts(std::shared_ptr<accounts::Slot> slot) {
    const auto& account = slot->account();
    std::vector<ContactId> watched;
    for (const auto& [id, row] : account->contacts) {
        if (row.user_sees != Decision::subscribed && row.user_sees != Decision::pending_out) continue;
        const auto address = face_.network.parse_address(row.address);
        if (!row.address.empty() && address && address->endpoint == slot->endpoint() &&
            std::holds_alternative<ContactId>(address->target)) {
            watched.push_back(id);
        }
    }
    for (auto& contact : watched) {
        if (!slot->session()) co_return;
        co_await add_contact(slot, std::move(contact));
    }
}

// -------------------------------------------------------------------------------------------------- sessions

void PresenceService::on_slot_state(const std::shared_ptr<accounts::Slot>& slot,
                                    const std::string& /*reason*/) {
    const auto& account = slot->account();
    if (slot->state() == SessionState::connected) {
        auto presence = account->presence;
        if (presence.show == Availability::offline && account->row.always_on)
            presence.show = Availability::away;  // stays without a client (GW-LOG-009)
        if (presence.show != Availability::offline) spawn(face_.executor, mirror(slot, std::move(presence)));
        spawn(face_.executor, watch_contacts(slot));
    } else {
        // Nobody is seen through a session that is not there (GW-LOG-017): each change once, no roster changes.
        for (const auto& [id, row] : account->contacts) {
            const auto endpoint = endpoint_of(row);
            if (!endpoint || *endpoint != slot->endpoint()) continue;
            if (known(*account, id).show == Availability::offline) continue;
            adapter::EventPresence gone;
            gone.who = id;
            on_contact(slot, gone);
        }
    }
    const bool failed =
        slot->state() == SessionState::bad_credentials || slot->state() == SessionState::needs_user;
    if (failed && slot->last_error()) login_failed(account, *slot->last_error());
    tell_gateway_presence(account);
}

void PresenceService::login_failed(const accounts::AccountPtr& account, const Error& error) {
    if (!sees(*account, ContactId{})) return;
    xmpp::StanzaHead request;  // the presence that asked for the login, as far as an answer needs it
    request.kind = xmpp::StanzaKind::presence;
    request.from = translate::user_jid(account->row.user);
    request.to = face_.component();
    face_.refuse(request, translate::to_stanza_error(error));
}

Presence PresenceService::gateway_presence(const accounts::Account& account,
                                           const EndpointId* endpoint) const {
    if (account.row.logged_out) return {};
    if (account.presence.show == Availability::offline && !endpoint)
        return make_presence(Availability::online, "");
    const auto user = translate::user_jid(account.row.user);
    auto worst = SessionState::connected;
    std::string words;
    bool any = false;
    for (const auto& [id, slot] : account.slots) {
        if (endpoint && id != *endpoint) continue;
        if (slot->state() == SessionState::stopped) continue;
        any = true;
        if (slot->state() == SessionState::connected) continue;
        worst = slot->state();
        words = slot->last_error() ? face_.say(user, translate::sentence(slot->last_error()->code)) : "";
    }
    if (endpoint && !any) return {};  // a far server is "there" while one is connected to it
    switch (worst) {
        case SessionState::connecting:
            return make_presence(Availability::busy, face_.say(user, "Connecting…"));
        case SessionState::backing_off:
        case SessionState::bad_credentials:
        case SessionState::needs_user:
            return make_presence(Availability::busy, std::move(words));
        default:
            return make_presence(Availability::online, "");
    }
}

void PresenceService::tell_gateway_presence(const accounts::AccountPtr& account) {
    if (account->presence.show == Availability::offline) return;
    const auto user = translate::user_jid(account->row.user);
    auto& told = told_[account->row.id];
    const auto tell = [&](const ContactId& key, const translate::Entity& who, const Presence& now) {
        auto [known, fresh] = told.try_emplace(key);
        if (!fresh && known->second.presence == now) return;
        known->second.presence = now;
        changes_.Increment();
        note(known->second, show(who, user, now));
    };
    if (sees(*account, ContactId{})) {
        translate::Entity gateway;
        gateway.bare = face_.component();
        tell(ContactId{}, gateway, gateway_presence(*account, nullptr));
    }
    for (const auto& [endpoint, slot] : account->slots) {
        model::Address address;
        address.endpoint = endpoint;
        const ContactId key{face_.network.format_address(address)};
        if (key.empty() || !sees(*account, key)) continue;
        const auto jid = face_.addresses.jid(address);
        if (!jid) continue;
        const auto who = face_.addresses.entity(*jid);
        if (who) tell(key, *who, gateway_presence(*account, &endpoint));
    }
}

// ------------------------------------------------------------------------------------------------------ link

void PresenceService::on_link_down() {
    ++link_epoch_;
    users_.doubt_all();
}

void PresenceService::on_link_up() {
    for (const auto& account : accounts_.all()) {
        if (account->row.always_on) update_reasons(account);
    }
    subscriptions_.send_again();
    spawn(face_.executor, probe_everybody());
}

Task<> PresenceService::probe_everybody() {
    const auto epoch = ++link_epoch_;
    const auto accounts = accounts_.all();
    std::size_t sent = 0;
    for (const auto& account : accounts) {
        const auto user = translate::user_jid(account->row.user);
        show_missed(account);
        // One probe brings all resources; it is answered only to somebody who may see the user.
        for (const auto& [id, row] : account->contacts) {
            if (row.contact_sees != Decision::subscribed) continue;
            const auto jid = face_.addresses.jid_of_text(row.address);
            if (!jid) continue;
            send_type(*jid, user, "probe");
            ++sent;
            break;
        }
        if (sent >= settings_.probes_at_once) {
            sent = 0;
            co_await sleep_until(face_.in(Millis{100}));
            if (epoch != link_epoch_) co_return;  // the link was lost again: the next one starts anew
        }
    }
    co_await sleep_until(face_.in(settings_.settle_after_link));
    if (epoch != link_epoch_) co_return;
    for (const auto& account : accounts) {
        apply(account, users_.sweep(account->row.user));
    }
}

void PresenceService::after_crash() {
    for (const auto& account : accounts_.all()) misled_.insert(account->row.id);
}

void PresenceService::correct(const accounts::AccountPtr& account) {
    if (misled_.erase(account->row.id) == 0) return;
    const auto user = translate::user_jid(account->row.user);
    for (const auto& [id, row] : account->contacts) {
        if (row.user_sees != Decision::subscribed || row.address.empty()) continue;
        if (known(*account, id).show != Availability::offline) continue;  // told since
        if (const auto jid = face_.addresses.jid_of_text(row.address)) show_gone(*jid, user);
    }
}

void PresenceService::show_missed(const accounts::AccountPtr& account) {
    const auto of_account = told_.find(account->row.id);
    if (of_account == told_.end()) return;
    const auto user = translate::user_jid(account->row.user);
    const auto taken = face_.outlet.taken_until();
    for (auto& [id, told] : of_account->second) {
        const auto row = account->contacts.find(id);
        if (told.said_at < taken || row == account->contacts.end()) continue;
        const auto jid = face_.addresses.jid_of_text(row->second.address);
        const auto who = jid ? face_.addresses.entity(*jid) : fail(jid.error());
        if (!who) continue;
        // What was lost on its way is counted already.
        const bool counted = std::exchange(told.written, show(*who, user, told.presence));
        told.said_at = face_.context.clock.steady();
        if (!counted && told.written) sent_.Increment();
    }
}

void PresenceService::note(Told& told, bool sent) {
    told.written = sent;
    told.said_at = face_.context.clock.steady();
    if (sent) sent_.Increment();
}

}  // namespace causeway::presence
