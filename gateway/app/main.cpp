// causeway: one program, several commands.
#include <CLI/CLI.hpp>
#include <iostream>

#include "gateway/app/check.hpp"
#include "gateway/app/connect_check.hpp"
#include "gateway/app/daemon.hpp"
#include "gateway/app/init.hpp"
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

int run_status(const std::string& config_path, bool json) {
    auto surroundings = app::real_surroundings();
    surroundings.check_files = false;  // who may ask need not be able to read the secrets
    const auto protocols = app::known_protocols();
    const auto loaded = config::load(config_path, protocols, surroundings);
    if (!loaded.config) {
        std::cerr << config::render(loaded.problems);
        return app::kBadConfig;
    }
    return app::print_status(loaded.config->admin.control_socket,
                             json ? app::StatusFormat::json : app::StatusFormat::text, std::cout, std::cerr);
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
    for (auto* command : {serve, check, status}) {
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
    init.overwrite = force ? app::Overwrite::configuration : app::Overwrite::no;
    return run_init(std::move(init));
}
