#include "config/irc_options.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/section.hpp"

namespace causeway::config {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPlainPort = 6667;
constexpr std::size_t kMaxRealname = 50;

/// What goes into a line of the protocol must stay on it.
void check_line(Section& section, std::string_view key, const std::string& value) {
    const bool clean =
        std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20U; });
    if (!clean || value.size() > kMaxRealname * 4) {
        section.problem(key, section.path_of(key) + " cannot be sent", "one line of at most 200 bytes");
    }
}

/// Addresses are in lower case, and `%` and much else would mean something in them.
[[nodiscard]] bool fits_address(const std::string& name) {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

[[nodiscard]] IrcServer read_server(Section& section) {
    IrcServer server;
    server.name = section.required("name", "name: libera");
    if (!fits_address(server.name)) {
        section.problem("name", section.path_of("name") + " is '" + server.name + "'",
                        "lower-case letters, digits, '.' and '-', as in irc.libera.chat");
    }
    server.host = section.text("host", server.name);
    server.tls = section.flag("tls", true);
    server.port = section.port("port", server.tls ? server.port : kPlainPort);
    server.verify = section.flag("verify", true);
    server.ca_file = section.text("ca_file", "");
    server.tls_name = section.text("tls_name", "");
    section.finish();
    return server;
}

[[nodiscard]] std::vector<IrcServer> read_servers(Section& options) {
    std::vector<IrcServer> servers;
    std::set<std::string> names;
    for (auto& section : options.children("servers")) {
        auto server = read_server(section);
        if (!server.name.empty() && !names.insert(server.name).second) {
            section.problem("name", "two servers have the name '" + server.name + "'");
        }
        servers.push_back(std::move(server));
    }
    return servers;
}

void check_reachable(Section& section, const IrcOptions& options) {
    std::vector<std::string> names;
    names.reserve(options.servers.size());
    for (const auto& server : options.servers) names.push_back(server.name);
    if (!options.fixed_server.empty() && std::ranges::find(names, options.fixed_server) == names.end()) {
        section
            .problem("fixed_server", section.path_of("fixed_server") + " is '" + options.fixed_server + "'",
                     "the name of one of the servers below")
            .suggestion = nearest(options.fixed_server, names);
    }
    if (names.empty() && !options.allow_public) {
        section.problem("servers", section.path_of("servers") + " is empty: nobody could reach any server",
                        "at least one server, or 'allow_public: true'");
    }
}

[[nodiscard]] std::shared_ptr<const ProtocolOptions> read_irc(Section& section) {
    auto options = std::make_shared<IrcOptions>();
    options->fixed_server = section.text("fixed_server", "");
    options->allow_public = section.flag("allow_public", false);
    options->servers = read_servers(section);
    options->flood_burst =
        static_cast<std::uint32_t>(section.number("flood_burst", options->flood_burst, 0, 1000));
    options->flood_rate = section.duration("flood_rate", options->flood_rate, 0ms, 1min);
    options->presence_poll = section.duration("presence_poll", options->presence_poll, 100ms, 1h);
    options->connect_timeout = section.duration("connect_timeout", options->connect_timeout, 1s, 5min);
    options->reconnect_first = section.duration("reconnect_first", options->reconnect_first, 100ms, 1h);
    options->reconnect_max = section.duration("reconnect_max", options->reconnect_max, 1s, 24h);
    options->keep_messages = section.flag("keep_messages", false);
    options->encoding = section.choice<std::string>("encoding", options->encoding,
                                                    {{"latin1", "latin1"}, {"utf-8", "utf-8"}});
    options->realname = section.text("realname", options->realname);
    options->quit_message = section.text("quit_message", options->quit_message);
    check_line(section, "realname", options->realname);
    check_line(section, "quit_message", options->quit_message);
    if (options->reconnect_max < options->reconnect_first) {
        section.problem("reconnect_max",
                        section.path_of("reconnect_max") + " is shorter than reconnect_first");
    }
    check_reachable(section, *options);
    return options;
}

}  // namespace

void IrcOptions::compare(const ProtocolOptions& newer_options, const std::string& path,
                         ReloadPlan& plan) const {
    const auto& newer = dynamic_cast<const IrcOptions&>(newer_options);
    const auto note = [&path](std::vector<std::string>& list, const char* key, bool differs) {
        if (differs) list.push_back(path + "." + key);
    };
    // The gateway's own share; the adapter is built with the rest, which also shapes addresses in people's rosters.
    note(plan.apply, "reconnect_first", reconnect_first != newer.reconnect_first);
    note(plan.apply, "reconnect_max", reconnect_max != newer.reconnect_max);
    note(plan.restart, "fixed_server", fixed_server != newer.fixed_server);
    note(plan.restart, "allow_public", allow_public != newer.allow_public);
    note(plan.restart, "servers", servers != newer.servers);
    note(plan.restart, "encoding", encoding != newer.encoding);
    note(plan.restart, "keep_messages", keep_messages != newer.keep_messages);
    note(plan.restart, "flood_burst", flood_burst != newer.flood_burst);
    note(plan.restart, "flood_rate", flood_rate != newer.flood_rate);
    note(plan.restart, "presence_poll", presence_poll != newer.presence_poll);
    note(plan.restart, "connect_timeout", connect_timeout != newer.connect_timeout);
    note(plan.restart, "realname", realname != newer.realname);
    note(plan.restart, "quit_message", quit_message != newer.quit_message);
}

Protocol irc_protocol() {
    return {"irc", read_irc};
}

}  // namespace causeway::config
