#pragma once
/// @file config/irc_options.hpp
/// NAME       IrcOptions: the `options` of a network with `protocol: irc`.
/// TESTS      tests/unit/config/irc_options_test.cpp
#include <cstdint>
#include <string>
#include <vector>

#include "config/protocol.hpp"
#include "gateway/base/time.hpp"

namespace causeway::config {

struct IrcServer {
    std::string name;  ///< how it is written in addresses: #channel%name@irc.example.org
    std::string host;
    std::uint16_t port = 6697;
    bool tls = true;
    bool verify = true;    ///< false: accept any certificate (a server's self-signed one)
    std::string ca_file;   ///< "" = the system's
    std::string tls_name;  ///< "" = host
    friend bool operator==(const IrcServer&, const IrcServer&) = default;
};

struct IrcOptions final : ProtocolOptions {
    std::string fixed_server;   ///< name of the only server; addresses then carry none. "" = many
    bool allow_public = false;  ///< users may name any host, not only those of `servers`
    std::vector<IrcServer> servers;
    std::uint32_t flood_burst = 10;  ///< lines at once; 0 = no limit
    Millis flood_rate{500};          ///< then one line per
    Millis presence_poll{
        60'000};  ///< how often contacts are asked for where the server cannot tell by itself
    Millis connect_timeout{30'000};
    Millis reconnect_first{5'000};
    Millis reconnect_max{600'000};
    bool keep_messages = false;       ///< words between two people are kept until the server has them
    std::string encoding = "latin1";  ///< what text is read as when it is not UTF-8
    std::string realname = "Causeway";
    std::string quit_message = "Leaving";

    void compare(const ProtocolOptions& newer, const std::string& path, ReloadPlan& plan) const override;
};

/// The entry for the program's list of protocols.
[[nodiscard]] Protocol irc_protocol();

}  // namespace causeway::config
