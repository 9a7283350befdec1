#pragma once
/// @file legacy-adapters/irc/session_options.hpp
/// NAME       SessionOptions: what a user has set for the own sessions to one server, as the JSON that the gateway seals.
/// INVARIANTS What is in here can be written to a server: no line breaks, nothing longer than a line.
/// TRUST      change() takes what users type; read() what was sealed here.
/// TESTS      tests/unit/irc/session_options_test.cpp
#include <optional>
#include <string>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/irc/codec/formatting.hpp"

namespace causeway::irc {

struct SessionOptions {
    std::string nick;      ///< empty: that of the login
    std::string realname;  ///< empty: the operator's
    std::string sasl_account;
    Secret<std::string> sasl_password;
    Secret<std::string> nickserv_password;
    std::vector<std::string> commands;  ///< lines for the server, after the login
    std::optional<Encoding> encoding;   ///< absent: the operator's
};

/// An empty blob gives empty options. @return bad_input
[[nodiscard]] Result<SessionOptions> read_options(const Secret<std::string>& blob);
[[nodiscard]] Secret<std::string> seal_options(const SessionOptions& options);

/// The form, filled with what is on file; secrets are not shown.
[[nodiscard]] std::vector<adapter::Field> fields_of(const SessionOptions& options);
/// What is not answered stays, and so does a secret that is answered with nothing. @return bad_input
[[nodiscard]] Result<SessionOptions> change_options(SessionOptions options, const adapter::Answers& answers);

}  // namespace causeway::irc
