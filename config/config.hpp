#pragma once
/// @file config/config.hpp
/// NAME       Config: the configuration file as typed values, and the loader.
/// WHY        Whatever is wrong is found at start, all of it at once, with its line and what to write instead.
/// INVARIANTS A Config that the loader gave out is complete and consistent: no one checks it again.
///            It holds places of secrets, never secrets. Every key is in config/annotated.yaml.
/// TESTS      tests/unit/config/loader_test.cpp
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/problem.hpp"
#include "config/protocol.hpp"
#include "config/secret_source.hpp"
#include "config/values.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/time.hpp"

namespace causeway::config {

enum class StoreDriver : std::uint8_t { sqlite, postgres };

struct StoreConfig {
    StoreDriver driver = StoreDriver::sqlite;
    std::string path = "/var/lib/causeway/causeway.db";  ///< of sqlite
    std::string uri;                                     ///< of postgres; holds no password
    std::optional<SecretSource> password;                ///< of postgres
    Millis keep_messages{7 * 24 * 3'600'000};            ///< what is done
    std::optional<std::uint64_t> disk_floor;             ///< of sqlite; 0: none; nothing: 5 % or 1 GiB
    friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

struct VaultConfig {
    SecretSource key;
    friend bool operator==(const VaultConfig&, const VaultConfig&) = default;
};

struct AdminConfig {
    std::optional<HostPort> listen = HostPort{"127.0.0.1", 9477};  ///< nothing = "off"
    bool allow_remote = false;
    std::string control_socket = "/run/causeway/control.sock";
    friend bool operator==(const AdminConfig&, const AdminConfig&) = default;
};

struct LogConfig {
    log::Level level = log::Level::info;
    log::Format format = log::Format::text;
    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

struct AccessConfig {
    std::vector<std::string> domains;
    std::vector<std::string> users;
    std::vector<std::string> admins;
    friend bool operator==(const AccessConfig&, const AccessConfig&) = default;
};

struct LimitsConfig {
    std::uint32_t messages_per_minute = 120;
    std::uint32_t burst = 40;
    std::uint32_t joins_per_minute = 30;
    friend bool operator==(const LimitsConfig&, const LimitsConfig&) = default;
};

enum class ServerSecurity : std::uint8_t { plaintext, tls };

/// The link to the XMPP server.
struct ServerConfig {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5347;
    ServerSecurity security = ServerSecurity::plaintext;
    std::string tls_name;
    std::string ca_file;
    bool allow_remote_plaintext = false;
    std::string domain;  ///< the server's own
    SecretSource secret;
    Millis keepalive{30'000};
    Millis dead_after{20'000};
    Millis reconnect_first{1'000};
    Millis reconnect_max{60'000};
    friend bool operator==(const ServerConfig&, const ServerConfig&) = default;
};

struct NetworkConfig {
    std::string name;
    std::string protocol;
    std::string jid;
    ServerConfig server;
    std::optional<AccessConfig> access;              ///< instead of the general one
    std::shared_ptr<const ProtocolOptions> options;  ///< null if the protocol has none

    [[nodiscard]] const AccessConfig& effective_access(const AccessConfig& general) const noexcept {
        return access ? *access : general;
    }
};

struct Config {
    StoreConfig store;
    VaultConfig vault;
    AdminConfig admin;
    LogConfig log;
    AccessConfig access;
    LimitsConfig limits;
    std::vector<NetworkConfig> networks;
};

struct Loaded {
    std::optional<Config> config;   ///< there unless a problem is an error
    std::vector<Problem> problems;  ///< errors and warnings
};

/// Reads a file. `file_name` of the problems is the path as given.
[[nodiscard]] Loaded load(const std::string& path, std::span<const Protocol> protocols,
                          const Surroundings& surroundings);
/// The same from text.
[[nodiscard]] Loaded load_text(const std::string& text, const std::string& file_name,
                               std::span<const Protocol> protocols, const Surroundings& surroundings);

/// What differs between two configurations, and what to do about it. Networks are told apart by name.
[[nodiscard]] ReloadPlan plan_reload(const Config& old_config, const Config& new_config);

}  // namespace causeway::config
