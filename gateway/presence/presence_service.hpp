#pragma once
/// @file gateway/presence/presence_service.hpp
/// NAME       PresenceService: log in and out by presence, subscriptions, and presence mirrored both ways.
/// WHY        XEP-0100: the user's presence drives the sessions; a contact's presence reaches the user, only when it
///            changes; what the user decided is kept and never asked again.
/// INVARIANTS Output is never more than changes (GW-NF-001). No `subscribed` leaves without a request (GW-CON-015).
/// TESTS      tests/unit/gateway/presence_service_test.cpp, tests/e2e/test_presence.py
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "gateway/accounts/supervisor.hpp"
#include "gateway/presence/held_probes.hpp"
#include "gateway/presence/roster_sync.hpp"
#include "gateway/presence/shown_presence.hpp"
#include "gateway/presence/user_presence.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/resend.hpp"

namespace causeway::presence {

struct PresenceSettings {
    Millis add_within{30'000};         ///< the network's answer to a new contact, connecting included
    Millis settle_after_link{10'000};  ///< time for users' servers to answer probes after the link came back
    Millis probe_within{10'000};      ///< a question after a contact of whom nothing is known yet is answered
    std::size_t probes_at_once = 50;  ///< accounts probed per tenth of a second
    std::size_t most_contacts = 5'000;  ///< of one account: each is kept for ever
};

class PresenceService {
public:
    PresenceService(translate::Face face, accounts::Accounts& accounts, accounts::Supervisor& supervisor,
                    PresenceSettings settings);

    /// Rosters are written where that is allowed; without it, and elsewhere, subscriptions are asked for.
    void use(RosterSync& rosters) noexcept { rosters_ = &rosters; }

    /// Presence to the component itself, a far server or a contact. `account` may be null.
    void on_presence(const xmpp::Stanza& stanza, const translate::Entity& entity,
                     accounts::AccountPtr account);
    /// What cannot be an address: subscriptions and probes are answered `unsubscribed` (GW-COMP-026).
    void on_nobody(const xmpp::StanzaHead& head);
    void on_contact(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventPresence& event);
    void on_slot_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason);
    void on_link_up();
    void on_link_down();
    /// We died last time without a farewell: what users believe of their contacts is of before.
    void after_crash();

    /// After a registration: asks to see the user, and logs in when the user is online (GW-REG-012, -015).
    void on_registered(const accounts::AccountPtr& account);
    /// The user logs out: no presence logs in again until come_back().
    void stay_out(const accounts::AccountPtr& account);
    void come_back(const accounts::AccountPtr& account);
    /// The user wants the contact in the roster, said otherwise than by a request to subscribe.
    /// @return false: the user's server does not let us write it, so the contact has to ask the user
    bool add_to_roster(const UserId& user, const translate::Entity& contact);
    /// The user does not want the contact any more, said otherwise than by the roster.
    void remove_contact(const accounts::AccountPtr& account, const translate::Entity& contact);
    /// The user's preference: stay logged in when the last resource goes; the network then shows the user away.
    void set_always_on(const accounts::AccountPtr& account, bool on);
    /// What is known of a contact whom the user sees; nullopt: nothing is told of others.
    [[nodiscard]] std::optional<model::Presence> watched(const accounts::Account& account,
                                                         const ContactId& contact) const {
        if (!sees(account, contact)) return std::nullopt;
        return known(account, contact);
    }
    /// The account is being deleted: everything that the user's roster must hear (GW-REG-022, -023).
    void forget(const accounts::AccountPtr& account);
    /// On the way out: unavailable from the component and from every contact who is shown (GW-LOG-014).
    void close_all();

private:
    void available(const xmpp::Stanza& stanza, const accounts::AccountPtr& account);
    void unavailable(const xmpp::Stanza& stanza, const translate::Entity& entity,
                     const accounts::AccountPtr& account);
    void apply(const accounts::AccountPtr& account, const Change& change);
    struct Told;
    /// A presence that a change has caused was sent, or could not be.
    void note(Told& told, bool sent);
    void log_in(const accounts::AccountPtr& account);
    void log_out(const accounts::AccountPtr& account);

    void probe(const xmpp::StanzaHead& head, const translate::Entity& entity,
               const accounts::AccountPtr& account);
    void probe_contact(const xmpp::StanzaHead& head, const translate::Entity& entity,
                       const accounts::AccountPtr& account, const ContactId& contact);
    /// Will the network say by itself, in a moment, whether the contact is there?
    [[nodiscard]] bool is_being_learnt(const accounts::Account& account, const EndpointId& endpoint,
                                       const ContactId& contact) const;
    void answer_probe(const accounts::Account& account, const ContactId& contact,
                      const translate::Entity& entity, const HeldProbe& probe);
    void answer_held(const accounts::Account& account, const ContactId& contact,
                     const HeldProbes::Probes& probes);
    /// No question waits for ever: what a network has not told by then is unavailable.
    [[nodiscard]] Task<> answer_held_in_time(accounts::AccountPtr account);
    void subscribe(const xmpp::StanzaHead& head, const translate::Entity& entity,
                   accounts::AccountPtr account);
    void subscribed(const translate::Entity& entity, const accounts::AccountPtr& account);
    void unsubscribe(const translate::Entity& entity, const accounts::AccountPtr& account);
    void unsubscribed(const translate::Entity& entity, const accounts::AccountPtr& account);
    [[nodiscard]] Task<> add_contact(std::shared_ptr<accounts::Slot> slot, ContactId contact);
    void contact_added(const std::shared_ptr<accounts::Slot>& slot, const ContactId& contact,
                       Result<> result);
    void grant(const accounts::AccountPtr& account, store::ContactRow row, const xmpp::Jid& jid);
    [[nodiscard]] bool may_write(const accounts::Account& account) const {
        return rosters_ != nullptr && account.row.preferences.write_roster &&
               rosters_->may_write(account.row.user);
    }
    [[nodiscard]] Task<> write_contact(accounts::AccountPtr account, ContactId contact, xmpp::Jid jid);
    [[nodiscard]] Task<> write_gateway(accounts::AccountPtr account);
    [[nodiscard]] Task<> watch_contacts(std::shared_ptr<accounts::Slot> slot);

    [[nodiscard]] model::Presence gateway_presence(const accounts::Account& account,
                                                   const EndpointId* endpoint) const;
    void tell_gateway_presence(const accounts::AccountPtr& account);
    /// @return whether the stanza could be sent
    bool show(const translate::Entity& who, const xmpp::Jid& to, const model::Presence& presence,
              std::string_view id = {});
    bool show_contact(const xmpp::Jid& from, const xmpp::Jid& to, const model::Presence& presence);
    /// `who`, whatever it is, is not there for the user any more.
    void show_gone(const xmpp::Jid& who, const xmpp::Jid& to);
    void show_missed(const accounts::AccountPtr& account);
    void send_type(const xmpp::Jid& from, const xmpp::Jid& to, std::string_view type,
                   std::string_view status = {}, std::string_view id = {});
    void login_failed(const accounts::AccountPtr& account, const Error& error);

    [[nodiscard]] std::optional<EndpointId> endpoint_of(const store::ContactRow& row) const;
    [[nodiscard]] store::ContactRow row_for(const accounts::AccountPtr& account,
                                            const translate::Entity& entity) const;
    /// Is the contact in the user's roster, and hears of the user's presence?
    [[nodiscard]] bool follows(const accounts::Account& account, const ContactId& contact) const;
    [[nodiscard]] bool sees(const accounts::Account& account, const ContactId& key) const;
    [[nodiscard]] model::Presence known(const accounts::Account& account, const ContactId& contact) const;
    [[nodiscard]] std::optional<WallTime> gone_since(const accounts::Account& account,
                                                     const ContactId& contact) const;
    /// Nobody is seen through sessions that are not there yet; who is there comes after that as a change.
    void correct(const accounts::AccountPtr& account);
    /// Who comes sees at once who is there, as far as a session that stayed knows it.
    void show_known(const accounts::AccountPtr& account);
    /// Forgets what the user was told, to tell it again; not when contacts went.
    void tell_anew(const AccountId& account);
    void update_reasons(const accounts::AccountPtr& account);
    [[nodiscard]] Task<> probe_everybody();
    [[nodiscard]] Task<> mirror(std::shared_ptr<accounts::Slot> slot, model::Presence presence);

    translate::Face face_;
    accounts::Accounts& accounts_;
    accounts::Supervisor& supervisor_;
    PresenceSettings settings_;
    RosterSync* rosters_ = nullptr;
    ShownPresence shown_;
    translate::Resend subscriptions_;  ///< said once, and nothing makes up for them
    UserPresence users_;
    HeldProbes held_probes_;
    Counter& changes_;  ///< never less than sent_ (GW-NF-001)
    Counter& sent_;
    struct Told {
        model::Presence presence;
        bool written = true;                     ///< false: the link was down
        SteadyTime said_at = SteadyTime::min();  ///< what was said of late may be lost with the link
        std::optional<WallTime> gone_since;  ///< of a contact who is offline: since when, if that is known
    };
    /// What each user was last told of each contact; and of the gateway itself under the empty id.
    std::unordered_map<AccountId, std::map<ContactId, Told>> told_;
    std::unordered_set<AccountId> misled_;  ///< may believe what was true before a crash of ours
    std::uint64_t link_epoch_ = 0;
};

}  // namespace causeway::presence
