#include "config/config.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <utility>

#include "config/section.hpp"
#include "config/yaml_tree.hpp"

namespace causeway::config {

namespace {

using namespace std::chrono_literals;

/// What the readers below need besides their section.
struct Scope {
    std::span<const Protocol> protocols;
    const Surroundings& surroundings;
};

void check_absolute(Section& section, std::string_view key, const std::string& path) {
    if (!path.starts_with('/')) section.problem(key, section.path_of(key) + " is not an absolute path", "/…");
}

/// What libpq may be told in a URI, as far as it is ours to check.
void check_database_uri(Section& section, const std::string& uri) {
    constexpr const char* kExample = "uri: postgresql://causeway@db.example.org/causeway?sslmode=verify-full";
    const auto parts = parse_database_uri(uri);
    if (!parts) {
        // Never repeats the value: a password may be in it.
        section.problem("uri", section.path_of("uri") + " is not a database's address", "postgresql://…")
            .example = kExample;
    } else if (parts->has_password) {
        section
            .problem("uri",
                     "secrets are not written into the configuration (" + section.path_of("uri") +
                         " has a password): it is read, copied and shown too often",
                     "the address without it, and password_file")
            .example = "password_file: /etc/causeway/store.password";
    } else if (!parts->local && !parts->says_sslmode) {
        section
            .problem("uri",
                     section.path_of("uri") +
                         " is not on this machine, and says nothing of TLS: "
                         "messages and the password could cross the network readable",
                     "?sslmode=verify-full at its end; or another mode, if the network itself is trusted")
            .example = kExample;
    }
}

constexpr std::uint64_t kGreatestFloor = 1ULL << 50U;

[[nodiscard]] StoreConfig read_postgres(Section& section, const Scope& scope) {
    StoreConfig store;
    store.driver = StoreDriver::postgres;
    if (section.has("path")) section.problem("path", section.path_of("path") + " belongs to driver sqlite");
    for (const auto* key : {"path", "disk_floor"}) section.know(key);
    store.uri = section.required("uri", "uri: postgresql:///causeway?host=/run/postgresql");
    if (!store.uri.empty()) check_database_uri(section, store.uri);
    const bool has_password =
        section.has("password") || section.has("password_file") || section.has("password_credential");
    if (has_password)
        store.password = read_secret_source(section, "password", Readers::owner, scope.surroundings);
    for (const auto* key : {"password", "password_file", "password_credential"}) section.know(key);
    section.finish();
    return store;
}

[[nodiscard]] StoreConfig read_store(Section section, const Scope& scope) {
    const auto driver =
        section.choice<StoreDriver>("driver", StoreDriver::sqlite,
                                    {{"sqlite", StoreDriver::sqlite}, {"postgres", StoreDriver::postgres}});
    if (driver == StoreDriver::postgres) return read_postgres(section, scope);
    StoreConfig store;
    store.path = section.text("path", store.path);
    check_absolute(section, "path", store.path);
    for (const auto* key : {"uri", "password_file", "password_credential"}) {
        if (section.has(key))
            section.problem(key, section.path_of(key) + " belongs to driver postgres").example =
                "driver: postgres";
        section.know(key);
    }
    store.keep_messages = section.duration("keep_messages", store.keep_messages, 1h, 24h * 3650);
    if (section.has("disk_floor")) store.disk_floor = section.size("disk_floor", 0, 0, kGreatestFloor);
    section.know("disk_floor");
    section.finish();
    return store;
}

[[nodiscard]] VaultConfig read_vault(Section section, const Scope& scope) {
    VaultConfig vault{read_secret_source(section, "key", Readers::owner, scope.surroundings)};
    section.finish();
    return vault;
}

[[nodiscard]] AdminConfig read_admin(Section section) {
    AdminConfig admin;
    admin.allow_remote = section.flag("allow_remote", false);
    if (const auto listen = section.text("listen"); listen == "off") {
        admin.listen.reset();
    } else if (listen) {
        admin.listen = parse_host_port(*listen);
        if (!admin.listen) {
            section
                .problem("listen", section.path_of("listen") + " is '" + *listen + "'",
                         "address:port, or off")
                .example = "listen: 127.0.0.1:9477";
        }
    }
    if (admin.listen && !admin.allow_remote && !is_loopback(admin.listen->host)) {
        section.problem("listen",
                        section.path_of("listen") +
                            " is not a loopback address: everyone who reaches it "
                            "could read the metrics",
                        "127.0.0.1:port, or also 'allow_remote: true'");
    }
    admin.control_socket = section.text("control_socket", admin.control_socket);
    check_absolute(section, "control_socket", admin.control_socket);
    section.finish();
    return admin;
}

[[nodiscard]] LogConfig read_log(Section section) {
    LogConfig log;
    log.level = section.choice<log::Level>("level", log.level,
                                           {{"debug", log::Level::debug},
                                            {"info", log::Level::info},
                                            {"warning", log::Level::warning},
                                            {"error", log::Level::error}});
    log.format = section.choice<log::Format>("format", log.format,
                                             {{"text", log::Format::text}, {"json", log::Format::json}});
    section.finish();
    return log;
}

[[nodiscard]] AccessConfig read_access(Section section) {
    const auto checked = [&section](std::string_view key, bool (*valid)(std::string_view),
                                    const char* expected) {
        auto values = section.texts(key);
        for (const auto& value : values) {
            if (!valid(value)) section.problem(key, section.path_of(key) + " has '" + value + "'", expected);
        }
        return values;
    };
    AccessConfig access;
    access.domains = checked("domains", is_domain, "domains like example.org");
    access.users = checked("users", is_bare_jid, "addresses like alice@example.org");
    access.admins = checked("admins", is_bare_jid, "addresses like admin@example.org");
    section.finish();
    return access;
}

[[nodiscard]] LimitsConfig read_limits(Section section) {
    constexpr std::int64_t kMost = 1'000'000'000;
    const auto count = [&section](std::string_view key, std::uint32_t fallback) {
        return static_cast<std::uint32_t>(section.number(key, fallback, 1, kMost));
    };
    LimitsConfig limits;
    limits.messages_per_minute = count("messages_per_minute", limits.messages_per_minute);
    limits.burst = count("burst", limits.burst);
    limits.joins_per_minute = count("joins_per_minute", limits.joins_per_minute);
    section.finish();
    return limits;
}

void read_reconnect(Section& section, ServerConfig& server) {
    server.keepalive = section.duration("keepalive", server.keepalive, 100ms, 1h);
    server.dead_after = section.duration("dead_after", server.dead_after, 100ms, 1h);
    server.reconnect_first = section.duration("reconnect_first", server.reconnect_first, 100ms, 1h);
    server.reconnect_max = section.duration("reconnect_max", server.reconnect_max, 1s, 24h);
    if (server.reconnect_max < server.reconnect_first) {
        section.problem("reconnect_max",
                        section.path_of("reconnect_max") + " is shorter than reconnect_first");
    }
}

[[nodiscard]] ServerConfig read_server(Section section, const Scope& scope) {
    ServerConfig server;
    server.host = section.text("host", server.host);
    server.port = section.port("port", server.port);
    server.security = section.choice<ServerSecurity>(
        "security", server.security,
        {{"plaintext", ServerSecurity::plaintext}, {"tls", ServerSecurity::tls}});
    server.tls_name = section.text("tls_name", "");
    server.ca_file = section.text("ca_file", "");
    server.allow_remote_plaintext = section.flag("allow_remote_plaintext", false);
    server.domain = section.required("domain", "domain: example.org");
    if (!server.domain.empty() && !is_domain(server.domain)) {
        section.problem("domain", section.path_of("domain") + " is '" + server.domain + "'",
                        "the XMPP server's domain");
    }
    server.secret = read_secret_source(section, "secret", Readers::owner_and_group, scope.surroundings);
    read_reconnect(section, server);
    if (server.security == ServerSecurity::plaintext && !server.allow_remote_plaintext &&
        !is_loopback(server.host)) {
        section.problem(
            "host",
            section.path_of("host") +
                " is not on this machine, and security is plaintext: "
                "messages and the secret would cross the network readable",
            "'security: tls', or 'allow_remote_plaintext: true' if the network itself is trusted");
    }
    section.finish();
    return server;
}

[[nodiscard]] std::shared_ptr<const ProtocolOptions> read_options(Section& network, const std::string& name,
                                                                  const Scope& scope) {
    std::vector<std::string> names;
    for (const auto& protocol : scope.protocols) {
        names.push_back(protocol.name);
        if (protocol.name != name) continue;
        auto section = network.child("options");
        auto options = protocol.read != nullptr ? protocol.read(section) : nullptr;
        section.finish();
        return options;
    }
    network.know("options");
    if (name.empty()) return nullptr;  // already reported as missing
    std::string list;
    for (const auto& known : names) list += (list.empty() ? "one of: " : ", ") + known;
    network.problem("protocol", "unknown protocol '" + name + "' in " + network.path(), list).suggestion =
        nearest(name, names);
    return nullptr;
}

[[nodiscard]] bool is_network_name(const std::string& name) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    return name.size() <= 32 && name.find_first_not_of(kLetters) == std::string::npos;
}

[[nodiscard]] NetworkConfig read_network(Section& section, const Scope& scope) {
    NetworkConfig network;
    network.name = section.required("name", "name: irc");
    if (!is_network_name(network.name)) {
        section.problem("name", section.path_of("name") + " is '" + network.name + "'",
                        "at most 32 of a-z, 0-9, '-' and '_'");
    }
    network.protocol = section.required("protocol", "protocol: irc");
    network.jid = section.required("jid", "jid: irc.example.org");
    if (!network.jid.empty() && !is_domain(network.jid)) {
        section.problem("jid", section.path_of("jid") + " is '" + network.jid + "'",
                        "a domain of its own, like irc.example.org");
    }
    network.server = read_server(section.child("server"), scope);
    if (section.has("access")) network.access = read_access(section.child("access"));
    section.know("access");
    network.options = read_options(section, network.protocol, scope);
    section.finish();
    return network;
}

[[nodiscard]] std::vector<NetworkConfig> read_networks(Section& top, const Scope& scope) {
    std::vector<NetworkConfig> networks;
    std::set<std::string> names;
    std::set<std::string> jids;
    for (auto& section : top.children("networks")) {
        auto network = read_network(section, scope);
        if (!network.name.empty() && !names.insert(network.name).second) {
            section.problem("name", "two networks have the name '" + network.name + "'");
        }
        if (!network.jid.empty() && !jids.insert(network.jid).second) {
            section.problem("jid", "two networks have the jid '" + network.jid + "'",
                            "one component address each");
        }
        networks.push_back(std::move(network));
    }
    if (!top.has("networks")) {
        top.problem("networks", "missing key 'networks' at the top level", "at least one network");
    } else if (networks.empty()) {
        top.problem("networks", "networks is empty", "at least one network");
    }
    return networks;
}

[[nodiscard]] Loaded failed(std::string file, std::string what) {
    Problem problem;
    problem.file = std::move(file);
    problem.what = std::move(what);
    return {std::nullopt, {std::move(problem)}};
}

}  // namespace

