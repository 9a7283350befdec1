#include "gateway/app/init.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/irc_options.hpp"
#include "config/values.hpp"
#include "gateway/security/vault.hpp"

namespace causeway::app {

namespace {

constexpr std::string_view kSystemDirectory = "/etc/causeway";
constexpr std::size_t kSecretBytes = 20;
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kReadable = 0644;  // the configuration holds no secret

struct Places {
    std::string directory;
    std::string config;
    std::string vault_key;
    std::string secret;
    std::string store;
    std::string control_socket;
};

[[nodiscard]] Places places_in(const std::string& directory) {
    Places places{.directory = directory,
                  .config = directory + "/causeway.yaml",
                  .vault_key = directory + "/vault.key",
                  .secret = directory + "/irc.secret",
                  .store = config::StoreConfig{}.path,
                  .control_socket = config::AdminConfig{}.control_socket};
    if (directory != kSystemDirectory) {
        places.store = directory + "/causeway.db";
        places.control_socket = directory + "/control.sock";
    }
    return places;
}

/// Arguments: domain, jid, vault key, secret file, store, control socket.
constexpr std::string_view kTemplate =
    R"(# Causeway's configuration, written by `causeway init`. Every key there is: annotated.yaml in the documentation.
# Look at it with: causeway check --config FILE. Secrets are not here, only the places of their files (mode 0600).

store:
  path: {store}

vault:
  key_file: {vault_key}        # stored logins cannot be opened without it: keep a copy apart from the store

admin:
  listen: 127.0.0.1:9477       # /metrics, /healthz, /readyz; "off" for none
  control_socket: {control_socket}   # for `causeway status`

log:
  level: info                  # debug, info, warning, error

access:                        # who may use the networks; nobody else can
  domains: [{domain}]
  users: []                    # single people of other domains: [alice@example.net]
  admins: []                   # may administer: [admin@{domain}]

limits:                        # per user
  messages_per_minute: 120
  burst: 40
  joins_per_minute: 30

networks:
  - name: irc
    protocol: irc
    jid: {jid}
    server:                    # the XMPP server's component port
      host: 127.0.0.1
      port: 5347
      security: plaintext      # to another machine use tls
      domain: {domain}
      secret_file: {secret}
    options:
      allow_public: false      # true: users may connect to any IRC server, not only those below
      servers:
        - name: irc.libera.chat    # part of addresses: #room%irc.libera.chat@{jid}
          port: 6697
          tls: true
)";

[[nodiscard]] std::string configuration(const InitOptions& options, const Places& places) {
    return fmt::format(kTemplate, fmt::arg("domain", options.domain), fmt::arg("jid", options.jid),
                       fmt::arg("vault_key", places.vault_key), fmt::arg("secret", places.secret),
                       fmt::arg("store", places.store), fmt::arg("control_socket", places.control_socket));
}

[[nodiscard]] std::unexpected<Error> cannot_write(const std::string& path) {
    return fail(Errc::bad_input, "cannot write " + path + ": " + std::strerror(errno));
}

/// The file appears whole or not at all.
[[nodiscard]] Result<> write_file(const std::string& path, std::string_view content, mode_t mode) {
    const std::string fresh = path + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) return cannot_write(fresh);
    const bool written =
        ::fchmod(file, mode) == 0 &&
        ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (written && std::rename(fresh.c_str(), path.c_str()) == 0) return {};
    if (!written) errno = reason;
    auto failure = cannot_write(path);
    ::unlink(fresh.c_str());
    return failure;
}

[[nodiscard]] Result<> check_options(const InitOptions& options) {
    if (!config::is_domain(options.domain)) {
        return fail(Errc::bad_input,
                    "--domain '" + options.domain + "' is not a domain; for example: example.org");
    }
    if (!config::is_domain(options.jid)) {
        return fail(Errc::bad_input,
                    "--jid '" + options.jid + "' is not a domain; for example: irc.example.org");
    }
    if (options.jid == options.domain) {
        return fail(Errc::bad_input,
                    "--jid must be an address of its own, for example: irc." + options.domain);
    }
    return {};
}

