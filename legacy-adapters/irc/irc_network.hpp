#pragma once
/// @file legacy-adapters/irc/irc_network.hpp
/// NAME       IrcNetwork: the configured servers, and what all sessions share: one timer, one read buffer.
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/adapter/wording.hpp"
#include "legacy-adapters/irc/credentials.hpp"
#include "legacy-adapters/irc/network.hpp"
#include "legacy-adapters/irc/session.hpp"
#include "legacy-adapters/irc/wording.hpp"

namespace causeway::irc {

class IrcNetwork final : public adapter::Network, public adapter::Wording {
public:
    IrcNetwork(Executor executor, NetworkOptions options, Context context);

    [[nodiscard]] const adapter::NetworkInfo& info() const noexcept override { return info_; }
    Task<> run() override;
    Task<> close(SteadyTime deadline) override;
    Task<Result<>> check(SteadyTime deadline) override;
    [[nodiscard]] std::unique_ptr<adapter::LoginProcess> begin_login(Secret<std::string> on_file) override;
    [[nodiscard]] Result<std::unique_ptr<adapter::Session>> open(adapter::SessionSettings settings,
                                                                 adapter::SessionHost& host) override;
    [[nodiscard]] std::vector<adapter::Field> option_fields(
        const EndpointId& endpoint, const Secret<std::string>& options) const override;
    [[nodiscard]] Result<Secret<std::string>> change_options(const EndpointId& endpoint,
                                                             const Secret<std::string>& on_file,
                                                             const adapter::Answers& answers) const override;
    [[nodiscard]] Result<adapter::Address> parse_address(std::string_view typed) const override;
    [[nodiscard]] std::string format_address(const adapter::Address& address) const override;

    // adapter::Wording
    [[nodiscard]] std::span<const model::Translation> wording() const noexcept override {
        return irc::wording();
    }

    // ---- for logins
    [[nodiscard]] const NetworkOptions& options() const noexcept { return options_; }
    [[nodiscard]] bool has_fixed_server() const noexcept { return !options_.fixed_server.empty(); }
    /// Where an endpoint is. @return refused if it may not be reached
    [[nodiscard]] Result<Connector::Target> target_of(const EndpointId& endpoint) const;
    [[nodiscard]] ClientSettings client_settings(const EndpointId& endpoint,
                                                 const Credentials& credentials) const;
    /// Connects, registers and leaves again. @return bad_credentials, unsupported (no SASL there), …
    [[nodiscard]] Task<Result<>> try_login(EndpointId endpoint, Credentials credentials, SteadyTime deadline);

private:
    void sweep(SteadyTime now);

    Executor executor_;
    NetworkOptions options_;
    Context context_;
    adapter::NetworkInfo info_;
    Connector connector_;
    std::vector<IrcSession*> connected_;
    std::array<char, 16 * 1024> read_buffer_{};
    Shared shared_;
    Timer sweep_timer_;
    Gate stopped_;
    SteadyTime next_poll_{};
    bool closing_ = false;
    bool running_ = false;
};

}  // namespace causeway::irc
