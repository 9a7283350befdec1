#include "gateway/app/wiring.hpp"

#include <cstdlib>

#include "config/irc_options.hpp"
#include "config/loopback_options.hpp"
#include "gateway/base/assert.hpp"
#include "legacy-adapters/irc/network.hpp"
#include "legacy-adapters/loopback/durable.hpp"
#include "legacy-adapters/loopback/loopback.hpp"

namespace causeway::app {
namespace {

security::AccessRules to_rules(const config::AccessConfig& access) {
    return security::AccessRules{access.domains, access.users, access.admins};
}

irc::ServerOptions to_server(const config::IrcServer& from) {
    irc::ServerOptions server;
    server.name = from.name;
    server.host = from.host;
    server.port = from.port;
    server.tls = from.tls;
    server.verify = from.verify;
    server.ca_file = from.ca_file;
    server.tls_name = from.tls_name;
    return server;
}

irc::NetworkOptions to_irc(const config::NetworkConfig& network, const config::IrcOptions& from) {
    irc::NetworkOptions options;
    options.name = network.name;
    options.fixed_server = from.fixed_server;
    for (const auto& server : from.servers) options.servers.push_back(to_server(server));
    options.allow_public = from.allow_public;
    options.flood.burst = from.flood_burst;
    const std::chrono::duration<double> between = from.flood_rate;
    const bool limited = from.flood_burst > 0 && between.count() > 0;
    options.flood.lines_per_second = limited ? 1.0 / between.count() : 0;
    options.realname = from.realname;
    options.quit_text = from.quit_message;
    options.presence_poll = from.presence_poll;
    options.connect_timeout = from.connect_timeout;
    options.keep_messages = from.keep_messages;
    options.encoding = from.encoding == "utf-8" ? irc::Encoding::utf8_replace : irc::Encoding::latin1;
    return options;
}

loopback::DurableOptions to_durable(const config::NetworkConfig& network,
                                    const config::LoopbackOptions& from) {
    loopback::DurableOptions options;
    options.display_name = network.name;
    options.journal = from.journal;
    options.script = from.script;
    options.offers = from.offers;
    options.idempotent = from.idempotent;
    options.keeps_order = from.keeps_order;
    options.delivery_reports = from.delivery_reports;
    options.poison = from.poison;
    options.on_doubt = from.resend_on_doubt ? adapter::OnDoubt::resend_once : adapter::OnDoubt::hold;
    options.latency = from.latency;
    options.report_after = from.report_after;
    options.retry_after = from.retry_after;
    options.send_timeout = from.send_timeout;
    options.max_in_flight = from.max_in_flight;
    return options;
}

xmpp::LinkSettings to_link(const config::NetworkConfig& network, Secret<> secret) {
    const auto& from = network.server;
    xmpp::LinkSettings link;
    link.network = network.name;
    link.domain = network.jid;
    link.host = from.host;
    link.port = from.port;
    link.security = from.security == config::ServerSecurity::tls ? xmpp::LinkSecurity::tls
                                                                 : xmpp::LinkSecurity::plaintext;
    link.allow_remote_plaintext = from.allow_remote_plaintext;
    link.tls_name = from.tls_name;
    link.ca_file = from.ca_file;
    link.secret = std::move(secret);
    link.server_domain = from.domain;
    link.keepalive = from.keepalive;
    link.dead_after = from.dead_after;
    link.backoff_first = from.reconnect_first;
    link.backoff_max = from.reconnect_max;
    return link;
}

}  // namespace

std::vector<config::Protocol> known_protocols() {
    std::vector<config::Protocol> protocols;
    protocols.push_back(config::irc_protocol());
    protocols.push_back(config::loopback_protocol());
    return protocols;
}

config::Surroundings real_surroundings() {
    config::Surroundings surroundings;
    if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY"))
        surroundings.credentials_directory = directory;
    return surroundings;
}

std::unique_ptr<adapter::Network> make_network(const config::NetworkConfig& network, Executor executor,
                                               Context context) {
    if (const auto* options = dynamic_cast<const config::IrcOptions*>(network.options.get())) {
        return irc::make_network(std::move(executor), to_irc(network, *options), context);
    }
    const auto* options = dynamic_cast<const config::LoopbackOptions*>(network.options.get());
    CAUSEWAY_ASSERT(options != nullptr);
    if (options->durable) {
        return loopback::make_durable_network(std::move(executor), to_durable(network, *options), context);
    }
    return loopback::make_network(std::move(executor), network.name, context);
}

Result<BridgeSettings> bridge_settings(const config::Config& config, const config::NetworkConfig& network) {
    auto secret = config::read_secret(network.server.secret, real_surroundings().credentials_directory);
    if (!secret) return fail(secret.error());
    BridgeSettings settings;
    settings.name = NetworkName{network.name};
    settings.link = to_link(network, std::move(*secret));
    settings.policy = security::Policy{to_rules(network.effective_access(config.access))};
    settings.messages.per_minute = config.limits.messages_per_minute;
    settings.messages.burst = config.limits.burst;
    settings.joins.per_minute = config.limits.joins_per_minute;
    settings.joins.burst = std::max(1.0, settings.joins.per_minute);
    if (const auto* options = dynamic_cast<const config::IrcOptions*>(network.options.get())) {
        settings.slots.backoff.first = options->reconnect_first;
        settings.slots.backoff.max = options->reconnect_max;
    }
    if (const auto* options = dynamic_cast<const config::LoopbackOptions*>(network.options.get())) {
        settings.slots.backoff.first = options->reconnect_first;
        settings.slots.backoff.max = options->reconnect_max;
    }
    return settings;
}

Result<store::PostgresSettings> postgres_settings(const config::StoreConfig& store) {
    store::PostgresSettings settings;
    settings.uri = store.uri;
    if (store.password) {
        auto password = config::read_secret(*store.password, real_surroundings().credentials_directory);
        if (!password) return fail(password.error());
        settings.password = std::move(*password);
    }
    return settings;
}

Result<security::Vault> open_vault(const config::VaultConfig& vault, Random& random) {
    if (vault.key.kind == config::SecretSource::Kind::credential) {
        return security::Vault::from_credential(real_surroundings().credentials_directory, vault.key.place,
                                                random);
    }
    return security::Vault::from_file(vault.key.place, random);
}

}  // namespace causeway::app