[[nodiscard]] Result<> check_nothing_is_lost(const InitOptions& options, const Places& places) {
    if (options.overwrite == Overwrite::configuration) return {};
    for (const auto& path : {places.config, places.vault_key, places.secret}) {
        if (!std::filesystem::exists(path)) continue;
        return fail(Errc::conflict,
                    path + " exists already; --force writes causeway.yaml anew and keeps the secrets");
    }
    return {};
}

[[nodiscard]] Result<> write_all(const InitOptions& options, const Places& places, Random& random) {
    std::error_code error;
    std::filesystem::create_directories(places.directory, error);
    if (error) return fail(Errc::bad_input, "cannot make " + places.directory + ": " + error.message());
    if (!std::filesystem::exists(places.vault_key)) {
        if (auto made = security::generate_key_file(places.vault_key, random); !made) return made;
    }
    if (!std::filesystem::exists(places.secret)) {
        const Secret<> secret(random.token(kSecretBytes) + "\n");
        if (auto made = write_file(places.secret, secret.reveal(), kOwnerOnly); !made) return made;
    }
    return write_file(places.config, configuration(options, places), kReadable);
}

/// What was written must be what the daemon accepts: a directory's name may hold what YAML does not like.
[[nodiscard]] Result<> check_result(const Places& places) {
    const std::vector<config::Protocol> protocols{config::irc_protocol()};
    const auto loaded = config::load(places.config, protocols, config::Surroundings{});
    if (loaded.config) return {};
    return fail(Errc::bad_input, "what was written does not load:\n" + config::render(loaded.problems));
}

}  // namespace

std::string server_snippet(XmppServer server, const std::string& jid, const std::string& secret_file) {
    const std::string secret = "<the line in " + secret_file + ">";
    switch (server) {
        case XmppServer::prosody:
            return "-- at the end of /etc/prosody/prosody.cfg.lua, then: systemctl restart prosody\n"
                   "Component \"" +
                   jid +
                   "\"\n"
                   "    component_secret = \"" +
                   secret + "\"\n";
        case XmppServer::ejabberd:
            return "# under `listen:` in /etc/ejabberd/ejabberd.yml, then restart ejabberd\n"
                   "  -\n"
                   "    port: 5347\n"
                   "    ip: \"127.0.0.1\"\n"
                   "    module: ejabberd_service\n"
                   "    access: all\n"
                   "    hosts:\n"
                   "      \"" +
                   jid +
                   "\":\n"
                   "        password: \"" +
                   secret + "\"\n";
        case XmppServer::jabberd2:
            return "<!-- in <local> of /etc/jabberd2/router.xml, then restart jabberd2. One secret is for "
                   "all\n"
                   "     components; " +
                   jid +
                   " needs no entry of its own. -->\n"
                   "<ip>127.0.0.1</ip>\n"
                   "<port>5347</port>\n"
                   "<secret>" +
                   secret + "</secret>\n";
    }
    return {};
}

Result<> init(InitOptions options, Random& random, std::ostream& out) {
    if (auto checked = check_options(options); !checked) return checked;
    auto directory = std::filesystem::absolute(options.directory).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();  // "dir/" and "dir" are one
    const auto places = places_in(directory.string());
    if (auto checked = check_nothing_is_lost(options, places); !checked) return checked;
    if (auto written = write_all(options, places, random); !written) return written;
    if (auto checked = check_result(places); !checked) return checked;

    out << "Written:\n"
        << "  " << places.config << "   the configuration\n"
        << "  " << places.vault_key << "   the key of stored logins: keep a copy apart from the store\n"
        << "  " << places.secret << "   the secret between the XMPP server and Causeway\n"
        << "They must be readable by the user that Causeway runs as, and the two secrets by nobody else.\n\n"
        << "Tell the XMPP server:\n\n"
        << server_snippet(options.server, options.jid, places.secret) << "\n"
        << "Then:\n"
        << "  causeway check --config " << places.config << " --connect\n"
        << "  causeway serve --config " << places.config << "\n";
    return {};
}

}  // namespace causeway::app
