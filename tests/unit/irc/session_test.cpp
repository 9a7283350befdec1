// Sessions over real sockets on loopback, with a server that says what the test says.
#include <algorithm>
#include <array>
#include <functional>

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "gateway/base/async.hpp"
#include "legacy-adapters/irc/network.hpp"
#include "legacy-adapters/irc/session_options.hpp"

namespace causeway::irc {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using boost::system::error_code;

/// Keeps what it is told.
class Host final : public adapter::SessionHost, public adapter::Records {
public:
    explicit Host(const Executor& executor) : connected(executor) {}

    Task<Result<>> deliver(adapter::Event) override { co_return Result<>{}; }
    Task<> publish(adapter::EventBody event) override {
        events.push_back(std::move(event));
        co_return;
    }
    void hint(adapter::EventBody) noexcept override {}
    void report(MessageKey, adapter::DeliveryStage, std::optional<Error>) noexcept override {}
    void state(adapter::SessionState state, std::string) noexcept override {
        if (state == adapter::SessionState::connected) connected.open();
    }
    adapter::Records& records() noexcept override { return *this; }
    Task<Result<std::optional<std::string>>> get(std::string) override {
        co_return std::optional<std::string>{};
    }
    Task<Result<>> put(std::string, std::string) override { co_return Result<>{}; }

    Gate connected;
    std::vector<adapter::EventBody> events;
};

/// One connection; answers lines by a function from line to reply ("" = nothing, "close" = hang up).
class Server {
public:
    using Script = std::function<std::string(std::string_view)>;

    Server(asio::io_context& io, Script script, asio::ssl::context* tls = nullptr)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
          script_(std::move(script)),
          tls_(tls),
          reads_(io.get_executor()) {
        reads_.open();
        spawn(io.get_executor(), serve());
    }
    /// Before a client connects: the kernel holds but a few kilobytes of what is not read.
    void hold_little() {
        acceptor_.set_option(asio::socket_base::receive_buffer_size(4096));
        constexpr int kSegment = 536;  // the client's send buffer grows with it
        acceptor_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>(kSegment));
    }
    void stop_reading() { reads_.close(); }
    void read_on() { reads_.open(); }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void stop() {
        error_code ignored;
        acceptor_.close(ignored);
    }

    std::vector<std::string> heard;

private:
    Task<> serve() {
        tcp::socket socket(acceptor_.get_executor());
        error_code error;
        co_await acceptor_.async_accept(socket, asio::redirect_error(use_awaitable, error));
        if (!error && tls_ == nullptr) co_await talk(&socket);
        if (!error && tls_ != nullptr) {
            asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
            co_await stream.async_handshake(asio::ssl::stream_base::server,
                                            asio::redirect_error(use_awaitable, error));
            if (!error) co_await talk(&stream);
        }
        stop();
    }
    template <class Stream>
    Task<> talk(Stream* stream) {
        error_code error;
        std::string buffer;
        while (!error) {
            co_await reads_.wait();
            const auto size = co_await asio::async_read_until(*stream, asio::dynamic_buffer(buffer), "\r\n",
                                                              asio::redirect_error(use_awaitable, error));
            if (error) break;
            const std::string line = buffer.substr(0, size - 2);
            buffer.erase(0, size);
            heard.push_back(line);
            const std::string reply = script_(line);
            if (reply == "close") break;
            co_await asio::async_write(*stream, asio::buffer(reply),
                                       asio::redirect_error(use_awaitable, error));
        }
    }

    tcp::acceptor acceptor_;
    Script script_;
    asio::ssl::context* tls_;
    Gate reads_;
};

/// A polite server: registers, joins, answers PING.
std::string polite(std::string_view line) {
    if (line.starts_with("USER")) return ":s 001 me :hi\r\n:s 376 me :end\r\n";
    if (line.starts_with("PING ")) return ":s PONG s :" + std::string(line.substr(5)) + "\r\n";
    if (line == "JOIN #c") {
        return ":me!u@h JOIN #c\r\n:s 353 me = #c :me @romeo\r\n:s 366 me #c :End\r\n:romeo!r@h PRIVMSG #c "
               ":welcome\r\n";
    }
    if (line.starts_with("QUIT")) return "close";
    return {};
}