Loaded load_text(const std::string& text, const std::string& file_name, std::span<const Protocol> protocols,
                 const Surroundings& surroundings) {
    Reading reading{file_name, {}};
    const auto tree = parse_yaml(text, reading);
    if (!tree) return {std::nullopt, std::move(reading.problems)};

    const Scope scope{protocols, surroundings};
    Section top(*tree, "", tree->Mark(), reading);
    Config config;
    config.store = read_store(top.child("store"), scope);
    config.vault = read_vault(top.child("vault"), scope);
    config.admin = read_admin(top.child("admin"));
    config.log = read_log(top.child("log"));
    config.access = read_access(top.child("access"));
    config.limits = read_limits(top.child("limits"));
    config.networks = read_networks(top, scope);
    top.finish();
    if (has_errors(reading.problems)) return {std::nullopt, std::move(reading.problems)};
    return {std::move(config), std::move(reading.problems)};
}

Loaded load(const std::string& path, std::span<const Protocol> protocols, const Surroundings& surroundings) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return failed(path, std::string("cannot be read: ") + std::strerror(errno));
    std::string text(kMaxFileBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad() || (text.empty() && !stream.eof())) return failed(path, "cannot be read");
    return load_text(text, path, protocols, surroundings);
}

}  // namespace causeway::config
