// Commands, second part: what administrators have done. @source XEP-0133 for the nodes whose meaning fits
#include "gateway/accounts/slot.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::commands {
namespace {

constexpr Millis kLogoutWithin{5'000};
constexpr std::string_view kAdminNode = "http://jabber.org/protocol/admin#";

constexpr log::Message kAdminActed{"CAUSEWAY_ADMIN_COMMAND", log::Level::info,
                                   "an administrator had a command done"};

constexpr std::array kLevels{log::Level::debug, log::Level::info, log::Level::warning, log::Level::error};

bool is_online(const accounts::Account& account) noexcept {
    return account.presence.show != model::Availability::offline;
}

}  // namespace

void Commands::add_admins() {
    constexpr auto admin = Audience::admin;
    const auto node = [](std::string_view name) { return std::string(kAdminNode) + std::string(name); };
    add("users", "users", "Users", "Lists everybody known here.", admin, &Commands::list_users);
    add(node("get-online-users-list"), "online", "Online users", "Lists everybody online.", admin,
        &Commands::list_online);
    add(node("get-registered-users-num"), "count", "Number of registered users",
        "Counts the registered users.", admin, &Commands::count_registered);
    add("sessions", "sessions", "Sessions", "Lists all sessions.", admin, &Commands::list_sessions);
    add("networks", "networks", "Networks", "Shows the network and its numbers.", admin,
        &Commands::list_networks);
    add(node("announce"), "announce", "Announce", "Sends a text to everybody online.", admin,
        &Commands::announce);
    add("disconnect", "disconnect", "Disconnect a user", "Ends a user's sessions.", admin,
        &Commands::disconnect);
    add(node("delete-user"), "delete-user", "Delete a user",
        "Deletes a user's registration and everything kept for it.", admin, &Commands::delete_user);
    add("loglevel", "loglevel", "Log level", "Sets how much is written to the log.", admin,
        &Commands::set_log_level);
}

void Commands::log_admin(const Asker& asker, std::string_view what) const {
    face_.context.log.event(kAdminActed, {{"network", face_.name.str()},
                                          {"user", face_.context.log.person(asker.user.view())},
                                          {"command", what}});
}

Task<Step> Commands::list_users(Asker asker, Answers) {
    Done done;
    done.table.columns = {asker.say("User"), asker.say("Registered"), asker.say("Online"),
                          asker.say("Sessions")};
    for (const auto& account : in_.accounts.all()) {
        done.table.rows.push_back({account->row.user.str(), asker.say(account->row.registered ? "yes" : "no"),
                                   asker.say(is_online(*account) ? "yes" : "no"),
                                   std::to_string(account->slots.size())});
    }
    std::ranges::sort(done.table.rows);
    co_return done;
}

Task<Step> Commands::list_online(Asker asker, Answers) {
    Done done;
    done.table.columns = {asker.say("User")};
    for (const auto& account : in_.accounts.all()) {
        if (is_online(*account)) done.table.rows.push_back({account->row.user.str()});
    }
    if (done.table.rows.empty()) co_return Done{asker.say("Nobody is online."), {}, {}};
    std::ranges::sort(done.table.rows);
    co_return done;
}

Task<Step> Commands::count_registered(Asker asker, Answers) {
    const auto accounts = in_.accounts.all();
    const auto count =
        std::ranges::count_if(accounts, [](const auto& account) { return account->row.registered; });
    co_return Done{translate::fill(asker.say("{} users are registered."), {std::to_string(count)}), {}, {}};
}

Task<Step> Commands::list_sessions(Asker asker, Answers) {
    Done done;
    done.table = sessions_of(in_.accounts.all(), asker, true);
    if (done.table.rows.empty()) co_return Done{asker.say("There are no sessions."), {}, {}};
    co_return done;
}

Task<Step> Commands::list_networks(Asker asker, Answers) {
    std::size_t sessions = 0;
    for (const auto& account : in_.accounts.all()) sessions += account->slots.size();
    Done done;
    done.table.columns = {asker.say("Network"), asker.say("Address"), asker.say("Users"),
                          asker.say("Sessions"), asker.say("Rooms")};
    done.table.rows = {{face_.name.str(), face_.component().str(), std::to_string(in_.accounts.size()),
                        std::to_string(sessions), std::to_string(in_.rooms.room_count())}};
    co_return done;
}

Task<Step> Commands::announce(Asker asker, Answers answers) {
    if (!has_answer(answers, "announcement"))
        co_return ask_one(asker, "announcement", "Text", adapter::Field::Kind::lines);
    const auto text = answer(answers, "announcement");
    std::size_t told = 0;
    for (const auto& account : in_.accounts.all()) {
        if (!is_online(*account)) continue;
        auto message =
            xmpp::make_stanza(xmpp::StanzaKind::message, face_.component(),
                              translate::user_jid(account->row.user), "", face_.context.random.token());
        message.add("body").add_text(text);
        if (face_.outlet.send(message)) ++told;
    }
    log_admin(asker, "announce");
    co_return Done{translate::fill(asker.say("Sent to {} users."), {std::to_string(told)}), {}, {}};
}

Task<Step> Commands::disconnect(Asker asker, Answers answers) {
    if (!has_answer(answers, "user")) co_return ask_one(asker, "user", "User");
    const auto jid = xmpp::Jid::parse(answer(answers, "user"));
    const auto account = jid ? in_.accounts.find(translate::user_id(*jid)) : nullptr;
    if (!account) co_return Failed{asker.say("Nobody of that name is known.")};
    log_admin(asker, "disconnect");
    for (const auto& room : in_.rooms.rooms_of(account))
        static_cast<void>(in_.rooms.leave_all(account, room->id()));
    co_await in_.supervisor.shut(account, "", face_.in(kLogoutWithin));
    co_return Done{translate::fill(asker.say("{} is disconnected."), {account->row.user.view()}), {}, {}};
}

Task<Step> Commands::set_log_level(Asker asker, Answers answers) {
    if (!has_answer(answers, "level")) {
        auto form = ask_one(asker, "level", "Level", adapter::Field::Kind::choice);
        for (const auto level : kLevels) form.fields.front().choices.emplace_back(log::to_string(level));
        co_return form;
    }
    const auto name = answer(answers, "level");
    const auto* level =
        std::ranges::find(kLevels, name, [](log::Level each) { return log::to_string(each); });
    if (level == kLevels.end()) co_return Failed{asker.say("Choose one of these.")};
    log_admin(asker, "loglevel");
    in_.set_log_level(*level);
    co_return Done{translate::fill(asker.say("The log level is {} now."), {name}), {}, {}};
}

Task<Step> Commands::delete_user(Asker asker, Answers answers) {
    if (!has_answer(answers, "accountjids")) co_return ask_one(asker, "accountjids", "User");
    if (!has_answer(answers, "sure"))
        co_return ask_one(asker, "sure", "Really? It cannot be undone.", adapter::Field::Kind::boolean);
    if (answer(answers, "sure") != "true") co_return Done{asker.say("Nothing was changed."), {}, {}};
    const auto jid = xmpp::Jid::parse(answer(answers, "accountjids"));
    const auto account = jid ? in_.accounts.find(translate::user_id(*jid)) : nullptr;
    if (!account) co_return Failed{asker.say("Nobody of that name is known.")};
    log_admin(asker, "delete-user");
    auto done = co_await in_.registration.remove_user(account->row.user);
    if (!done) co_return Failed{asker.say(translate::sentence(done.error().code))};
    co_return Done{translate::fill(asker.say("{} is deleted."), {jid->bare().str()}), {}, std::move(*done)};
}

}  // namespace causeway::commands