class SessionTest : public testing::Test {
protected:
    void start(Server::Script script) {
        server = std::make_unique<Server>(io, std::move(script));
        NetworkOptions options;
        options.name = "irc";
        options.servers.push_back(
            {.name = "irc.test", .host = "127.0.0.1", .port = server->port(), .tls = false});
        open(std::move(options), "irc.test");
    }
    void open(NetworkOptions options, const std::string& endpoint) {
        network = make_network(io.get_executor(), std::move(options), context);
        adapter::SessionSettings settings{.account = AccountId("a"),
                                          .endpoint = EndpointId(endpoint),
                                          .preferred_name = "me",
                                          .credentials = {},
                                          .options = options_on_file};
        auto opened = network->open(std::move(settings), host);
        ASSERT_TRUE(opened.has_value());
        session = std::move(*opened);
    }
    Task<> run_session() {
        ended = co_await session->run();
        if (server) server->stop();
    }
    /// Runs `story` beside the session, until both have ended.
    void play(Task<> story) {
        spawn(io.get_executor(), run_session());
        spawn(io.get_executor(), std::move(story));
        io.run_for(20s);
        EXPECT_TRUE(ended.has_value()) << "run() must end";
        EXPECT_TRUE(io.stopped()) << "nothing may be left scheduled";
    }
    [[nodiscard]] SteadyTime in(Millis time) const { return clock.steady() + time; }

    asio::io_context io{1};
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, log::Log()};
    Host host{io.get_executor()};
    Secret<std::string> options_on_file;
    std::unique_ptr<Server> server;
    std::unique_ptr<adapter::Network> network;
    std::unique_ptr<adapter::Session> session;
    std::optional<Error> ended;
    std::optional<Result<>> left;
    const RoomId room{"#c%irc.test"};

    static constexpr int kMany = 400;
    int confirmed = 0;
    static std::string long_text(int number) { return std::to_string(number) + std::string(390, '.'); }

public:
    Task<> join_and_talk() {
        EXPECT_TRUE(co_await host.connected.wait(in(5s)));
        auto snapshot = co_await session->rooms()->join(room, "ignored", {}, in(5s));
        EXPECT_TRUE(snapshot.has_value());
        if (snapshot) EXPECT_EQ(snapshot->members.size(), 2U);
        EXPECT_TRUE(host.events.empty()) << "the snapshot comes before what follows it";
        model::OutgoingMessage message;
        message.to = room;
        message.text = "hello";
        auto outcome = co_await session->send(std::move(message), in(5s));
        EXPECT_TRUE(outcome.has_value());
        EXPECT_EQ(host.events.size(), 1U);
        co_await session->close("bye", in(5s));
        co_await session->close("again", in(5s));
    }
    Task<> send_into_silence() {
        EXPECT_TRUE(co_await host.connected.wait(in(5s)));
        model::OutgoingMessage message;
        message.to = ContactId("juliet%irc.test");
        message.text = "hello";
        auto outcome = co_await session->send(std::move(message), in(5s));
        EXPECT_FALSE(outcome.has_value());
        if (!outcome) {
            EXPECT_EQ(outcome.error().code, Errc::not_connected);
            EXPECT_EQ(outcome.error().ambiguous, Ambiguous::yes);
            EXPECT_EQ(outcome.error().retry, Retry::never);
        }
    }
    Task<> time_out() {
        EXPECT_TRUE(co_await host.connected.wait(in(5s)));
        auto result = co_await session->rooms()->join(room, "", {}, in(50ms));
        EXPECT_FALSE(result.has_value());
        if (!result) EXPECT_EQ(result.error().error.code, Errc::timed_out);
        co_await session->close("", in(5s));
    }
    Task<> leave() { left = co_await session->rooms()->leave(room, "bye", in(10s)); }
    Task<> leave_and_return() {
        EXPECT_TRUE(co_await host.connected.wait(in(5s)));
        EXPECT_TRUE((co_await session->rooms()->join(room, "", {}, in(5s))).has_value());
        spawn(io.get_executor(), leave());
        for (int i = 0; i < 10; ++i) co_await asio::post(io.get_executor(), use_awaitable);
        EXPECT_FALSE(left.has_value()) << "PART waits for flood control";
        EXPECT_TRUE((co_await session->rooms()->join(room, "", {}, in(5s))).has_value());
        for (int i = 0; i < 10; ++i) co_await asio::post(io.get_executor(), use_awaitable);
        EXPECT_TRUE(left.has_value() && left->has_value());
        co_await session->close("", in(5s));
    }
    Task<> say(std::string text) {
        model::OutgoingMessage message;
        message.to = ContactId("juliet%irc.test");
        message.text = std::move(text);
        confirmed += (co_await session->send(std::move(message), in(15s))).has_value() ? 1 : 0;
    }
    Task<> turns(int count) {
        for (int i = 0; i < count; ++i) co_await asio::post(io.get_executor(), use_awaitable);
    }
    Task<> say_much_to_one_who_does_not_listen() {
        EXPECT_TRUE(co_await host.connected.wait(in(5s)));
        co_await say("listen");
        server->stop_reading();
        for (int i = 0; i < kMany; ++i) spawn(io.get_executor(), say(long_text(i)));
        co_await turns(50);
        EXPECT_EQ(confirmed, 1);
        const auto heard_before = server->heard.size();
        server->read_on();
        while (confirmed <= kMany && !ended) co_await turns(1);
        EXPECT_LT(heard_before, server->heard.size());
        co_await session->close("", in(5s));
    }
    Task<> close_soon() {
        co_await session->close("never mind", in(1s));
        EXPECT_TRUE(ended.has_value());
    }
    Task<> nothing() { co_return; }
};

