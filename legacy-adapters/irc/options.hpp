#pragma once
/// @file legacy-adapters/irc/options.hpp
/// NAME       NetworkOptions: what the operator configures of an IRC network.
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "legacy-adapters/irc/codec/formatting.hpp"
#include "legacy-adapters/irc/outbox.hpp"

namespace causeway::irc {

/// A server that users may reach whatever its address is.
struct ServerOptions {
    std::string name;  ///< as in addresses: `#chan%name`; lower case
    std::string host;  ///< empty: the name
    std::uint16_t port = 6697;
    bool tls = true;
    bool verify = true;    ///< the certificate's chain and name
    std::string ca_file;   ///< PEM; empty: the system's
    std::string tls_name;  ///< name that the certificate must hold; empty: the host
};

struct NetworkOptions {
    std::string name;          ///< of the network, in logs and metrics
    std::string fixed_server;  ///< name of one of `servers`: addresses carry no server then
    std::vector<ServerOptions> servers;
    bool allow_public = false;  ///< any public DNS name, TLS on 6697, verified
    FloodLimits flood;
    std::string realname = "XMPP user";
    std::string quit_text = "Goodbye";  ///< where the gateway gives no reason
    Millis presence_poll{
        30'000};  ///< how often contacts are asked for where nothing is told by itself; 0 = never
    Millis connect_timeout{30'000};  ///< DNS, TCP, TLS and registration together
    bool keep_messages = false;      ///< words between two people are of the durable class
    Encoding encoding = Encoding::latin1;
};

}  // namespace causeway::irc
