// causeway: one program, several commands.
#include <CLI/CLI.hpp>
#include <iostream>

#include "gateway/app/backup.hpp"
#include "gateway/app/check.hpp"
#include "gateway/app/connect_check.hpp"
#include "gateway/app/daemon.hpp"
#include "gateway/app/fsck.hpp"
#include "gateway/app/init.hpp"
#include "gateway/app/message_client.hpp"
#include "gateway/app/status.hpp"
#include "gateway/app/wiring.hpp"

namespace {

using namespace causeway;

int run_check(const std::string& config_path, bool connect) {
    app::CheckOptions options;
    options.config_path = config_path;
    options.surroundings = app::real_surroundings();
    if (connect)
        options.connect = [](const config::Config& config) { return app::connect_check(config, std::cout); };
    const auto protocols = app::known_protocols();
    return app::check(options, protocols, std::cout);
}

int run_init(app::InitOptions options) {
    SystemRandom random;
    const auto done = app::init(std::move(options), random, std::cout);
    if (done) return app::kOk;
    std::cerr << "causeway init: " << done.error().detail << '\n';
    return app::kFailed;
}

/// For those who need not be able to read the secrets. Tells what is wrong.
std::optional<config::Config> config_without_secrets(const std::string& config_path) {
    auto surroundings = app::real_surroundings();
    surroundings.check_files = false;
    const auto protocols = app::known_protocols();
    auto loaded = config::load(config_path, protocols, surroundings);
    if (!loaded.config) std::cerr << config::render(loaded.problems);
    return std::move(loaded.config);
}

std::optional<std::string> control_socket_of(const std::string& config_path) {
    const auto config = config_without_secrets(config_path);
    if (!config) return std::nullopt;
    return config->admin.control_socket;
}

int run_backup(const std::string& config_path, const std::string& file, bool force) {
    const auto config = config_without_secrets(config_path);
    if (!config) return app::kBadConfig;
    return app::backup({*config, file, force ? store::Replace::yes : store::Replace::no}, std::cout,
                       std::cerr);
}

int run_fsck(const std::string& config_path, const std::string& file) {
    const auto config = config_without_secrets(config_path);
    if (!config) return app::kBadConfig;
    return app::fsck({*config, file}, std::cout, std::cerr);
}

int run_status(const std::string& config_path, bool json) {
    const auto socket = control_socket_of(config_path);
    if (!socket) return app::kBadConfig;
    return app::print_status(*socket, json ? app::StatusFormat::json : app::StatusFormat::text, std::cout,
                             std::cerr);
}

/// What the command line says about messages; empty or 0: nothing was said.
struct MessageOptions {
    std::string network;
    std::string account;
    std::string state;
    std::string direction;
    std::string id;
    std::int64_t limit = 100;
};

int run_messages(const std::string& config_path, const std::string& command, const MessageOptions& options,
                 bool json) {
    const auto socket = control_socket_of(config_path);
    if (!socket) return app::kBadConfig;
    app::MessageQuestion question;
    question.control_socket = *socket;
    question.command = command;
    question.format = json ? app::MessageFormat::json : app::MessageFormat::text;
    const auto say = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) question.arguments[name] = value;
    };
    say("network", options.network);
    say("account", options.account);
    say("state", options.state);
    say("direction", options.direction);
    say("id", options.id);
    if (command == "messages") question.arguments["limit"] = options.limit;
    return app::ask_about_messages(question, std::cout, std::cerr);
}

/// `messages`, `trace`, `retry`, `release`, `cancel`.
std::vector<CLI::App*> add_message_commands(CLI::App& program, MessageOptions& options, bool& json) {
    auto* messages = program.add_subcommand("messages", "List kept messages, the newest first");
    messages->add_option("--network", options.network, "Of this network only");
    messages->add_option("--account", options.account, "Of this user only: alice@example.org");
    messages->add_option("--state", options.state,
                         "In this state only: queued, sending, accepted, delivered, displayed, deferred, "
                         "ambiguous, failed, expired, quarantined");
    messages->add_option("--direction", options.direction, "to_network or to_xmpp");
    messages->add_option("--limit", options.limit, "At most so many, up to 1000")->capture_default_str();
    auto* trace = program.add_subcommand("trace", "Show every step of a message");
    auto* retry =
        program.add_subcommand("retry", "Try a message again at once: one that was put off or given up");
    auto* release = program.add_subcommand(
        "release", "Send a message again that is in doubt or set aside; it may arrive a second time");
    auto* cancel = program.add_subcommand("cancel", "Give up a message that is not under way");
    for (auto* command : {trace, retry, release, cancel}) {
        command->add_option("id", options.id, "Its number, the stanza's id or one of the network's ids")
            ->required();
    }
    for (auto* command : {messages, trace}) command->add_flag("--json", json, "As JSON, for programs");
    return {messages, trace, retry, release, cancel};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"Causeway joins an XMPP server as a component and bridges its users to other networks."};
    program.set_version_flag("--version", "causeway " CAUSEWAY_VERSION);
    program.require_subcommand(1);
    std::string config_path = "/etc/causeway/causeway.yaml";
    bool connect = false;
    bool json = false;
    bool force = false;
    app::InitOptions init;

    auto* serve = program.add_subcommand("serve", "Run the gateway");
    auto* check = program.add_subcommand("check", "Check the configuration; exit code 2 if it is wrong");
    auto* status = program.add_subcommand("status", "Ask the running gateway how it is");
    MessageOptions message;
    const auto about_messages = add_message_commands(program, message, json);
    std::string file;
    auto* backup = program.add_subcommand("backup", "Copy the store as it is now, while the gateway runs");
    backup->add_option("file", file, "Where to")->required();
    backup->add_flag("--force", force, "Replace a file that is there");
    auto* fsck = program.add_subcommand("fsck", "Is the store whole? Exit code 4 if it is not");
    fsck->add_option("file", file, "A backup instead of the store");
    auto with_config = about_messages;
    with_config.insert(with_config.end(), {serve, check, status, backup, fsck});
    for (auto* command : with_config) {
        command->add_option("--config", config_path, "The configuration file")->capture_default_str();
    }
    check->add_flag("--connect", connect, "Try the links and networks too");
    status->add_flag("--json", json, "As JSON, for programs");

    auto* start =
        program.add_subcommand("init", "Write a commented configuration, and say what the XMPP server needs");
    start->add_option("--domain", init.domain, "The XMPP server's domain: example.org")->required();
    start->add_option("--jid", init.jid, "The component's name: irc.example.org")->required();
    start->add_option("--server", init.server, "Which XMPP server it is")
        ->option_text("prosody|ejabberd|jabberd2")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, app::XmppServer>{{"prosody", app::XmppServer::prosody},
                                                   {"ejabberd", app::XmppServer::ejabberd},
                                                   {"jabberd2", app::XmppServer::jabberd2}}));
    start->add_option("--dir", init.directory, "Where to write")->capture_default_str();
    start->add_flag("--force", force, "Replace an existing configuration; keys and secrets are kept");

    CLI11_PARSE(program, argc, argv);
    if (*serve) return app::serve(config_path);
    if (*check) return run_check(config_path, connect);
    if (*status) return run_status(config_path, json);
    if (*backup) return run_backup(config_path, file, force);
    if (*fsck) return run_fsck(config_path, file);
    for (const auto* command : about_messages)
        if (*command) return run_messages(config_path, command->get_name(), message, json);
    init.overwrite = force ? app::Overwrite::configuration : app::Overwrite::no;
    return run_init(std::move(init));
}