TEST_F(SessionTest, JoinsTalksAndLeaves) {
    start(polite);
    play(join_and_talk());
    EXPECT_EQ(ended->code, Errc::cancelled);
    EXPECT_EQ(server->heard.back(), "QUIT bye");
}

TEST_F(SessionTest, ALostConnectionFailsWhatIsUnconfirmed) {
    start([](std::string_view line) {
        return line.starts_with("PRIVMSG") ? std::string("close") : polite(line);
    });
    play(send_into_silence());
    EXPECT_EQ(ended->code, Errc::not_connected);
}

// biboumi's client shows "joining" for ever.
TEST_F(SessionTest, AServerThatClosesWhileRegisteringEndsTheRun) {
    start([](std::string_view line) { return std::string(line.starts_with("USER") ? "close" : ""); });
    play(nothing());
    EXPECT_EQ(ended->code, Errc::not_connected);
    EXPECT_EQ(ended->retry, Retry::later);
}

TEST_F(SessionTest, ARequestEndsAtItsDeadline) {
    start([](std::string_view line) { return line.starts_with("JOIN") ? std::string() : polite(line); });
    play(time_out());
}

TEST_F(SessionTest, ClosingWhileRegisteringEndsInTime) {
    start([](std::string_view) { return std::string(); });
    play(close_soon());
    EXPECT_EQ(ended->code, Errc::cancelled);
}

TEST_F(SessionTest, RegisteringHasADeadline) {
    server = std::make_unique<Server>(io, [](std::string_view) { return std::string(); });
    NetworkOptions options;
    options.connect_timeout = 100ms;
    options.servers.push_back(
        {.name = "irc.test", .host = "127.0.0.1", .port = server->port(), .tls = false});
    open(std::move(options), "irc.test");
    play(nothing());
    EXPECT_EQ(ended->code, Errc::timed_out);
}

TEST_F(SessionTest, PublicNamesDoNotLeadInside) {
    NetworkOptions options;
    options.allow_public = true;
    open(std::move(options), "127.0.0.1");
    play(nothing());
    EXPECT_EQ(ended->code, Errc::refused);
}

TEST_F(SessionTest, OnlyOfferedServersHaveAddresses) {
    NetworkOptions options;
    options.servers.push_back({.name = "irc.test"});
    open(std::move(options), "irc.test");
    EXPECT_TRUE(network->parse_address("#c%irc.test").has_value());
    EXPECT_EQ(network->parse_address("#c%irc.other").error().code, Errc::refused);
    EXPECT_EQ(network->parse_address("#c").error().code, Errc::bad_recipient);
    EXPECT_TRUE(network->info().many_endpoints);
}

TEST_F(SessionTest, SendingMayTakeAsLongAsFloodControlDoes) {
    const auto timeout_at = [this](FloodLimits flood) {
        NetworkOptions options;
        options.flood = flood;
        return make_network(io.get_executor(), std::move(options), context)->info().limits.send_timeout;
    };
    EXPECT_EQ(timeout_at({.burst = 10, .lines_per_second = 2}), 50s);
    EXPECT_EQ(timeout_at({.burst = 5, .lines_per_second = 0.5}), 110s);
    EXPECT_EQ(timeout_at({.burst = 1, .lines_per_second = 0.001}), 300s);
    EXPECT_EQ(timeout_at({.burst = 1, .lines_per_second = 0}), 30s);
}

TEST_F(SessionTest, AQuickReturnAnswersWhoWantedToLeave) {
    server = std::make_unique<Server>(io, polite);
    NetworkOptions options;
    options.flood = {.burst = 1, .lines_per_second = 0.1};
    options.servers.push_back(
        {.name = "irc.test", .host = "127.0.0.1", .port = server->port(), .tls = false});
    open(std::move(options), "irc.test");
    play(leave_and_return());
    EXPECT_EQ(std::ranges::count(server->heard, "PART #c bye"), 0);
}

