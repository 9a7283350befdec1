#pragma once
/// @file gateway/commands/commands.hpp
/// NAME       Commands: all commands of one network, and both ways to ask for them.
/// WHY        What users and administrators can have done is named here once, next to the parts that do it.
/// INVARIANTS Nothing here does by itself what another part does: registering is Registration's, coming and going
///            PresenceService's, rooms RoomService's.
/// TESTS      tests/unit/gateway/commands_test.cpp, tests/e2e/test_commands.py
#include "gateway/commands/chat_commands.hpp"
#include "gateway/commands/command_service.hpp"
#include "gateway/commands/registration.hpp"
#include "gateway/delivery/desk.hpp"

namespace causeway::commands {

/// What commands work on. References outlive the commands.
struct Parts {
    accounts::Accounts& accounts;
    accounts::Supervisor& supervisor;
    presence::PresenceService& presence;
    rooms::RoomService& rooms;
    Registration& registration;
    std::function<bool(const UserId&)> is_admin;
    std::function<void(log::Level)> set_log_level;
    delivery::Desk* desk = nullptr;  ///< null: the network's messages are not kept
};

class Commands {
public:
    Commands(translate::Face face, Parts parts);
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    /// An IQ to the component itself. @return false: nothing about commands
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza) { return service_.on_iq(stanza, asker(stanza)); }
    /// Words to the component itself.
    void on_message(const xmpp::Stanza& stanza);

private:
    using Function = Task<Step> (Commands::*)(Asker, Answers);
    Command& add(std::string node, std::string name, std::string title, std::string help, Audience audience,
                 Function function);
    void add_users();
    void add_settings();
    void add_admins();
    void add_message_commands();
    [[nodiscard]] Asker asker(const xmpp::Stanza& stanza) const;

    [[nodiscard]] Task<Step> help(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> status(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> log_in(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> log_out(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> list_rooms(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> list_contacts(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> add_contact(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> remove_contact(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> join_room(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> leave_room(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> register_user(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> unregister(Asker asker, Answers answers);

    [[nodiscard]] Task<Step> settings(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> preferences(Asker asker, Answers answers);
    [[nodiscard]] Form ask_endpoint(const Asker& asker) const;
    [[nodiscard]] Form preferences_form(const Asker& asker) const;

    [[nodiscard]] Task<Step> list_users(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> list_online(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> count_registered(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> list_sessions(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> list_networks(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> announce(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> disconnect(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> set_log_level(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> delete_user(Asker asker, Answers answers);

    [[nodiscard]] Task<Step> list_messages(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> trace_message(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> retry_message(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> release_message(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> cancel_message(Asker asker, Answers answers);
    [[nodiscard]] Task<Step> move_message(delivery::Desk::Wish wish, Asker asker, Answers answers);
    [[nodiscard]] Form ask_filter(const Asker& asker) const;

    enum class Wanted { contact, room };
    [[nodiscard]] std::string example(const Asker& asker, Wanted wanted) const;
    [[nodiscard]] Form ask_address(const Asker& asker, Wanted wanted) const;
    [[nodiscard]] Failed no_address(const Asker& asker, Wanted wanted) const;
    [[nodiscard]] Result<translate::Entity> entity_of(const std::string& typed) const;
    [[nodiscard]] Table sessions_of(const std::vector<accounts::AccountPtr>& accounts, const Asker& asker,
                                    bool with_user) const;
    void log_admin(const Asker& asker, std::string_view what) const;

    translate::Face face_;
    Parts in_;
    Registry registry_;
    CommandService service_;
    ChatCommands chat_;
};

/// A form with one field to fill in.
[[nodiscard]] Form ask_one(const Asker& asker, std::string id, std::string_view label,
                           adapter::Field::Kind kind = adapter::Field::Kind::text);

}  // namespace causeway::commands
