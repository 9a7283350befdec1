#pragma once
/// @file gateway/app/init.hpp
/// NAME       init: `causeway init`: from nothing to a configuration that starts, and what the XMPP server must know.
/// INVARIANTS Overwrites nothing unless forced, and then only the configuration: a vault key or a secret that is there
///            is kept, because what was sealed with a lost key can never be opened. Prints places, never secrets.
/// TESTS      tests/unit/app/init_test.cpp
#include <cstdint>
#include <ostream>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace causeway::app {

enum class XmppServer : std::uint8_t { prosody, ejabberd, jabberd2 };

enum class Overwrite : bool { no = false, configuration = true };

struct InitOptions {
    std::string domain;  ///< the XMPP server's: example.org
    std::string jid;     ///< the network's: irc.example.org
    XmppServer server = XmppServer::prosody;
    /// Where causeway.yaml, vault.key and irc.secret go. In another place than the default, store and control
    /// socket are put there too, so that a trial needs no system directories.
    std::string directory = "/etc/causeway";
    Overwrite overwrite = Overwrite::no;
};

/// Writes the files and prints the next steps to `out`.
/// @return bad_input: an option is wrong or a file cannot be written; conflict: files are there already
[[nodiscard]] Result<> init(InitOptions options, Random& random, std::ostream& out);

/// What to put into the server's configuration, with the place of the secret.
[[nodiscard]] std::string server_snippet(XmppServer server, const std::string& jid,
                                         const std::string& secret_file);

}  // namespace causeway::app
