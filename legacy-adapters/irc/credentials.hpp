#pragma once
/// @file legacy-adapters/irc/credentials.hpp
/// NAME       Credentials: what a user registered with, as the JSON that the gateway seals.
/// TESTS      tests/unit/irc/guard_test.cpp
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"

namespace causeway::irc {

struct Credentials {
    std::string server;  ///< endpoint that the passwords are for; "" with a fixed server
    std::string nick;
    std::string sasl_account;  ///< empty: the nick
    Secret<std::string> sasl_password;
    Secret<std::string> server_password;
};

/// An empty blob gives empty credentials. @return bad_input
[[nodiscard]] Result<Credentials> parse_credentials(const Secret<std::string>& blob);
[[nodiscard]] Secret<std::string> seal_credentials(const Credentials& credentials);

}  // namespace causeway::irc