TEST_F(SessionTest, AnyPreferredNameWillDo) {
    NetworkOptions options;
    options.servers.push_back({.name = "irc.test"});
    network = make_network(io.get_executor(), std::move(options), context);
    for (const auto* const name : {"John Doe", "1abc", ""}) {
        adapter::SessionSettings settings{.account = AccountId("a"),
                                          .endpoint = EndpointId("irc.test"),
                                          .preferred_name = name,
                                          .credentials = {}};
        EXPECT_TRUE(network->open(std::move(settings), host).has_value()) << name;
    }
}

/// A certificate for irc.test that nobody but its owner has signed.
void use_own_certificate(asio::ssl::context& context) {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* name = X509_get_subject_name(certificate);
    constexpr std::array<unsigned char, 8> kName{'i', 'r', 'c', '.', 't', 'e', 's', 't'};
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName.data(), kName.size(), -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    EXPECT_GT(X509_sign(certificate, key, nullptr), 0);
    EXPECT_EQ(SSL_CTX_use_certificate(context.native_handle(), certificate), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context.native_handle(), key), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/// Plain, and over TLS, where every byte is written by the slow way.
class SlowReaderTest : public SessionTest, public testing::WithParamInterface<bool> {};

// More than the kernel takes at once: the rest follows when there is room, whole and in order.
TEST_P(SlowReaderTest, GetsEveryLine) {
    asio::ssl::context tls(asio::ssl::context::tls_server);
    use_own_certificate(tls);
    server = std::make_unique<Server>(io, polite, GetParam() ? &tls : nullptr);
    server->hold_little();
    NetworkOptions options;
    options.flood = {.burst = 1, .lines_per_second = 0};
    options.servers.push_back({.name = "irc.test",
                               .host = "127.0.0.1",
                               .port = server->port(),
                               .tls = GetParam(),
                               .verify = false});
    open(std::move(options), "irc.test");
    play(say_much_to_one_who_does_not_listen());
    std::vector<std::string> said;
    std::ranges::copy_if(server->heard, std::back_inserter(said),
                         [](const std::string& line) { return line.ends_with('.'); });
    ASSERT_EQ(said.size(), static_cast<std::size_t>(kMany));
    for (int i = 0; i < kMany; ++i)
        EXPECT_EQ(said[static_cast<std::size_t>(i)], "PRIVMSG juliet " + long_text(i));
}
INSTANTIATE_TEST_SUITE_P(Irc, SlowReaderTest, testing::Bool(),
                         [](const auto& tls) { return std::string(tls.param ? "tls" : "plain"); });

Task<> shake_hands(tcp::acceptor* acceptor, asio::ssl::context* context) {
    asio::ssl::stream<tcp::socket> stream(acceptor->get_executor(), *context);
    error_code error;
    co_await acceptor->async_accept(stream.next_layer(), asio::redirect_error(use_awaitable, error));
    co_await stream.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(use_awaitable, error));
    acceptor->close(error);
}

TEST_F(SessionTest, ATlsFailureSaysWhy) {
    asio::ssl::context tls(asio::ssl::context::tls_server);
    use_own_certificate(tls);
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    spawn(io.get_executor(), shake_hands(&acceptor, &tls));
    NetworkOptions options;
    options.servers.push_back({.name = "irc.test",
                               .host = "127.0.0.1",
                               .port = acceptor.local_endpoint().port(),
                               .tls_name = "irc.test"});
    open(std::move(options), "irc.test");
    play(nothing());
    EXPECT_EQ(ended->code, Errc::not_connected);
    EXPECT_TRUE(ended->detail.starts_with("TLS handshake failed: self")) << ended->detail;
}

TEST_F(SessionTest, UsesWhatTheUserHasSetForTheServer) {
    SessionOptions options;
    options.realname = "Me Myself";
    options.commands = {"MODE me +i"};
    options_on_file = seal_options(options);
    start(polite);
    play(join_and_talk());
    EXPECT_EQ(std::ranges::count(server->heard, "USER me 0 * :Me Myself"), 1);
    EXPECT_EQ(std::ranges::count(server->heard, "MODE me +i"), 1);
    const auto changed =
        network->change_options(EndpointId("irc.test"), options_on_file, {{"nick", "romeo"}});
    ASSERT_TRUE(changed.has_value());
    const auto fields = network->option_fields(EndpointId("irc.test"), *changed);
    EXPECT_EQ(std::ranges::find(fields, "nick", &adapter::Field::id)->value, "romeo");
    EXPECT_EQ(std::ranges::find(fields, "realname", &adapter::Field::id)->value, "Me Myself");
    EXPECT_TRUE(network->option_fields(EndpointId("elsewhere.test"), {}).empty());
}

}  // namespace
}  // namespace causeway::irc
