// PresenceService, fourth part: what becomes of an account, its roster and what was shown when the user comes, goes,
// registers, adds, removes or leaves for good.
#include "gateway/presence/presence_service.hpp"

namespace causeway::presence {

using adapter::SessionState;
using model::Availability;
using store::Decision;

void PresenceService::show_known(const accounts::AccountPtr& account) {
    const auto of_account = told_.find(account->row.id);
    if (of_account == told_.end()) return;
    const auto user = translate::user_jid(account->row.user);
    auto& told = of_account->second;
    for (auto entry = told.begin(); entry != told.end();) {
        const auto row = account->contacts.find(entry->first);
        const auto jid = row == account->contacts.end() ? Result<xmpp::Jid>(fail(Errc::bad_recipient))
                                                        : face_.addresses.jid_of_text(row->second.address);
        const auto who = jid ? face_.addresses.entity(*jid) : fail(jid.error());
        // What the gateway and far servers are is told anew by tell_gateway_presence().
        if (!who || who->kind != translate::Entity::Kind::contact) {
            entry = told.erase(entry);
            continue;
        }
        const auto& presence = entry->second.presence;
        if (presence.show != Availability::offline && sees(*account, entry->first)) {
            changes_.Increment();
            note(entry->second, show(*who, user, presence));
        }
        ++entry;
    }
}

void PresenceService::set_always_on(const accounts::AccountPtr& account, bool on) {
    if (account->row.always_on == on) return;
    account->row.always_on = on;
    accounts_.save(account);
    if (account->presence.show != Availability::offline) return;
    if (on) {
        update_reasons(account);
    } else {
        log_out(account);
    }
}

void PresenceService::on_registered(const accounts::AccountPtr& account) {
    const auto user = translate::user_jid(account->row.user);
    const auto row = account->contacts.find(ContactId{});
    if (row == account->contacts.end() || row->second.contact_sees != Decision::subscribed) {
        // What the user has removed is asked for, not written (GW-CON-020).
        const bool asked_before =
            row != account->contacts.end() && row->second.user_sees == Decision::removed;
        if (may_write(*account) && !asked_before) {
            spawn(face_.executor, write_gateway(account));
        } else {
            send_type(face_.component(), user, "subscribe");
        }
    }
    update_reasons(account);
    tell_gateway_presence(account);
}

void PresenceService::stay_out(const accounts::AccountPtr& account) {
    account->row.logged_out = true;
    accounts_.save(account);
    tell_gateway_presence(account);
    log_out(account);
}

void PresenceService::come_back(const accounts::AccountPtr& account) {
    if (std::exchange(account->row.logged_out, false)) accounts_.save(account);
    for (const auto& [endpoint, slot] : account->slots) {
        const bool stuck =
            slot->state() == SessionState::bad_credentials || slot->state() == SessionState::needs_user;
        if (stuck) slot->restart();
    }
    // Who asks for it is there, whether the gateway was told of presence or not.
    if (const auto credentials = accounts_.credentials(*account); credentials && account->row.registered) {
        for (const auto& home : face_.network.home_endpoints(*credentials))
            supervisor_.slot(account, home)->touch();
    }
    update_reasons(account);
    tell_gateway_presence(account);
}

bool PresenceService::add_to_roster(const UserId& user, const translate::Entity& contact) {
    if (rosters_ == nullptr || !rosters_->may_write(user)) return false;
    const auto account = accounts_.find(user);
    if (account) {
        auto row = row_for(account, contact);
        // Whom the user had removed or refused is wanted after all.
        const bool had_said_no =
            row.contact_sees == Decision::removed || row.contact_sees == Decision::refused;
        if (had_said_no && account->contacts.contains(row.contact)) {
            row.contact_sees = Decision::none;
            accounts_.save_contact(account, std::move(row));
        }
    }
    xmpp::StanzaHead request;
    request.kind = xmpp::StanzaKind::presence;
    request.type = "subscribe";
    request.from = translate::user_jid(user);
    request.to = contact.bare;
    subscribe(request, contact, account);
    return true;
}

void PresenceService::remove_contact(const accounts::AccountPtr& account, const translate::Entity& contact) {
    unsubscribe(contact, account);
    const auto row = row_for(account, contact);
    if (account->contacts.contains(row.contact)) unsubscribed(contact, account);
    const auto user = translate::user_jid(account->row.user);
    send_type(contact.bare, user, "unsubscribe");
    send_type(contact.bare, user, "unsubscribed");
    show_gone(contact.bare, user);
}

Task<> PresenceService::write_gateway(accounts::AccountPtr account) {
    const auto user = translate::user_jid(account->row.user);
    const auto written =
        co_await rosters_->befriend(user, face_.component(), face_.network.info().display_name);
    if (!accounts_.by_id(account->row.id)) co_return;  // unregistered meanwhile
    if (!written) {
        send_type(face_.component(), user, "subscribe");
        co_return;
    }
    store::ContactRow row;
    row.user_sees = row.contact_sees = Decision::subscribed;
    accounts_.save_contact(account, std::move(row));
    // The roster says that we may know; nobody has told us yet.
    send_type(face_.component(), user, "probe");
    tell_gateway_presence(account);
}

Task<> PresenceService::write_contact(accounts::AccountPtr account, ContactId contact, xmpp::Jid jid) {
    const auto user = translate::user_jid(account->row.user);
    const auto written = co_await rosters_->befriend(user, jid, {});
    const auto found = account->contacts.find(contact);
    // The user may have taken it back, or another answer of the network has been first.
    if (found == account->contacts.end() || found->second.user_sees != Decision::pending_out) co_return;
    auto row = found->second;
    if (!written) {
        grant(account, std::move(row), jid);
        co_return;
    }
    row.user_sees = row.contact_sees = Decision::subscribed;
    accounts_.save_contact(account, row);
    show_contact(jid, user, known(*account, contact));
}

void PresenceService::forget(const accounts::AccountPtr& account) {
    const auto user = translate::user_jid(account->row.user);
    for (const auto& [id, row] : account->contacts) {
        if (row.address.empty()) continue;
        const auto jid = face_.addresses.jid_of_text(row.address);
        if (!jid) continue;
        send_type(*jid, user, "unsubscribe");
        send_type(*jid, user, "unsubscribed");
        show_gone(*jid, user);
    }
    send_type(face_.component(), user, "unsubscribe");
    send_type(face_.component(), user, "unsubscribed");
    send_type(face_.component(), user, "unavailable");
    told_.erase(account->row.id);
    users_.forget(account->row.user);
}

void PresenceService::close_all() {
    for (const auto& account : accounts_.all()) {
        if (account->presence.show == Availability::offline) continue;
        const auto user = translate::user_jid(account->row.user);
        for (const auto& [id, row] : account->contacts) {
            const bool shown = row.address.empty() || known(*account, id).show != Availability::offline;
            if (row.user_sees != Decision::subscribed || !shown) continue;
            const auto jid = face_.addresses.jid_of_text(row.address);
            if (jid) show_gone(*jid, user);
        }
    }
    told_.clear();  // the end of each session would say it again
}

}  // namespace causeway::presence
