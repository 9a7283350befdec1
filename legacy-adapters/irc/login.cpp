#include "legacy-adapters/irc/login.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/codec/line.hpp"
#include "legacy-adapters/irc/irc_network.hpp"

namespace causeway::irc {

namespace {

using adapter::Field;

std::string answer_to(const adapter::Answers& answers, std::string_view id) {
    const auto found = std::ranges::find(answers, id, &std::pair<std::string, std::string>::first);
    return found == answers.end() ? std::string{} : found->second;
}

/// One conversation with a server until it has let us in, or not.
Task<Result<>> register_once(std::shared_ptr<Transport> transport, Client* client, std::span<char> buffer,
                             const Context* context) {
    if (auto started = client->connected(context->clock.steady()); !started) co_return fail(started.error());
    LineBuffer lines;
    while (client->phase() == Client::Phase::registering) {
        Outbox::Taken out = client->flush(context->clock.steady());
        if (!out.bytes.empty() && !co_await transport->write(std::move(out.bytes))) break;
        const auto bytes = co_await transport->read(buffer);
        if (bytes.empty()) break;
        lines.feed(bytes);
        const Moment now{context->clock.steady(), context->clock.wall()};
        while (client->phase() == Client::Phase::registering) {
            const auto line = lines.next();
            if (!line) break;
            client->receive(*line, now);
        }
    }
    if (client->phase() == Client::Phase::failed) co_return fail(client->failure());
    if (client->phase() != Client::Phase::ready) {
        Error error = make_error(Errc::not_connected, "connection ended while registering");
        error.retry = Retry::later;
        co_return fail(std::move(error));
    }
    client->quit("Login verified");
    Outbox::Taken farewell = client->flush(context->clock.steady());
    (void)co_await transport->write(std::move(farewell.bytes));
    co_return Result<>{};
}

}  // namespace

Task<Result<>> IrcNetwork::try_login(EndpointId endpoint, Credentials credentials, SteadyTime deadline) {
    auto target = target_of(endpoint);
    if (!target) co_return fail(std::move(target.error()));
    auto transport = co_await connector_.connect(std::move(*target), deadline, std::make_shared<Abort>());
    if (!transport) co_return fail(std::move(transport.error()));
    const Deadline limit(executor_, deadline, *transport);
    Client client(client_settings(endpoint, credentials));
    auto result = co_await register_once(*transport, &client, read_buffer_, &context_);
    (*transport)->close();
    if (!result && context_.clock.steady() >= deadline) co_return fail(Errc::timed_out, "registering");
    if (result && !credentials.sasl_password.empty() && !client.authenticated()) {
        co_return fail(Errc::unsupported, "the server offers no SASL");
    }
    co_return result;
}

IrcLogin::IrcLogin(IrcNetwork& network, Secret<std::string> on_file) : network_(network) {
    if (auto credentials = parse_credentials(on_file)) on_file_ = std::move(*credentials);
}

std::string IrcLogin::only_server() const {
    const auto& options = network_.options();
    return options.servers.size() == 1 && !options.allow_public ? options.servers.front().name
                                                                : std::string{};
}

Task<Result<adapter::LoginStep>> IrcLogin::start(SteadyTime) {
    adapter::StepForm form;
    form.instructions =
        "Your nickname on IRC. Account and password are only needed where the nickname is registered.";
    form.fields.push_back({.id = "nick", .label = "Nickname", .value = on_file_.nick});
    const auto& options = network_.options();
    if (!network_.has_fixed_server() && only_server().empty()) {
        Field server{.id = "server", .label = "IRC server", .value = on_file_.server};
        if (!options.allow_public) {
            server.kind = Field::Kind::choice;
            for (const auto& listed : options.servers) server.choices.push_back(listed.name);
        }
        form.fields.push_back(std::move(server));
    }
    form.fields.push_back({.id = "username",
                           .label = "Account (if it differs from the nickname)",
                           .required = false,
                           .value = on_file_.sasl_account});
    form.fields.push_back({.id = "password",
                           .label = "Password of the account (empty: as before)",
                           .kind = Field::Kind::secret,
                           .required = false});
    form.fields.push_back({.id = "server_password",
                           .label = "Password of the server (empty: as before)",
                           .kind = Field::Kind::secret,
                           .required = false});
    co_return adapter::LoginStep(std::move(form));
}

Result<Credentials> IrcLogin::read(const adapter::Answers& answers) const {
    Credentials credentials;
    credentials.nick = answer_to(answers, "nick");
    if (!is_nick(credentials.nick)) return fail(Errc::bad_input, "not a nickname");
    credentials.server =
        only_server().empty() ? text::ascii_lower(answer_to(answers, "server")) : only_server();
    if (network_.has_fixed_server()) credentials.server.clear();
    if (auto target = network_.target_of(EndpointId(credentials.server)); !target)
        return fail(target.error());

    credentials.sasl_account = answer_to(answers, "username");
    credentials.sasl_password = Secret<std::string>(answer_to(answers, "password"));
    credentials.server_password = Secret<std::string>(answer_to(answers, "server_password"));
    if (credentials.server == on_file_.server) {
        if (credentials.sasl_password.empty()) credentials.sasl_password = on_file_.sasl_password;
        if (credentials.server_password.empty()) credentials.server_password = on_file_.server_password;
    }
    const std::array<std::string_view, 3> texts{credentials.sasl_account, credentials.sasl_password.reveal(),
                                                credentials.server_password.reveal()};
    for (const auto text : texts) {
        if (text.size() > 300 || text::has_line_break(text))
            return fail(Errc::bad_input, "impossible password");
    }
    return credentials;
}

Task<Result<adapter::LoginStep>> IrcLogin::submit(adapter::Answers answers, SteadyTime deadline) {
    auto credentials = read(answers);
    if (!credentials) co_return fail(std::move(credentials.error()));
    if (!credentials->sasl_password.empty() || !credentials->server_password.empty()) {
        auto verified = co_await network_.try_login(EndpointId(credentials->server), *credentials, deadline);
        if (!verified) co_return fail(std::move(verified.error()));
    }
    adapter::StepDone done;
    done.remote_name = credentials->nick;
    const std::string server =
        network_.has_fixed_server() ? network_.options().fixed_server : credentials->server;
    done.remote_name += " on " + server;
    done.credentials = seal_credentials(*credentials);
    co_return adapter::LoginStep(std::move(done));
}

}  // namespace causeway::irc
