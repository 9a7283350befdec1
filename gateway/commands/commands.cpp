#include "gateway/commands/commands.hpp"

#include "component/xep/xep0249_direct_invite.hpp"
#include "gateway/accounts/slot.hpp"
#include "gateway/translate/errors.hpp"
#include "gateway/translate/languages.hpp"
#include "gateway/translate/queries.hpp"

namespace causeway::commands {
namespace {

constexpr Millis kLogoutWithin{5'000};

std::string_view name_of(adapter::SessionState state) noexcept {
    using adapter::SessionState;
    switch (state) {
        case SessionState::connecting:
            return "connecting";
        case SessionState::connected:
            return "connected";
        case SessionState::backing_off:
            return "waiting to connect again";
        case SessionState::bad_credentials:
            return "login refused";
        case SessionState::needs_user:
            return "needs you";
        case SessionState::stopped:
            break;
    }
    return "stopped";
}

std::string_view name_of(rooms::Room::State state) noexcept {
    switch (state) {
        case rooms::Room::State::joining:
            return "joining";
        case rooms::Room::State::lost:
            return "lost";
        case rooms::Room::State::joined:
            break;
    }
    return "joined";
}

std::string usage(const Command& command, const Asker& asker) {
    return command.takes.empty() ? command.name : command.name + " [" + asker.say(command.takes) + "]";
}

}  // namespace

Form ask_one(const Asker& asker, std::string id, std::string_view label, adapter::Field::Kind kind) {
    Form form;
    adapter::Field field;
    field.id = std::move(id);
    field.label = asker.say(label);
    field.kind = kind;
    form.fields.push_back(std::move(field));
    return form;
}

Commands::Commands(translate::Face face, Parts parts)
    : face_(face), in_(std::move(parts)), service_(face, registry_), chat_(face, registry_) {
    add_users();
    add_settings();
    add_admins();
    add_message_commands();
}

Command& Commands::add(std::string node, std::string name, std::string title, std::string help,
                       Audience audience, Function function) {
    Command command;
    command.node = std::move(node);
    command.name = std::move(name);
    command.title = std::move(title);
    command.help = std::move(help);
    command.audience = audience;
    command.run = [this, function](Asker asker, Answers answers) {
        return (this->*function)(std::move(asker), std::move(answers));
    };
    return registry_.add(std::move(command));
}

void Commands::add_users() {
    constexpr auto everybody = Audience::everybody;
    add("help", "help", "Help", "Lists the commands, or explains one.", everybody, &Commands::help);
    add("status", "status", "Status", "Shows your sessions and why one is not connected.", everybody,
        &Commands::status);
    add("register", "register", "Register", "Registers you, or changes your registration.", everybody,
        &Commands::register_user);
    add("unregister", "unregister", "Unregister", "Deletes your registration and everything kept for it.",
        Audience::registered, &Commands::unregister);
    add("login", "login", "Log in", "Connects you again after a logout or a failure.", everybody,
        &Commands::log_in);
    add("logout", "logout", "Log out", "Ends your sessions until you log in again.", everybody,
        &Commands::log_out);
    add("contacts", "contacts", "Contacts", "Lists your contacts here.", everybody, &Commands::list_contacts);
    add("add", "add", "Add a contact", "Sends you a contact's request to be added.", everybody,
        &Commands::add_contact)
        .takes = "Address";
    add("remove", "remove", "Remove a contact", "Takes a contact out of your roster.", everybody,
        &Commands::remove_contact)
        .takes = "Address";
    if (!face_.network.info().capabilities.has(adapter::Capability::rooms)) return;
    add("rooms", "rooms", "Rooms", "Lists the rooms you are in.", everybody, &Commands::list_rooms);
    add("join", "join", "Join a room", "Sends you an invitation to a room.", everybody, &Commands::join_room)
        .takes = "Room";
    add("leave", "leave", "Leave a room", "Takes all your clients out of a room.", everybody,
        &Commands::leave_room)
        .takes = "Room";
}

Asker Commands::asker(const xmpp::Stanza& stanza) const {
    Asker asker;
    asker.from = stanza.head.from;
    asker.user = translate::user_id(stanza.head.from);
    asker.account = in_.accounts.find(asker.user);
    asker.admin = in_.is_admin(asker.user);
    if (face_.languages != nullptr) {
        asker.language = face_.languages->of(asker.user);
        asker.of_network = face_.languages->of_network();
    }
    return asker;
}

void Commands::on_message(const xmpp::Stanza& stanza) {
    if (const auto body = stanza.body()) chat_.on_message(*body, asker(stanza));
}

Result<translate::Entity> Commands::entity_of(const std::string& typed) const {
    // As it is written in the network, or as a JID of ours.
    if (const auto jid = xmpp::Jid::parse(typed); jid && jid->domain() == face_.component().domain())
        return face_.addresses.entity(jid->bare());
    const auto address = face_.network.parse_address(typed);
    if (!address) return fail(address.error());
    const auto jid = face_.addresses.jid(*address);
    if (!jid) return fail(jid.error());
    return face_.addresses.entity(*jid);
}

std::string Commands::example(const Asker& asker, Wanted wanted) const {
    const auto& info = face_.network.info();
    const auto component = face_.component().str();
    return translate::fill(asker.say("An address looks like {}."),
                           {wanted == Wanted::room ? translate::room_example(info, component)
                                                   : translate::contact_example(info, component)});
}

Form Commands::ask_address(const Asker& asker, Wanted wanted) const {
    auto form =
        wanted == Wanted::room ? ask_one(asker, "room", "Room") : ask_one(asker, "address", "Address");
    form.instructions = example(asker, wanted);
    return form;
}

Failed Commands::no_address(const Asker& asker, Wanted wanted) const {
    return Failed{asker.say("This is not an address here.") + " " + example(asker, wanted)};
}

Table Commands::sessions_of(const std::vector<accounts::AccountPtr>& accounts, const Asker& asker,
                            bool with_user) const {
    Table table;
    if (with_user) table.columns.push_back(asker.say("User"));
    for (const auto* column : {"Server", "State", "Reason"}) table.columns.push_back(asker.say(column));
    for (const auto& account : accounts) {
        for (const auto& [endpoint, slot] : account->slots) {
            std::vector<std::string> row;
            if (with_user) row.push_back(account->row.user.str());
            row.push_back(endpoint.empty() ? face_.network.info().display_name : endpoint.str());
            row.push_back(asker.say(name_of(slot->state())));
            const bool well = slot->state() == adapter::SessionState::connected ||
                              slot->state() == adapter::SessionState::stopped;
            row.push_back(
                !well && slot->last_error() ? asker.say(translate::sentence(slot->last_error()->code)) : "");
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

Task<Step> Commands::help(Asker asker, Answers answers) {
    Done done;
    if (const auto* one = registry_.by_name(answer(answers, "command"))) {
        if (!may_run(*one, asker)) co_return Failed{asker.say("You may not do this.")};
        done.text = usage(*one, asker) + " — " + asker.say(one->title) + ": " + asker.say(one->help);
        co_return done;
    }
    if (has_answer(answers, "command"))
        co_return Failed{asker.say("There is no such command. Say “help” for the list.")};
    done.text = translate::introduction(face_.network.info(), face_.component().str(),
                                        [&asker](std::string_view english) { return asker.say(english); });
    done.table.columns = {asker.say("Command"), asker.say("Meaning")};
    for (const auto& command : registry_.all()) {
        if (may_run(command, asker))
            done.table.rows.push_back({usage(command, asker), asker.say(command.help)});
    }
    co_return done;
}

Task<Step> Commands::status(Asker asker, Answers) {
    Done done;
    if (!asker.account || asker.account->slots.empty()) {
        done.text = asker.say(asker.account && asker.account->row.logged_out
                                  ? "You are logged out. Say “login” to come back."
                                  : "There are no sessions.");
        co_return done;
    }
    done.table = sessions_of({asker.account}, asker, false);
    co_return done;
}

Task<Step> Commands::log_in(Asker asker, Answers) {
    Done done;
    done.text = asker.say("Logging in.");
    if (asker.account) {
        done.afterwards = [this, account = asker.account] { in_.presence.come_back(account); };
    }
    co_return done;
}

Task<Step> Commands::log_out(Asker asker, Answers) {
    const auto account = in_.accounts.ensure(asker.user);
    in_.presence.stay_out(account);
    // Not forgotten but left, or a restart would take the seats up again.
    for (const auto& room : in_.rooms.rooms_of(account))
        static_cast<void>(in_.rooms.leave_all(account, room->id()));
    co_await in_.supervisor.shut(account, "", face_.in(kLogoutWithin));
    co_return Done{asker.say("You are logged out. Say “login” to come back."), {}, {}};
}

Task<Step> Commands::list_rooms(Asker asker, Answers) {
    Done done;
    done.table.columns = {asker.say("Room"), asker.say("State")};
    if (asker.account) {
        for (const auto& room : in_.rooms.rooms_of(asker.account))
            done.table.rows.push_back({std::string(room->jid().str()), asker.say(name_of(room->state))});
    }
    if (done.table.rows.empty()) co_return Done{asker.say("You are in no room."), {}, {}};
    co_return done;
}

Task<Step> Commands::list_contacts(Asker asker, Answers) {
    Done done;
    done.table.columns = {asker.say("Address")};
    if (asker.account) {
        for (const auto& [id, row] : asker.account->contacts) {
            if (row.address.empty() || row.user_sees == store::Decision::removed) continue;
            if (const auto jid = face_.addresses.jid_of_text(row.address))
                done.table.rows.push_back({jid->str()});
        }
    }
    if (done.table.rows.empty()) co_return Done{asker.say("You have no contacts here."), {}, {}};
    co_return done;
}

Task<Step> Commands::add_contact(Asker asker, Answers answers) {
    if (!has_answer(answers, "address")) co_return ask_address(asker, Wanted::contact);
    const auto entity = entity_of(answer(answers, "address"));
    if (!entity || entity->kind != translate::Entity::Kind::contact)
        co_return no_address(asker, Wanted::contact);
    if (in_.presence.add_to_roster(asker.user, *entity)) {
        co_return Done{
            translate::fill(asker.say("{} comes into your roster."), {entity->bare.str()}), {}, {}};
    }
    Done done;
    done.text = translate::fill(asker.say("{} asks you now to be added: accept it in your client."),
                                {entity->bare.str()});
    done.afterwards = [this, from = entity->bare, to = asker.from.bare()] {
        static_cast<void>(
            face_.outlet.send(xmpp::make_stanza(xmpp::StanzaKind::presence, from, to, "subscribe")));
    };
    co_return done;
}

Task<Step> Commands::remove_contact(Asker asker, Answers answers) {
    if (!has_answer(answers, "address")) co_return ask_address(asker, Wanted::contact);
    const auto entity = entity_of(answer(answers, "address"));
    if (!entity || entity->kind != translate::Entity::Kind::contact)
        co_return no_address(asker, Wanted::contact);
    if (asker.account) in_.presence.remove_contact(asker.account, *entity);
    co_return Done{translate::fill(asker.say("{} is removed."), {entity->bare.str()}), {}, {}};
}

Task<Step> Commands::join_room(Asker asker, Answers answers) {
    if (!has_answer(answers, "room")) co_return ask_address(asker, Wanted::room);
    const auto entity = entity_of(answer(answers, "room"));
    if (!entity || entity->kind != translate::Entity::Kind::room) co_return no_address(asker, Wanted::room);
    auto message = xmpp::make_stanza(xmpp::StanzaKind::message, face_.component(), asker.from, "",
                                     face_.context.random.token());
    message.add(xmpp::xep0249::make_invite(entity->bare.str(), ""));
    static_cast<void>(face_.outlet.send(message));
    co_return Done{translate::fill(asker.say("You are invited to {}."), {entity->bare.str()}), {}, {}};
}

Task<Step> Commands::leave_room(Asker asker, Answers answers) {
    if (!has_answer(answers, "room")) co_return ask_address(asker, Wanted::room);
    const auto entity = entity_of(answer(answers, "room"));
    const auto* room = entity ? std::get_if<RoomId>(&entity->address.target) : nullptr;
    if (!room) co_return no_address(asker, Wanted::room);
    if (!asker.account || !in_.rooms.leave_all(asker.account, *room))
        co_return Failed{asker.say("You are not in this room.")};
    co_return Done{translate::fill(asker.say("You have left {}."), {entity->bare.str()}), {}, {}};
}

Task<Step> Commands::register_user(Asker asker, Answers answers) {
    if (answers.empty()) {
        auto step = co_await in_.registration.form_for(asker.user);
        if (!step) co_return Failed{asker.say(translate::to_stanza_error(step.error()).text)};
        for (auto& field : step->fields) field.label = asker.say(field.label);
        co_return Form{asker.say(step->instructions), std::move(step->fields)};
    }
    auto done = co_await in_.registration.enrol_user(asker.user, std::move(answers));
    if (!done) co_return Failed{asker.say(registration_error(done.error()).text)};
    co_return Done{asker.say("You are registered."), {}, std::move(*done)};
}

Task<Step> Commands::unregister(Asker asker, Answers answers) {
    if (!has_answer(answers, "sure"))
        co_return ask_one(asker, "sure", "Really? It cannot be undone.", adapter::Field::Kind::boolean);
    if (answer(answers, "sure") != "true") co_return Done{asker.say("Nothing was changed."), {}, {}};
    auto done = co_await in_.registration.remove_user(asker.user);
    if (!done) co_return Failed{asker.say(translate::sentence(done.error().code))};
    co_return Done{asker.say("You are not registered any more."), {}, std::move(*done)};
}

}  // namespace causeway::commands
