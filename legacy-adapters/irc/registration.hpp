#pragma once
/// @file legacy-adapters/irc/registration.hpp
/// NAME       Registration: from the first line to the end of the message of the day.
/// WHY        CAP, SASL, PASS, NICK and USER interlock; every path ends: in done(), or in error().
/// INVARIANTS CAP END is sent exactly once if CAP LS was answered, also after NAK. Sans-IO.
/// TRUST      A server's lines, in any order.
/// TESTS      tests/unit/irc/registration_test.cpp
/// @source    IRCv3 capability-negotiation, sasl-3.1; modern.ircdocs.horse
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "legacy-adapters/irc/codec/message.hpp"
#include "legacy-adapters/irc/identity.hpp"

namespace causeway::irc {

struct LoginDetails {
    std::string nick;
    std::string username;
    std::string realname;
    std::string sasl_account;  ///< empty: the nick
    Secret<std::string> sasl_password;
    Secret<std::string> server_password;
};

class Registration {
public:
    /// @param identity is filled in; must outlive this
    Registration(LoginDetails details, Identity& identity);

    /// First lines. @return bad_input if a detail cannot be written
    [[nodiscard]] Result<std::string> start();
    /// @param out lines to write at once
    void receive(const Message& message, std::string& out);

    [[nodiscard]] bool done() const noexcept { return done_; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// True once the server has confirmed the SASL login.
    [[nodiscard]] bool authenticated() const noexcept { return authenticated_; }
    /// What the server says when it refuses; may be empty. Safe to show.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    void on_cap(const Message& message, std::string& out);
    void on_cap_list(const Message& message, std::string& out);
    void on_cap_answer(const Message& message, bool granted, std::string& out);
    void on_numeric(const Message& message, std::string& out);
    void on_authenticate(const Message& message, std::string& out);
    void request(const std::vector<std::string_view>& names, std::string& out);
    void proceed(std::string& out);
    void end_caps(std::string& out);
    void next_nick(bool invalid, std::string& out);
    void give_up(Errc code, const Message& message, std::string detail);

    LoginDetails details_;
    Identity& identity_;
    std::string offered_;  ///< names of CAP LS, separated by spaces
    std::size_t answers_due_ = 0;
    int nick_attempt_ = 0;
    bool wants_sasl_ = false;
    bool password_sent_ = false;  ///< a server that asks again gets it no second time
    bool cap_ended_ = false;
    bool asked_one_by_one_ = false;
    bool authenticated_ = false;
    bool done_ = false;
    std::optional<Error> error_;
    std::string reason_;
};

/// The `attempt`-th thing to try when `nick` is taken: nick_, nick__, then cut and numbered.
/// @param most bytes the server allows; 0 = not known
[[nodiscard]] std::string alternative_nick(std::string_view nick, int attempt, std::size_t most);

/// The lines of AUTHENTICATE for a payload: base64 in pieces of 400, closed by `+` where needed.
[[nodiscard]] std::string authenticate_lines(std::string_view payload);

/// Updates `caps` from the space-separated names of CAP ACK, DEL (`-name` means gone).
void apply_caps(CapSet& caps, std::string_view names, bool granted);

}  // namespace causeway::irc
