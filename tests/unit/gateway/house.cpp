#include "tests/unit/gateway/house.hpp"

namespace causeway::test {
namespace {

using translate::Entity;
using xmpp::Condition;

std::string_view name_of(adapter::SessionState state) {
    using adapter::SessionState;
    switch (state) {
        case SessionState::stopped:
            return "stopped";
        case SessionState::connecting:
            return "connecting";
        case SessionState::connected:
            return "connected";
        case SessionState::backing_off:
            return "backing_off";
        case SessionState::bad_credentials:
            return "bad_credentials";
        case SessionState::needs_user:
            return "needs_user";
    }
    return "";
}

security::Vault make_vault(Random& random) {
    auto vault = security::Vault::from_key(Secret<>(std::string(security::Vault::kKeyBytes, 'k')), random);
    CAUSEWAY_ASSERT(vault);
    return std::move(*vault);
}

}  // namespace

House::House(HouseSettings settings)
    : network(loop.executor()),
      vault(make_vault(random)),
      addresses(jid("net.test"), network),
      accounts(loop.executor(), name, store, vault, context),
      languages(accounts, network),
      face{loop.executor(), name, network, addresses, outlet, context, &languages},
      gauges(metrics, name),
      supervisor({loop.executor(), network, accounts, *this, gauges, context}, settings.slots),
      sender(loop.executor(), name, network.info(), context, settings.sender),
      requests(loop.executor(), outlet, context),
      chat(face, supervisor, sender),
      rooms(face, accounts, supervisor, sender, chat, requests, settings.rooms),
      presence(face, accounts, supervisor, settings.presence),
      registration(face, network, accounts, supervisor, presence, rooms),
      commands(face, {accounts, supervisor, presence, rooms, registration,
                      [](const UserId& user) { return user.view() == "admin@home.test"; },
                      [this](log::Level level) { log_level = level; }}),
      search(face, presence),
      queries(face) {
    CAUSEWAY_ASSERT(loop.await(accounts.load()));
}

House::~House() {
    // What a test left open is let go, so that sessions end and sanitizers see no leak.
    for (Gate* gate : {&network.connecting, &network.closing, &network.joining, &network.sending,
                       &network.adding, &network.login, &network.listing}) {
        gate->open();
    }
    loop.await(supervisor.shut_all("", std::chrono::steady_clock::now() + Millis{5'000}));
    loop.settle();
    for (const auto& each : accounts.all()) each->slots.clear();
}

void House::receive(std::string_view xml) {
    read(xml);
    loop.settle();
}

void House::read(std::string_view xml) {
    const auto stanza = parse_stanza(xml);
    const auto& head = stanza.head;
    languages.hear(stanza);
    const auto entity = addresses.entity(head.to);
    if (head.kind == xmpp::StanzaKind::iq && !head.is_request()) {
        static_cast<void>(requests.answer(stanza));
    } else if (!entity) {
        presence.on_nobody(head);
    } else if (head.kind == xmpp::StanzaKind::presence) {
        route_presence(stanza, *entity);
    } else if (head.kind == xmpp::StanzaKind::message) {
        route_message(stanza, *entity);
    } else {
        route_iq(stanza, *entity);
    }
}

void House::route_presence(const xmpp::Stanza& stanza, const Entity& entity) {
    const auto user = translate::user_id(stanza.head.from);
    const bool subscription = stanza.head.type == "subscribe" || stanza.head.type == "probe";
    if (entity.kind != Entity::Kind::room || subscription) {
        return presence.on_presence(stanza, entity, accounts.find(user));
    }
    rooms.on_presence(stanza, entity, accounts.ensure(user));
}

void House::route_message(const xmpp::Stanza& stanza, const Entity& entity) {
    const auto account = accounts.ensure(translate::user_id(stanza.head.from));
    if (entity.kind == Entity::Kind::room) return rooms.on_message(stanza, entity, account);
    if (entity.kind == Entity::Kind::gateway && stanza.body() && !stanza.head.is_error())
        return commands.on_message(stanza);
    if (entity.kind != Entity::Kind::contact) return queries.on_message(stanza, entity);
    if (rooms.on_invite(stanza, entity, account)) return;
    chat.on_message(stanza, account, entity.address.endpoint, std::get<ContactId>(entity.address.target));
}

void House::route_iq(const xmpp::Stanza& stanza, const Entity& entity) {
    const auto account = accounts.find(translate::user_id(stanza.head.from));
    if (entity.kind == Entity::Kind::gateway && registration.on_iq(stanza)) return;
    if (entity.kind == Entity::Kind::gateway && commands.on_iq(stanza)) return;
    if (entity.kind == Entity::Kind::gateway && search.on_iq(stanza, account)) return;
    if (entity.kind == Entity::Kind::room && rooms.on_iq(stanza, entity, account)) return;
    if (queries.on_iq(stanza, entity, account)) return;
    face.refuse(stanza.head, xmpp::make_condition(Condition::service_unavailable));
}

void House::tell(adapter::EventBody event) {
    CAUSEWAY_ASSERT(network.session() != nullptr);
    loop.await(network.session()->host().publish(std::move(event)));
    loop.settle();
}

std::vector<std::string> House::sent() {
    loop.settle();
    return brief(outlet.take());
}

std::shared_ptr<accounts::Slot> House::slot(std::string_view user) {
    return supervisor.slot(accounts.ensure(UserId{std::string(user)}), EndpointId{});
}

// ------------------------------------------------------------------------------------------ from the network

void House::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event) {
    if (rooms.on_event(slot, event)) return;
    if (const auto* who = std::get_if<adapter::EventPresence>(&event)) return presence.on_contact(slot, *who);
    if (const auto* notice = std::get_if<adapter::EventServerNotice>(&event)) return chat.show(slot, *notice);
    if (const auto* invite = std::get_if<adapter::EventInvite>(&event))
        return queries.show_invite(slot, *invite);
    if (const auto* typing = std::get_if<adapter::EventTyping>(&event))
        return chat.typing().show(slot, *typing);
    const auto* message = std::get_if<adapter::EventMessage>(&event);
    if (message != nullptr && !rooms.show_private(slot, *message)) chat.show(slot, *message);
}

Task<Result<>> House::on_deliver(std::shared_ptr<accounts::Slot> slot, adapter::Event event) {
    show(slot, event.body);
    co_return co_await outlet.barrier(face.in(Millis{1'000}));
}

Task<> House::on_event(std::shared_ptr<accounts::Slot> slot, adapter::EventBody event) {
    show(slot, event);
    co_return;
}

void House::on_hint(const std::shared_ptr<accounts::Slot>& slot, adapter::EventBody event) {
    show(slot, event);
}

void House::on_report(const std::shared_ptr<accounts::Slot>&, const MessageKey&, model::DeliveryStage,
                      const std::optional<Error>&) {}

void House::on_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) {
    states.emplace_back(name_of(slot->state()));
    rooms.on_slot_state(slot, reason);
    presence.on_slot_state(slot, reason);
}

// ------------------------------------------------------------------------------------------------- fixture

void HouseTest::forget_so_far() {
    house.loop.settle();
    static_cast<void>(house.outlet.take());
    house.network.calls.clear();
}

void HouseTest::enter_hall(std::string_view resource) {
    house.receive(
        "<presence from='romeo@home.test/" + std::string(resource) +
        "' to='#hall@net.test/romeo' id='j'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
    forget_so_far();
}

void HouseTest::come_online(std::string_view resource) {
    house.receive("<presence from='romeo@home.test/" + std::string(resource) + "' to='net.test'/>");
    forget_so_far();
}

void HouseTest::befriend(const std::string& contact) {
    house.receive("<presence type='subscribe' from='romeo@home.test' to='" + contact + "@net.test'/>");
    house.receive("<presence type='subscribed' from='romeo@home.test' to='" + contact + "@net.test'/>");
    come_online();
}

}  // namespace causeway::test
