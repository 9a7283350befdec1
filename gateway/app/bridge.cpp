#include "gateway/app/bridge.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::app {
namespace {

using translate::Entity;
using xmpp::Condition;
using xmpp::StanzaKind;

constexpr log::Message kStranger{"CAUSEWAY_STRANGER_REFUSED", log::Level::debug,
                                 "somebody who may not use the network was refused"};
constexpr log::Message kReportLost{"CAUSEWAY_REPORT_UNMATCHED", log::Level::warning,
                                   "a network reported on a message that is not known"};

/// Presence, IQs, chat states: enough for a roster of thousands coming online, not for a flood.
constexpr security::RateSettings kRequests{.per_minute = 3'000, .burst = 12'000};

/// On record while the process runs: found at the start, it has not ended in order.
constexpr std::string_view kRunning = "running";

xmpp::Jid component_jid(const std::string& domain) {
    auto jid = xmpp::Jid::parse(domain);
    return jid ? std::move(*jid) : xmpp::Jid{};
}

}  // namespace

Bridge::Bridge(Executor executor, BridgeSettings settings, std::unique_ptr<adapter::Network> network,
               store::Store& store, delivery::Sequence& sequence, const security::Vault& vault,
               Context context)
    : executor_(executor),
      settings_(std::move(settings)),
      context_(context),
      network_(std::move(network)),
      link_(executor, settings_.link, *this, context),
      outlet_(executor, link_, settings_.name.str(), context),
      addresses_(component_jid(settings_.link.domain), *network_),
      accounts_(executor, settings_.name, store, vault, context),
      languages_(accounts_, *network_),
      gauges_(context.metrics, settings_.name),
      supervisor_(accounts::Slot::Surroundings{executor, *network_, accounts_, *this, gauges_, context},
                  settings_.slots),
      sender_(executor, settings_.name, network_->info(), context, {}),
      ledger_(executor, settings_.name, delivery::rules_of(network_->info()), accounts_, supervisor_,
              sequence, context),
      desk_(
          store, [this](const NetworkName& name) { return name == settings_.name ? &ledger_ : nullptr; },
          context),
      intake_(executor, link_, store, settings_.name, context),
      requests_(executor, outlet_, context),
      chat_(face(), supervisor_, sender_),
      kept_chat_(face(), accounts_, supervisor_, ledger_, chat_.typing()),
      rooms_(face(), accounts_, supervisor_, sender_, chat_, requests_, {}),
      rosters_(face(), requests_),
      presence_(face(), accounts_, supervisor_, {}),
      registration_(face(), *network_, accounts_, supervisor_, presence_, rooms_),
      commands_(face(), {accounts_, supervisor_, presence_, rooms_, registration_,
                         [this](const UserId& user) { return settings_.policy.is_admin(user); },
                         [this](log::Level level) {
                             if (settings_.set_log_level) settings_.set_log_level(level);
                         },
                         keeps_messages() ? &desk_ : nullptr}),
      search_(face(), presence_),
      queries_(face()),
      message_limiter_(settings_.messages),
      join_limiter_(settings_.joins),
      request_limiter_(kRequests),
      strangers_(context.metrics.counter("causeway_strangers_refused_total",
                                         "Stanzas of people who may not use the network",
                                         {{"network", settings_.name.str()}})) {
    presence_.use(rosters_);
    ledger_.use(kept_chat_, [this](const Error& why) { intake_.store_failed(why); });
    accounts_.when_forgotten([this](const AccountId& account) { ledger_.forget(account); });
}

Bridge::~Bridge() = default;

translate::Face Bridge::face() noexcept {
    return translate::Face{executor_, settings_.name, *network_, addresses_, outlet_, context_, &languages_};
}

Task<Result<>> Bridge::prepare() {
    auto joins = co_await accounts_.load();
    if (!joins) co_return fail(joins.error());
    left_joins_ = std::move(*joins);
    if (accounts_.left_records().contains(kRunning)) presence_.after_crash();
    accounts_.put_record(std::string(kRunning), "1");
    co_return co_await ledger_.load();
}

void Bridge::start() {
    ledger_.start();
    spawn(executor_, network_->run());
    spawn(executor_, link_.run());
}

Task<> Bridge::stop(std::string goodbye, SteadyTime deadline) {
    const auto quarter = (deadline - context_.clock.steady()) / 4;
    const auto drained_by = context_.clock.steady() + quarter;
    const auto logged_out_by = drained_by + 2 * quarter;
    // Our own IQ comes back behind everything that the server had queued for us (DESIGN §5).
    co_await link_.barrier(drained_by);
    closing_ = true;
    rooms_.close_all(goodbye);
    presence_.close_all();
    intake_.stop();
    co_await supervisor_.shut_all(goodbye, logged_out_by);
    ledger_.stop();
    if (ready()) accounts_.put_record(std::string(kRunning), "");  // everybody was told
    co_await link_.stop(deadline);
    co_await network_->close(deadline);
}

