#include "component/stream/link_parts.hpp"

#include <utility>

namespace causeway::xmpp {

TransportSettings transport_settings(const LinkSettings& settings) {
    return {.host = settings.host,
            .port = settings.port,
            .tls = settings.security == LinkSecurity::tls,
            .allow_remote_plaintext = settings.allow_remote_plaintext,
            .tls_name = settings.tls_name,
            .ca_file = settings.ca_file};
}

StreamSettings stream_settings(const LinkSettings& settings, std::uint64_t epoch) {
    return {.domain = settings.domain,
            .server_domain = settings.server_domain,
            .secret = settings.secret,
            .epoch = epoch,
            .keepalive = settings.keepalive,
            .dead_after = settings.dead_after,
            .max_stanza_bytes = settings.max_stanza_bytes};
}

namespace {

/// A name that cannot be prepared is left to the server to refuse.
std::string prepared(std::string domain) {
    const Result<Jid> jid = Jid::parse(domain);
    return jid ? std::string(jid->domain()) : std::move(domain);
}

}  // namespace

LinkSettings with_prepared_names(LinkSettings settings) {
    settings.domain = prepared(std::move(settings.domain));
    if (!settings.server_domain.empty()) settings.server_domain = prepared(std::move(settings.server_domain));
    return settings;
}

}  // namespace causeway::xmpp
