// The Link against a scripted server on a loopback port. Every script runs inside the test's own loop, and ends
// either with its last line or with the test's time limit; nothing sleeps.
#include "component/stream/link.hpp"

#include "tests/unit/component/link_fixture.hpp"

namespace causeway::xmpp {
namespace {

using namespace std::chrono_literals;
using test::Certificates;
using test::Gateway;
using test::Peer;
using test::RecordingSink;
using test::tcp;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LinkTest : public testing::Test {
protected:
    LinkTest()
        : acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          sink(io.get_executor()),
          gateway(io.get_executor()) {
        settings.network = "test";
        settings.domain = "gw.test";
        settings.port = acceptor.local_endpoint().port();
        settings.secret = Secret<std::string>("secret");
        settings.server_domain = "test";
        settings.backoff_first = 5ms;
        settings.backoff_max = 20ms;
    }

    void make_link() {
        link = std::make_unique<Link>(io.get_executor(), settings, gateway,
                                      Context{clock, random, metrics, log::Log(sink)});
    }
    /// Runs the Link and the server's script; both must come to their end.
    void play(Task<> script) {
        if (!link) make_link();
        spawn(io.get_executor(), note_end(link->run(), link_ended));
        spawn(io.get_executor(), note_end(std::move(script), script_ended));
        io.run_for(10s);
        EXPECT_TRUE(script_ended);
        EXPECT_TRUE(link_ended);
    }
    /// Runs a script without the Link's run().
    void play_alone(Task<> script) {
        spawn(io.get_executor(), note_end(std::move(script), script_ended));
        io.run_for(10s);
        EXPECT_TRUE(script_ended);
    }
    static Task<> note_end(Task<> task, bool& ended) {
        co_await std::move(task);
        ended = true;
    }
    Task<Peer> accept() {
        tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
        co_return Peer(std::move(socket));
    }
    /// The server's half of an orderly stop, while the Link stops.
    Task<> end(Peer& peer) {
        spawn(io.get_executor(), link->stop(clock.steady() + 5s));
        co_await peer.loop_ping();
        co_await peer.read_until("</stream:stream>");
        co_await peer.write("</stream:stream>");
        co_await peer.read_to_end();
    }
    static xml::Element message(std::string id) {
        return make_stanza(StanzaKind::message, *Jid::parse("x@gw.test"), *Jid::parse("a@test"), "", id);
    }

    asio::io_context io{1};
    tcp::acceptor acceptor;
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    RecordingSink sink;
    LinkSettings settings;
    Gateway gateway;
    std::unique_ptr<Link> link;
    bool link_ended = false;
    bool script_ended = false;
};

// covers: GW-COMP-001 GW-COMP-003
TEST_F(LinkTest, IsUpOnlyAfterADelayedHandshakeAndStopsInOrder) {
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.offer();
        EXPECT_EQ(link->state(), LinkState::handshaking);
        EXPECT_FALSE(link->send(message("early")));
        EXPECT_EQ(gateway.ups, 0);
        co_await peer.write("<handshake/>");
        const std::string first = co_await peer.loop_ping();
        EXPECT_THAT(first, Not(HasSubstr("early")));
        EXPECT_EQ(link->state(), LinkState::up);
        EXPECT_EQ(gateway.ups, 1);
        co_await end(peer);
    };
    play(script());
    EXPECT_EQ(link->state(), LinkState::down);
    ASSERT_EQ(gateway.downs.size(), 1U);
    EXPECT_EQ(gateway.downs.front().code, Errc::cancelled);
    EXPECT_THAT(sink.ids, ElementsAre("CAUSEWAY_LINK_UP", "CAUSEWAY_LINK_CLOSED"));
    EXPECT_THAT(metrics.text(), HasSubstr("causeway_link_up{network=\"test\"} 0"));
}

TEST_F(LinkTest, AnswersToOneReadLeaveInOneWrite) {
    make_link();
    gateway.answer_with = link.get();
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        std::string three;
        for (const char* id : {"1", "2", "3"}) {
            three += std::string("<message from='a@test' to='x@gw.test' id='") + id + "'/>";
        }
        co_await peer.write(three);
        co_await peer.read_more();
        EXPECT_THAT(peer.unread(), testing::AllOf(HasSubstr("'1'"), HasSubstr("'2'"), HasSubstr("'3'")));
        co_await end(peer);
    };
    play(script());
    EXPECT_THAT(gateway.ids, ElementsAre("1", "2", "3"));
}