bool Bridge::ready() const noexcept {
    return link_.state() == xmpp::LinkState::up;
}

boost::json::object Bridge::status() const {
    std::size_t sessions = 0;
    std::size_t connected = 0;
    for (const auto& account : accounts_.all()) {
        for (const auto& [endpoint, slot] : account->slots) {
            if (slot->state() == adapter::SessionState::stopped) continue;
            ++sessions;
            if (slot->state() == adapter::SessionState::connected) ++connected;
        }
    }
    boost::json::object status;
    status["network"] = settings_.name.str();
    status["jid"] = settings_.link.domain;
    status["link"] = std::string(xmpp::to_string(link_.state()));
    status["accounts"] = accounts_.size();
    status["sessions"] = sessions;
    status["sessions_connected"] = connected;
    status["rooms"] = rooms_.room_count();
    if (keeps_messages()) status["intake"] = intake_.is_closed() ? "closed" : "open";
    status["messages_waiting"] = sender_.depth();
    return status;
}

void Bridge::disk_is(const std::optional<std::string>& low) {
    if (keeps_messages()) intake_.disk_is(low);
}

void Bridge::reconfigure(BridgeSettings settings) {
    message_limiter_.reconfigure(settings.messages);
    join_limiter_.reconfigure(settings.joins);
    supervisor_.set_settings(settings.slots);
    link_.reconfigure(settings.link);
    settings_.policy = std::move(settings.policy);
    settings_.messages = settings.messages;
    settings_.joins = settings.joins;
    settings_.slots = settings.slots;
    settings_.link = std::move(settings.link);
}

// ------------------------------------------------------------------------------------------------ from the link

void Bridge::on_stanza(xmpp::Stanza stanza) {
    const auto& head = stanza.head;
    if (head.kind == StanzaKind::iq && !head.is_request()) {
        static_cast<void>(requests_.answer(stanza));
        return;
    }
    if (head.kind == StanzaKind::message && rosters_.on_advert(stanza)) return;
    const auto user = translate::user_id(head.from);
    if (!settings_.policy.may_use(user)) return refuse_stranger(stanza);
    languages_.hear(stanza);
    if (closing_) return refuse_late(stanza);
    if (intake_.is_closed() && head.kind == StanzaKind::message && keeps_messages())
        return refuse_unkept(stanza);
    const auto entity = addresses_.entity(head.to);
    if (!entity) return to_nobody(stanza, entity.error());
    switch (head.kind) {
        case StanzaKind::message:
            return on_message(stanza, *entity, user);
        case StanzaKind::presence:
            return on_presence(stanza, *entity, user);
        case StanzaKind::iq:
            return on_iq(stanza, *entity, user);
    }
}

void Bridge::on_oversize(xmpp::StanzaHead head, std::string_view limit) {
    face().refuse(head,
                  xmpp::make_condition(Condition::policy_violation,
                                       "This is over the gateway's limit. (" + std::string(limit) + ")"));
}

void Bridge::refuse_late(const xmpp::Stanza& stanza) {
    // Sessions are being closed: what came after the barrier goes back to its sender rather than nowhere.
    const auto& head = stanza.head;
    if (head.kind == StanzaKind::presence && !xmpp::xep0045::read_join(stanza.element)) return;
    auto error =
        xmpp::make_condition(Condition::service_unavailable, "The gateway is stopping. Try again later.");
    error.type = xmpp::ErrorType::wait;
    face().refuse(head, error);
}

void Bridge::refuse_unkept(const xmpp::Stanza& stanza) {
    auto error = translate::to_stanza_error(make_error(Errc::storage));
    error.type = xmpp::ErrorType::wait;
    face().refuse(stanza.head, error);
}

void Bridge::refuse_stranger(const xmpp::Stanza& stanza) {
    const auto& head = stanza.head;
    // What servers ask of every component is no use of the network.
    if (head.kind == StanzaKind::iq && head.to.local().empty() && queries_.on_iq_of_stranger(stanza)) return;
    strangers_.Increment();
    context_.log.event(
        kStranger, {{"network", settings_.name.str()}, {"user", context_.log.person(head.from.bare_view())}});
    if (head.kind == StanzaKind::presence && head.type != "subscribe" &&
        !xmpp::xep0045::read_join(stanza.element))
        return;
    face().refuse(head, xmpp::make_condition(Condition::not_allowed, "You may not use this gateway."));
}

