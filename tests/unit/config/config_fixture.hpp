#pragma once
// Loads configuration text with the protocols of the real program, for tests/unit/config.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/irc_options.hpp"
#include "config/loopback_options.hpp"

namespace causeway::config::testing {

[[nodiscard]] inline std::vector<Protocol> protocols() {
    return {irc_protocol(), loopback_protocol()};
}

[[nodiscard]] inline Loaded load_here(const std::string& text) {
    const auto known = protocols();
    const Surroundings surroundings{.credentials_directory = "", .check_files = false};
    return load_text(text, "causeway.yaml", known, surroundings);
}

/// A complete small file; `extra` goes to the top level, `server` and `network` into their places.
[[nodiscard]] inline std::string yaml(const std::string& extra = "", const std::string& server = "",
                                      const std::string& network = "") {
    return extra +
           "vault: { key_file: /etc/causeway/vault.key }\n"
           "networks:\n"
           "  - name: test\n"
           "    protocol: loopback\n"
           "    jid: test.example.org\n" +
           network +
           "    server:\n"
           "      domain: example.org\n" +
           (server.find("secret") == std::string::npos ? "      secret_file: /etc/causeway/test.secret\n"
                                                       : "") +
           server;
}

[[nodiscard]] inline std::string problems_of(const std::string& text) {
    return render(load_here(text).problems);
}

}  // namespace causeway::config::testing