// covers: GW-COMP-005
TEST_F(LinkTest, ReconnectsAfterALoss) {
    auto script = [this]() -> Task<> {
        Peer first = co_await accept();
        co_await first.let_in();
        first.cut();
        Peer second = co_await accept();
        co_await second.let_in();
        co_await gateway.until([this] { return gateway.ups == 2; });
        co_await end(second);
    };
    play(script());
    ASSERT_EQ(gateway.downs.size(), 2U);
    EXPECT_EQ(gateway.downs.front().code, Errc::not_connected);
    EXPECT_THAT(sink.ids, Contains("CAUSEWAY_LINK_LOST"));
    EXPECT_THAT(metrics.text(), HasSubstr("causeway_link_reconnects_total{network=\"test\"} 1"));
}

// covers: GW-COMP-005
TEST_F(LinkTest, IllFormedXmlIsAnsweredWithAStreamErrorThenReconnects) {
    auto script = [this]() -> Task<> {
        Peer first = co_await accept();
        co_await first.let_in();
        co_await first.write("<message></iq>");
        const std::string answer = co_await first.read_until("</stream:stream>");
        EXPECT_THAT(answer, HasSubstr("<not-well-formed "));
        co_await first.read_to_end();
        Peer second = co_await accept();
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
}

// covers: GW-COMP-005
TEST_F(LinkTest, WrongSecretIsSaidAndTriedAgainSlowly) {
    settings.backoff_max = 100ms;
    auto script = [this]() -> Task<> {
        Peer first = co_await accept();
        co_await first.offer();
        co_await first.write(
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "</stream:error></stream:stream>");
        co_await first.read_to_end();
        const SteadyTime refused = clock.steady();
        Peer second = co_await accept();
        EXPECT_GE(clock.steady() - refused, 45ms);
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
    EXPECT_EQ(sink.ids.front(), "CAUSEWAY_LINK_NOT_AUTHORIZED");
    EXPECT_EQ(gateway.downs.size(), 1U);  // it was never up the first time
}

// covers: GW-COMP-006
TEST_F(LinkTest, ConflictIsSaidAndTriedAgain) {
    auto script = [this]() -> Task<> {
        Peer first = co_await accept();
        co_await first.offer();
        co_await first.write(
            "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
        co_await first.read_to_end();
        Peer second = co_await accept();
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
    EXPECT_EQ(sink.ids.front(), "CAUSEWAY_LINK_CONFLICT");
}

// covers: GW-COMP-017
TEST_F(LinkTest, BlackHoledConnectionIsGivenUp) {
    settings.keepalive = 30ms;
    settings.dead_after = 30ms;
    auto script = [this]() -> Task<> {
        Peer first = co_await accept();
        co_await first.let_in();
        Peer second = co_await accept();  // while the first is open and silent
        // Answers pings until the Link has been told to stop.
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
    ASSERT_FALSE(gateway.downs.empty());
    EXPECT_THAT(gateway.downs.front().detail, HasSubstr("dead"));
}

// covers: GW-COMP-018
TEST_F(LinkTest, BarrierResolvesWhenItsPingComesBack) {
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        EXPECT_TRUE(link->send(message("m1")));
        bool done = false;
        auto ask = [this, &done]() -> Task<> {
            const Result<> passed = co_await link->barrier(clock.steady() + 5s);
            EXPECT_TRUE(passed);
            done = true;
        };
        spawn(io.get_executor(), ask());
        const std::string read = co_await peer.loop_ping();
        EXPECT_LT(read.find("m1"), read.find("<iq "));
        EXPECT_FALSE(done);
        co_await peer.write("<message from='a@test' to='x@gw.test' id='after'/>");
        co_await gateway.until([this] { return !gateway.ids.empty(); });
        co_await end(peer);
        EXPECT_TRUE(done);
    };
    play(script());
    EXPECT_THAT(metrics.text(), HasSubstr("causeway_link_barrier_seconds_count{network=\"test\"}"));
}

// covers: GW-COMP-018
TEST_F(LinkTest, BarrierFailsWhenTheStreamIsLostOrTimeIsUp) {
    std::vector<Errc> outcomes;
    auto ask = [this, &outcomes](SteadyTime deadline) -> Task<> {
        const Result<> passed = co_await link->barrier(deadline);
        outcomes.push_back(passed ? Errc::internal : passed.error().code);
    };
    auto script = [this, &outcomes, &ask]() -> Task<> {
        Peer first = co_await accept();
        co_await ask(clock.steady() + 5s);  // not up yet
        co_await first.let_in();
        co_await ask(clock.steady() + 10ms);
        spawn(io.get_executor(), ask(clock.steady() + 5s));
        co_await first.read_until("b-1-3");
        first.cut();
        Peer second = co_await accept();
        EXPECT_EQ(outcomes.size(), 3U);
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
    EXPECT_THAT(outcomes, ElementsAre(Errc::not_connected, Errc::timed_out, Errc::not_connected));
}

// covers: GW-COMP-019 GW-COMP-023
TEST_F(LinkTest, StopReadsEverythingThatWasQueuedForUs) {
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        spawn(io.get_executor(), link->stop(clock.steady() + 5s));
        const std::string ping = co_await peer.read_until("</iq>");
        for (int i = 0; i < 1000; ++i) co_await peer.write("<message from='a@test' to='x@gw.test' id='q'/>");
        co_await peer.write(ping);
        EXPECT_EQ(co_await peer.read_until("</stream:stream>"), "</stream:stream>");
        co_await peer.write("<message from='a@test' to='x@gw.test' id='last'/></stream:stream>");
        co_await peer.read_to_end();
    };
    play(script());
    ASSERT_EQ(gateway.ids.size(), 1001U);
    EXPECT_EQ(gateway.ids.back(), "last");
}

// covers: GW-COMP-023
TEST_F(LinkTest, StopEndsAtItsDeadlineWhateverThePeerDoes) {
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        co_await link->stop(clock.steady() + 50ms);
        EXPECT_TRUE(link_ended);
        co_await link->stop(clock.steady() + 50ms);  // idempotent
        EXPECT_EQ(link->state(), LinkState::down);
    };
    play(script());
    EXPECT_THAT(sink.ids, Contains("CAUSEWAY_LINK_NOT_DRAINED"));
}

TEST_F(LinkTest, StopEndsTheWaitForTheNextConnect) {
    settings.backoff_first = settings.backoff_max = 1h;
    acceptor.close();
    auto script = [this]() -> Task<> {
        co_await sink.first_line.wait();
        co_await link->stop(clock.steady() + 1s);
        EXPECT_TRUE(link_ended);
    };
    play(script());
    EXPECT_THAT(sink.ids, ElementsAre("CAUSEWAY_LINK_CONNECT_FAILED"));
}

TEST_F(LinkTest, WritableWaitsUntilThePeerReads) {
    settings.high_water_bytes = 64 * 1024;
    settings.max_stanza_bytes = 8 * 1024 * 1024;
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        const std::string half(256 * 1024 - 22, ' ');
        // More than the kernel takes, in bites that stay below the limit of what is queued at all.
        bool returned = false;
        auto wait = [this, &returned]() -> Task<> {
            co_await link->writable();
            returned = true;
        };
        for (int i = 0; i < 64 && link->send_written("<message><body/>" + half + "</message>"); ++i) {
            returned = false;
            spawn(io.get_executor(), wait());
            co_await sleep_until(clock.steady() + 5ms);
            if (!returned) break;
        }
        EXPECT_FALSE(returned);
        EXPECT_EQ(link->state(), LinkState::up);
        auto read = [&peer]() -> Task<> { co_await peer.read_until("never"); };
        spawn(io.get_executor(), read());
        co_await link->writable();
        peer.cut();
        co_await link->stop(clock.steady() + 1s);
    };
    play(script());
}

TEST_F(LinkTest, PeerThatNeverReadsCannotFillOurMemory) {
    settings.high_water_bytes = 64 * 1024;
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        const std::string stanza = "<message>" + std::string(100 * 1024, ' ') + "</message>";
        int sent = 0;
        while (sent < 1000 && link->send_written(stanza)) ++sent;
        EXPECT_LT(sent, 10);
        EXPECT_EQ(link->state(), LinkState::down);
        Peer second = co_await accept();
        co_await second.let_in();
        co_await end(second);
    };
    play(script());
}

// covers: GW-COMP-024
TEST_F(LinkTest, TlsWithTheRightNameAndAuthority) {
    const Certificates certificates;
    settings.security = LinkSecurity::tls;
    settings.tls_name = "xmpp.test";
    settings.ca_file = certificates.path("ca.pem");
    auto script = [this, &certificates]() -> Task<> {
        asio::ssl::context context = certificates.server_context();
        Peer peer = co_await accept();
        EXPECT_TRUE(co_await peer.start_tls(context));
        co_await peer.let_in();
        co_await end(peer);
    };
    play(script());
    EXPECT_EQ(gateway.ups, 1);
}

/// One try against a TLS server; what it says.
class LinkTlsTest : public LinkTest {
protected:
    Error refused_by_us(const Certificates& certificates) {
        settings.security = LinkSecurity::tls;
        make_link();
        Result<> outcome;
        auto serve = [this, &certificates]() -> Task<> {
            asio::ssl::context context = certificates.server_context();
            Peer peer = co_await accept();
            static_cast<void>(co_await peer.start_tls(context));
            co_await peer.read_to_end();
            EXPECT_EQ(peer.unread(), "");  // not even a stream header
        };
        auto probe = [this, &outcome]() -> Task<> { outcome = co_await link->probe(clock.steady() + 5s); };
        spawn(io.get_executor(), serve());
        play_alone(probe());
        EXPECT_FALSE(outcome);
        return outcome ? Error{} : outcome.error();
    }
};

// covers: GW-COMP-024
TEST_F(LinkTlsTest, WrongNameIsRefused) {
    const Certificates certificates;
    settings.tls_name = "other.test";
    settings.ca_file = certificates.path("ca.pem");
    const Error error = refused_by_us(certificates);
    EXPECT_EQ(error.code, Errc::refused);
    EXPECT_THAT(error.detail, HasSubstr("tls"));
}

// covers: GW-COMP-024
TEST_F(LinkTlsTest, WrongAuthorityIsRefused) {
    const Certificates certificates;
    settings.tls_name = "xmpp.test";
    settings.ca_file = certificates.path("other.pem");
    const Error error = refused_by_us(certificates);
    EXPECT_EQ(error.code, Errc::refused);
    EXPECT_THAT(error.detail, HasSubstr("certificate"));
}

TEST_F(LinkTest, PlainTextOffLoopbackIsRefusedUnlessAllowed) {
    settings.host = "192.0.2.1";
    make_link();
    auto script = [this]() -> Task<> {
        const Result<> outcome = co_await link->probe(clock.steady() + 5s);
        EXPECT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, Errc::refused);
        EXPECT_THAT(outcome.error().detail, HasSubstr("plaintext-refused"));
    };
    play_alone(script());
}