void Bridge::to_nobody(const xmpp::Stanza& stanza, const Error& why) {
    const auto& head = stanza.head;
    if (head.kind == StanzaKind::presence && !xmpp::xep0045::read_join(stanza.element))
        return presence_.on_nobody(head);
    const auto say = [&](std::string_view english) { return face().say(head.from, english); };
    const auto looks =
        " " + translate::fill(
                  say("An address looks like {}."),
                  {translate::contact_example(network_->info(), std::string(face().component().str()))});
    face().refuse(head, why.code == Errc::refused
                            ? xmpp::make_condition(Condition::not_allowed,
                                                   say("This server may not be reached from here.") + looks)
                            : xmpp::make_condition(Condition::item_not_found,
                                                   say("There is nobody of that address.") + looks));
}

bool Bridge::within(security::RateLimit& limiter, const xmpp::Stanza& stanza, const UserId& user) {
    const auto taken = limiter.take(user, context_.clock.steady());
    if (taken) return true;
    face().refuse(stanza.head, translate::to_stanza_error(taken.error()));
    return false;
}

accounts::AccountPtr Bridge::account_for_use(const xmpp::Stanza& stanza, const Entity& entity) {
    const auto user = translate::user_id(stanza.head.from);
    auto account = accounts_.find(user);
    const bool registered = account && account->row.registered;
    if (!registered && network_->info().login_required) {
        face().refuse(stanza.head, xmpp::make_condition(Condition::registration_required,
                                                        "Register with the gateway first."));
        return nullptr;
    }
    if (account && account->row.logged_out) {
        face().refuse(stanza.head, xmpp::make_condition(Condition::not_authorized,
                                                        "You are logged out: say “login” to the gateway."));
        return nullptr;
    }
    if (!account) account = accounts_.ensure(user);
    if (supervisor_.has_place(account, entity.address.endpoint)) return account;
    face().refuse(stanza.head, xmpp::make_condition(Condition::resource_constraint,
                                                    "You are connected to too many servers at once."));
    return nullptr;
}

void Bridge::on_message(const xmpp::Stanza& stanza, const Entity& entity, const UserId& user) {
    const auto& head = stanza.head;
    if (head.is_error()) {
        if (entity.kind == Entity::Kind::room) return rooms_.on_message(stanza, entity, accounts_.find(user));
        return kept_chat_.on_error(stanza);
    }
    const bool has_words = stanza.has_body() || stanza.element.child("subject") != nullptr;
    if (!within(has_words ? message_limiter_ : request_limiter_, stanza, user)) return;
    if (entity.kind == Entity::Kind::gateway && stanza.has_body() && head.type != "groupchat") {
        return commands_.on_message(stanza);
    }
    if (entity.kind == Entity::Kind::gateway || entity.kind == Entity::Kind::endpoint) {
        return queries_.on_message(stanza, entity);
    }
    if (entity.kind == Entity::Kind::room) {
        return rooms_.on_message(stanza, entity, accounts_.find(user));
    }
    if (rooms_.on_invite(stanza, entity, accounts_.find(user))) return;
    const auto account = account_for_use(stanza, entity);
    if (!account) return;
    const auto& contact = std::get<ContactId>(entity.address.target);
    if (!keeps_messages()) return chat_.on_message(stanza, account, entity.address.endpoint, contact);
    intake_.began();
    kept_chat_.on_message(stanza, account, entity.address.endpoint, contact, [this] { intake_.ended(); });
}

void Bridge::on_presence(const xmpp::Stanza& stanza, const Entity& entity, const UserId& user) {
    if (!stanza.head.is_error() && !within(request_limiter_, stanza, user)) return;
    auto account = accounts_.find(user);
    if (entity.kind != Entity::Kind::room) return presence_.on_presence(stanza, entity, std::move(account));
    if (stanza.head.type == "subscribe" || stanza.head.type == "probe") {
        return presence_.on_presence(stanza, entity, std::move(account));
    }
    if (stanza.head.type.empty() && xmpp::xep0045::read_join(stanza.element)) {
        if (!within(join_limiter_, stanza, user)) return;
        account = account_for_use(stanza, entity);
        if (!account) return;
    }
    rooms_.on_presence(stanza, entity, account);
}

