#include "legacy-adapters/irc/network.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/irc_network.hpp"
#include "legacy-adapters/irc/login.hpp"
#include "legacy-adapters/irc/session_options.hpp"

namespace causeway::irc {

namespace {

constexpr std::chrono::seconds kKeepalive{30};  // how often silence is looked for, for all sessions at once

constexpr std::size_t kMaxTextLines = 40;

/// Time for the answer, and for flood control to let the longest message out.
Millis send_timeout(const FloodLimits& flood) {
    constexpr Millis kAnswer{30'000};
    constexpr Millis kLongest{300'000};
    if (flood.lines_per_second <= 0) return kAnswer;
    const std::chrono::duration<double> drain(static_cast<double>(kMaxTextLines) / flood.lines_per_second);
    if (drain >= kLongest) return kLongest;
    return std::min(kLongest, kAnswer + std::chrono::ceil<Millis>(drain));
}

adapter::NetworkInfo make_info(const NetworkOptions& options) {
    using adapter::Capability;
    adapter::NetworkInfo info;
    info.display_name = "IRC";
    info.protocol = "irc";
    info.contact_noun = "nickname";
    info.capabilities = {Capability::rooms,   Capability::roster,    Capability::presence,
                         Capability::queries, Capability::directory, Capability::accept_ack};
    info.limits = {.max_text_bytes = 8 * 1024,
                   .max_text_lines = kMaxTextLines,
                   .max_in_flight = 64,
                   .send_timeout = send_timeout(options.flood)};
    info.durability = options.keep_messages ? adapter::Durability::durable : adapter::Durability::live;
    info.on_doubt = adapter::OnDoubt::resend_once;  // a second line costs nobody anything, a lost one does
    info.keeps_order = true;
    info.login_required = false;
    info.many_endpoints = options.fixed_server.empty();
    return info;
}

/// The part of a nick that is fit for USER: servers refuse anything else there.
std::string username_from(std::string_view nick) {
    constexpr std::size_t kLongest = 9;
    std::string user;
    for (const char c : nick) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (fits && user.size() < kLongest) user += c;
    }
    return user.empty() ? std::string("causeway") : user;
}

/// What the user has set for this server goes before what the login says.
void apply(const SessionOptions& options, ClientSettings& settings) {
    if (!options.realname.empty()) settings.login.realname = options.realname;
    if (!options.sasl_account.empty()) settings.login.sasl_account = options.sasl_account;
    if (!options.sasl_password.empty()) settings.login.sasl_password = options.sasl_password;
    settings.nickserv_password = options.nickserv_password;
    settings.commands = options.commands;
    settings.encoding = options.encoding.value_or(settings.encoding);
}

/// The network has it for as long as there are sessions: they need not keep it alive.
std::shared_ptr<const ServerOptions> shared(const ServerOptions& listed) {
    return {std::shared_ptr<const ServerOptions>(), &listed};
}

}  // namespace

std::unique_ptr<adapter::Network> make_network(Executor executor, NetworkOptions options, Context context) {
    return std::make_unique<IrcNetwork>(std::move(executor), std::move(options), context);
}

IrcNetwork::IrcNetwork(Executor executor, NetworkOptions options, Context context)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      context_(context),
      info_(make_info(options_)),
      connector_(executor_, options_, context_),
      shared_{.executor = executor_,
              .context = context_,
              .options = options_,
              .connector = connector_,
              .connected = connected_,
              .read_buffer = read_buffer_,
              .lines_in = context_.metrics.counter("causeway_irc_lines_total", "IRC lines",
                                                   {{"network", options_.name}, {"direction", "in"}}),
              .lines_out = context_.metrics.counter("causeway_irc_lines_total", "IRC lines",
                                                    {{"network", options_.name}, {"direction", "out"}}),
              .connections = context_.metrics.gauge("causeway_irc_connections", "Connections to IRC servers",
                                                    {{"network", options_.name}}),
              .flood_wait = context_.metrics.seconds("causeway_irc_flood_wait_seconds",
                                                     "Time that lines waited for flood control",
                                                     {{"network", options_.name}})},
      sweep_timer_(executor_),
      stopped_(executor_) {}

Task<> IrcNetwork::run() {
    running_ = true;
    stopped_.close();
    const Millis poll = options_.presence_poll.count() > 0 ? options_.presence_poll : Millis(kKeepalive);
    const auto interval = std::min<SteadyTime::duration>(poll, kKeepalive);
    next_poll_ = context_.clock.steady() + options_.presence_poll;
    while (!closing_) {
        sweep_timer_.expires_at(context_.clock.steady() + interval);
        boost::system::error_code ignored;
        co_await sweep_timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        if (!closing_) sweep(context_.clock.steady());
    }
    running_ = false;
    stopped_.open();
}

void IrcNetwork::sweep(SteadyTime now) {
    const bool polls = options_.presence_poll.count() > 0 && now >= next_poll_;
    if (polls) next_poll_ = now + options_.presence_poll;
    const auto sessions = connected_;  // a session may leave while it is looked at
    for (IrcSession* session : sessions) session->sweep(now, polls);
}

Task<> IrcNetwork::close(SteadyTime deadline) {
    closing_ = true;
    sweep_timer_.cancel();
    if (running_) (void)co_await stopped_.wait(deadline);
}

Task<Result<>> IrcNetwork::check(SteadyTime deadline) {
    for (const auto& server : options_.servers) {
        Connector::Target target{.server = shared(server), .listed = true};
        auto transport = co_await connector_.connect(std::move(target), deadline, std::make_shared<Abort>());
        if (!transport) {
            Error error = std::move(transport.error());
            error.detail = server.name + ": " + error.detail;
            co_return fail(std::move(error));
        }
        (*transport)->close();
    }
    co_return Result<>{};
}

std::unique_ptr<adapter::LoginProcess> IrcNetwork::begin_login(Secret<std::string> on_file) {
    return std::make_unique<IrcLogin>(*this, std::move(on_file));
}

Result<std::unique_ptr<adapter::Session>> IrcNetwork::open(adapter::SessionSettings settings,
                                                           adapter::SessionHost& host) {
    auto credentials = parse_credentials(settings.credentials);
    if (!credentials) return fail(credentials.error());
    auto options = read_options(settings.options);
    if (!options) return fail(options.error());
    EndpointId endpoint = settings.endpoint;
    if (endpoint.empty() && !has_fixed_server()) endpoint = EndpointId(credentials->server);
    auto target = target_of(endpoint);
    if (!target) return fail(target.error());
    if (credentials->server != endpoint.str()) {  // passwords are for the server that they were given for
        Credentials elsewhere;
        elsewhere.nick = credentials->nick;
        *credentials = std::move(elsewhere);
    }
    if (!options->nick.empty()) credentials->nick = options->nick;
    // Nobody chose this one, so nobody could correct it either: it is made to fit.
    if (credentials->nick.empty()) credentials->nick = nick_from(settings.preferred_name);
    if (!is_nick(credentials->nick)) return fail(Errc::bad_input, "no usable nickname");
    auto client = client_settings(endpoint, *credentials);
    apply(*options, client);
    return std::make_unique<IrcSession>(shared_, std::move(*target), std::move(client),
                                        std::move(settings.account), host);
}

ClientSettings IrcNetwork::client_settings(const EndpointId& endpoint, const Credentials& credentials) const {
    ClientSettings settings;
    settings.names = Names{endpoint.str()};
    settings.encoding = options_.encoding;
    settings.flood = options_.flood;
    settings.login = {.nick = credentials.nick,
                      .username = username_from(credentials.nick),
                      .realname = options_.realname,
                      .sasl_account = credentials.sasl_account,
                      .sasl_password = credentials.sasl_password,
                      .server_password = credentials.server_password};
    return settings;
}

Result<Connector::Target> IrcNetwork::target_of(const EndpointId& endpoint) const {
    const std::string& wanted =
        has_fixed_server() && endpoint.empty() ? options_.fixed_server : endpoint.str();
    const auto listed = std::ranges::find(options_.servers, wanted, &ServerOptions::name);
    if (listed != options_.servers.end()) return Connector::Target{.server = shared(*listed), .listed = true};
    const bool dns_name = is_host_name(wanted) && wanted.contains('.');
    if (!options_.allow_public || has_fixed_server() || !dns_name) {
        return fail(Errc::refused, "this server is not offered here");
    }
    auto server = std::make_shared<ServerOptions>();
    server->name = wanted;
    return Connector::Target{.server = std::move(server), .listed = false};
}

std::vector<adapter::Field> IrcNetwork::option_fields(const EndpointId& endpoint,
                                                      const Secret<std::string>& options) const {
    if (!target_of(endpoint)) return {};
    const auto on_file = read_options(options);
    return fields_of(on_file ? *on_file : SessionOptions{});
}

Result<Secret<std::string>> IrcNetwork::change_options(const EndpointId& endpoint,
                                                       const Secret<std::string>& on_file,
                                                       const adapter::Answers& answers) const {
    if (auto target = target_of(endpoint); !target) return fail(target.error());
    auto options = read_options(on_file);
    if (!options) return fail(options.error());
    auto changed = irc::change_options(std::move(*options), answers);
    if (!changed) return fail(changed.error());
    return seal_options(*changed);
}

Result<adapter::Address> IrcNetwork::parse_address(std::string_view typed) const {
    auto address = irc::parse_address(typed, has_fixed_server());
    if (!address) return address;
    if (auto target = target_of(address->endpoint); !target) return fail(target.error());
    return address;
}

std::string IrcNetwork::format_address(const adapter::Address& address) const {
    return irc::format_address(address);
}

}  // namespace causeway::irc