TEST_F(LinkTest, ProbeSaysWhetherTheServerLetsUsIn) {
    make_link();
    auto serve = [this]() -> Task<> {
        Peer good = co_await accept();
        co_await good.let_in_without_loop();
        co_await good.read_until("</stream:stream>");
        co_await good.write("</stream:stream>");
        Peer bad = co_await accept();
        co_await bad.offer();
        co_await bad.write(
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "</stream:error></stream:stream>");
        Peer silent = co_await accept();
        co_await silent.read_to_end();
    };
    auto script = [this]() -> Task<> {
        const Result<> good = co_await link->probe(clock.steady() + 5s);
        EXPECT_TRUE(good);
        const Result<> bad = co_await link->probe(clock.steady() + 5s);
        EXPECT_EQ(bad.error().code, Errc::bad_credentials);
        const Result<> silent = co_await link->probe(clock.steady() + 50ms);
        EXPECT_FALSE(silent);
    };
    spawn(io.get_executor(), serve());
    play_alone(script());
}

TEST_F(LinkTest, ReconfigureIsUsedAtTheNextConnectAndEndsTheWait) {
    settings.backoff_first = settings.backoff_max = 1h;
    const std::uint16_t right_port = settings.port;
    tcp::acceptor unused(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    settings.port = unused.local_endpoint().port();
    unused.close();
    auto script = [this, right_port]() -> Task<> {
        co_await sink.first_line.wait();
        LinkSettings other = settings;
        other.port = right_port;
        other.domain = "cannot.change";
        link->reconfigure(other);
        EXPECT_EQ(link->settings().domain, "gw.test");
        Peer peer = co_await accept();
        co_await peer.let_in();
        co_await end(peer);
    };
    play(script());
}

TEST_F(LinkTest, MayBeDestroyedWhileItServes) {
    auto script = [this]() -> Task<> {
        Peer peer = co_await accept();
        co_await peer.let_in();
        link.reset();
        co_await peer.read_to_end();
    };
    play(script());
    EXPECT_TRUE(gateway.downs.empty());
}

}  // namespace
}  // namespace causeway::xmpp