void Bridge::on_iq(const xmpp::Stanza& stanza, const Entity& entity, const UserId& user) {
    if (!within(request_limiter_, stanza, user)) return;
    if (stanza.element.child_count() != 1) {
        return face().refuse(stanza.head, xmpp::make_condition(Condition::bad_request));
    }
    const auto account = accounts_.find(user);
    if (entity.kind == Entity::Kind::gateway && registration_.on_iq(stanza)) return;
    if (entity.kind == Entity::Kind::gateway && commands_.on_iq(stanza)) return;
    if (entity.kind == Entity::Kind::gateway && search_.on_iq(stanza, account)) return;
    if (entity.kind == Entity::Kind::gateway && rosters_.on_push(stanza)) return;
    if (entity.kind == Entity::Kind::room && rooms_.on_iq(stanza, entity, account)) return;
    if (queries_.on_iq(stanza, entity, account)) return;
    face().refuse(stanza.head, xmpp::make_condition(Condition::service_unavailable));
}

void Bridge::on_up() {
    ledger_.on_link_up();
    presence_.on_link_up();
    rooms_.on_link_up();
    rooms_.restore(std::exchange(left_joins_, {}));
}

void Bridge::on_down(const Error& why) {
    ledger_.on_link_down(why);
    requests_.fail_all();
    rosters_.on_link_down();
    presence_.on_link_down();
}

// ------------------------------------------------------------------------------------------------ from sessions

void Bridge::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event) {
    if (rooms_.on_event(slot, event)) return;
    if (const auto* presence = std::get_if<adapter::EventPresence>(&event))
        return presence_.on_contact(slot, *presence);
    if (const auto* notice = std::get_if<adapter::EventServerNotice>(&event))
        return chat_.show(slot, *notice);
    if (const auto* invite = std::get_if<adapter::EventInvite>(&event))
        return queries_.show_invite(slot, *invite);
    if (const auto* typing = std::get_if<adapter::EventTyping>(&event))
        return chat_.typing().show(slot, *typing);
    const auto* message = std::get_if<adapter::EventMessage>(&event);
    if (message && !rooms_.show_private(slot, *message)) chat_.show(slot, *message);
}

bool Bridge::keeps_messages() const noexcept {
    return network_->info().durability == adapter::Durability::durable;
}

/// What somebody said to the user alone, on a network whose messages are kept; nullptr: it is shown and that is all.
adapter::EventMessage* Bridge::to_be_kept(adapter::EventBody& event) const noexcept {
    auto* message = keeps_messages() ? std::get_if<adapter::EventMessage>(&event) : nullptr;
    return message && std::holds_alternative<ContactId>(message->in) && !message->from_self ? message
                                                                                            : nullptr;
}

Task<> Bridge::on_event(std::shared_ptr<accounts::Slot> slot, adapter::EventBody event) {
    if (auto* message = to_be_kept(event)) return keep_live(std::move(slot), std::move(*message));
    show(slot, event);
    return outlet_.writable();
}

Task<> Bridge::keep_live(std::shared_ptr<accounts::Slot> slot, adapter::EventMessage event) {
    const auto words = event;
    if (co_await kept_chat_.keep(slot, std::move(event), {}, {})) co_return;
    // The network was never asked to say it again: shown is better than lost.
    show(slot, words);
    co_await outlet_.writable();
}

Task<Result<>> Bridge::on_deliver(std::shared_ptr<accounts::Slot> slot, adapter::Event event) {
    store::Batch records;
    for (auto& [key, value] : event.records) {
        records.emplace_back(store::PutRecord{slot->account()->row.id, std::move(key), std::move(value)});
    }
    if (auto* message = to_be_kept(event.body)) {
        if (intake_.is_closed()) co_return fail(Errc::storage, "the intake is closed");
        co_return co_await kept_chat_.keep(std::move(slot), std::move(*message), std::move(event.key),
                                           std::move(records));
    }
    show(slot, event.body);
    // "Kept" may be said when the XMPP server has it, and the adapter's own records are committed.
    if (auto taken = co_await outlet_.barrier(face().in(Millis{30'000})); !taken) co_return taken;
    co_return co_await accounts_.store().commit(std::move(records));
}

void Bridge::on_hint(const std::shared_ptr<accounts::Slot>& slot, adapter::EventBody event) {
    show(slot, event);
}

void Bridge::on_report(const std::shared_ptr<accounts::Slot>& slot, const MessageKey& key,
                       model::DeliveryStage stage, const std::optional<Error>& error) {
    if (keeps_messages()) return ledger_.on_report(slot->account(), key, stage, error);
    // Networks of the live class accept or refuse at once; a later report belongs to no message that is waited for.
    context_.log.event(kReportLost, {{"network", settings_.name.str()}});
}

void Bridge::on_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) {
    if (closing_) return;
    ledger_.on_slot_state(slot);
    rooms_.on_slot_state(slot, reason);
    presence_.on_slot_state(slot, reason);
}

}  // namespace causeway::app
