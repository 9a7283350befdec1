#include <algorithm>

#include "config/config.hpp"

namespace causeway::config {

namespace {

void note(std::vector<std::string>& list, bool differs, std::string path) {
    if (differs) list.push_back(std::move(path));
}

void compare_servers(const ServerConfig& before, const ServerConfig& after, const std::string& path,
                     ReloadPlan& plan) {
    // Taken over at the link's next connect; the running stream is left alone.
    note(plan.apply, before.host != after.host, path + ".host");
    note(plan.apply, before.port != after.port, path + ".port");
    note(plan.apply, before.security != after.security, path + ".security");
    note(plan.apply, before.tls_name != after.tls_name, path + ".tls_name");
    note(plan.apply, before.ca_file != after.ca_file, path + ".ca_file");
    note(plan.apply, before.allow_remote_plaintext != after.allow_remote_plaintext,
         path + ".allow_remote_plaintext");
    note(plan.apply, before.secret != after.secret, path + ".secret");
    note(plan.apply, before.keepalive != after.keepalive, path + ".keepalive");
    note(plan.apply, before.dead_after != after.dead_after, path + ".dead_after");
    note(plan.apply, before.reconnect_first != after.reconnect_first, path + ".reconnect_first");
    note(plan.apply, before.reconnect_max != after.reconnect_max, path + ".reconnect_max");
    note(plan.restart, before.domain != after.domain, path + ".domain");
}

void compare_networks(const NetworkConfig& before, const NetworkConfig& after, ReloadPlan& plan) {
    const std::string path = "networks[" + before.name + "]";
    note(plan.restart, before.jid != after.jid, path + ".jid");
    note(plan.apply, before.access != after.access, path + ".access");
    compare_servers(before.server, after.server, path + ".server", plan);
    if (before.protocol != after.protocol) {
        plan.restart.push_back(path + ".protocol");
    } else if (before.options && after.options) {
        before.options->compare(*after.options, path + ".options", plan);
    }
}

[[nodiscard]] const NetworkConfig* find(const std::vector<NetworkConfig>& networks, const std::string& name) {
    const auto found = std::ranges::find(networks, name, &NetworkConfig::name);
    return found != networks.end() ? &*found : nullptr;
}

}  // namespace

ReloadPlan plan_reload(const Config& old_config, const Config& new_config) {
    ReloadPlan plan;
    note(plan.restart, old_config.store.driver != new_config.store.driver, "store.driver");
    note(plan.restart, old_config.store.path != new_config.store.path, "store.path");
    note(plan.restart, old_config.store.uri != new_config.store.uri, "store.uri");
    note(plan.restart, old_config.store.password != new_config.store.password, "store.password");
    note(plan.restart, old_config.store.disk_floor != new_config.store.disk_floor, "store.disk_floor");
    note(plan.restart, old_config.store.keep_messages != new_config.store.keep_messages,
         "store.keep_messages");
    note(plan.restart, old_config.vault != new_config.vault, "vault.key");
    note(plan.restart, old_config.admin != new_config.admin, "admin");
    note(plan.apply, old_config.log.level != new_config.log.level, "log.level");
    note(plan.restart, old_config.log.format != new_config.log.format, "log.format");
    note(plan.apply, old_config.access != new_config.access, "access");
    note(plan.apply, old_config.limits != new_config.limits, "limits");
    for (const auto& before : old_config.networks) {
        const auto* after = find(new_config.networks, before.name);
        if (after == nullptr) {
            plan.restart.push_back("networks[" + before.name + "] (removed)");
        } else {
            compare_networks(before, *after, plan);
        }
    }
    for (const auto& after : new_config.networks) {
        if (find(old_config.networks, after.name) == nullptr) {
            plan.restart.push_back("networks[" + after.name + "] (added)");
        }
    }
    return plan;
}

}  // namespace causeway::config
