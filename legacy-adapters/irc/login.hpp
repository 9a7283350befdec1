#pragma once
/// @file legacy-adapters/irc/login.hpp
/// NAME       IrcLogin: one form (nick, server, passwords); with a password it is tried out before it is kept.
#include <string>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/irc/credentials.hpp"

namespace causeway::irc {

class IrcNetwork;

class IrcLogin final : public adapter::LoginProcess {
public:
    IrcLogin(IrcNetwork& network, Secret<std::string> on_file);

    Task<Result<adapter::LoginStep>> start(SteadyTime deadline) override;
    Task<Result<adapter::LoginStep>> submit(adapter::Answers answers, SteadyTime deadline) override;

private:
    [[nodiscard]] Result<Credentials> read(const adapter::Answers& answers) const;
    [[nodiscard]] std::string only_server() const;

    IrcNetwork& network_;
    Credentials on_file_;
};

}  // namespace causeway::irc
