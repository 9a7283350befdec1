// PresenceService, third part: what servers ask of contacts and of the gateway.
#include "component/xep/xep0203_delay.hpp"
#include "gateway/presence/presence_service.hpp"

namespace causeway::presence {

using adapter::SessionState;
using model::Availability;

void PresenceService::probe(const xmpp::StanzaHead& head, const translate::Entity& entity,
                            const accounts::AccountPtr& account) {
    if (entity.kind == translate::Entity::Kind::room) return;
    const auto key = account ? row_for(account, entity).contact : ContactId{};
    if (!account || !sees(*account, key)) {
        return send_type(entity.bare, head.from.bare(), "unsubscribed", {}, head.id);
    }
    if (entity.kind == translate::Entity::Kind::contact) return probe_contact(head, entity, account, key);
    const auto* endpoint =
        entity.kind == translate::Entity::Kind::endpoint ? &entity.address.endpoint : nullptr;
    show(entity, head.from, gateway_presence(*account, endpoint), head.id);
}

void PresenceService::probe_contact(const xmpp::StanzaHead& head, const translate::Entity& entity,
                                    const accounts::AccountPtr& account, const ContactId& contact) {
    if (!head.to.resource().empty() && head.to.resource() != shown_.resource()) {
        // None of that name is there (GW-PRES-003).
        return send_type(head.to, head.from, "unavailable", {}, head.id);
    }
    if (!is_being_learnt(*account, entity.address.endpoint, contact))
        return answer_probe(*account, contact, entity, {head.from, head.id});
    // The network is about to tell: one presence then, instead of "not there" now and another in a moment.
    if (held_probes_.hold(account->row.id, contact, {head.from, head.id}))
        spawn(face_.executor, answer_held_in_time(account));
}

bool PresenceService::is_being_learnt(const accounts::Account& account, const EndpointId& endpoint,
                                      const ContactId& contact) const {
    const auto of_account = told_.find(account.row.id);
    if (of_account != told_.end() && of_account->second.contains(contact)) return false;
    if (account.row.logged_out) return false;
    const auto slot = account.slots.find(endpoint);
    // Servers may ask before they say that the user is there, which is what brings the session.
    if (slot == account.slots.end() || slot->second->state() == SessionState::stopped)
        return account.presence.show == Availability::offline;
    return slot->second->state() == SessionState::connecting ||
           slot->second->state() == SessionState::connected;
}

void PresenceService::answer_probe(const accounts::Account& account, const ContactId& contact,
                                   const translate::Entity& entity, const HeldProbe& probe) {
    const auto now = known(account, contact);
    auto answer = shown_.make(entity, probe.from, now, probe.id);
    if (now.show == Availability::offline) answer.set_attr("from", entity.bare.str());
    if (const auto since = gone_since(account, contact); since && now.show == Availability::offline) {
        answer.add(xmpp::xep0203::make_delay(*since, entity.bare.str()));
    }
    static_cast<void>(face_.outlet.send(answer));
}

void PresenceService::answer_held(const accounts::Account& account, const ContactId& contact,
                                  const HeldProbes::Probes& probes) {
    if (probes.empty() || !sees(account, contact)) return;  // not in the roster any more
    const auto jid = face_.addresses.jid_of_text(account.contacts.at(contact).address);
    const auto entity = jid ? face_.addresses.entity(*jid) : fail(jid.error());
    if (!entity) return;
    for (const auto& each : probes) answer_probe(account, contact, *entity, each);
}

Task<> PresenceService::answer_held_in_time(accounts::AccountPtr account) {
    co_await sleep_until(face_.in(settings_.probe_within));
    for (const auto& [contact, probes] : held_probes_.take_all(account->row.id))
        answer_held(*account, contact, probes);
}

}  // namespace causeway::presence
