// The XEP-0114 stream as a machine: bytes and times in, bytes and events out.
#include "component/stream/stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/stream/backoff.hpp"

namespace causeway::xmpp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    "xmlns:stream='http://etherx.jabber.org/streams' from='gw.example' id='3BF96D32'>";
constexpr std::string_view kSelfPing = "<iq type=\"get\" from=\"gw.example\" to=\"gw.example\" id=\"";

/// Writes down what the stream says.
class Recorder final : public StreamListener {
public:
    void on_ready() override { ++ready; }
    void on_stanza(Stanza stanza) override { stanzas.push_back(stanza.head.id); }
    void on_oversize(StanzaHead head, std::string_view limit) override {
        oversize.push_back(head.id + " " + std::string(limit));
    }
    void on_ping_back(std::uint64_t number) override { pings.push_back(number); }
    void on_refused(Refusal refusal) override { refused.push_back(refusal); }
    void on_no_loop() override { ++no_loop; }

    int ready = 0;
    int no_loop = 0;
    std::vector<std::string> stanzas;
    std::vector<std::string> oversize;
    std::vector<std::uint64_t> pings;
    std::vector<Refusal> refused;
};

class StreamTest : public testing::Test {
protected:
    static StreamSettings settings() {
        StreamSettings s;
        s.domain = "gw.example";
        s.server_domain = "example";
        s.secret = Secret<std::string>("test");
        return s;
    }
    void start(StreamSettings s = settings()) {
        stream = std::make_unique<ComponentStream>(std::move(s), events, now);
    }
    void bring_up(StreamSettings s = settings()) {
        start(std::move(s));
        stream->feed(kHeader, now);
        stream->feed("<handshake/>", now);
        static_cast<void>(output());
    }
    /// The first ping to ourselves comes back.
    void loop_back(std::uint64_t number = 1) {
        stream->feed(std::string(kSelfPing) + "b-1-" + std::to_string(number) +
                         "\"><ping xmlns='urn:xmpp:ping'/></iq>",
                     now);
    }
    std::string output() {
        std::string bytes;
        stream->take_output(bytes, now);
        return bytes;
    }
    void pass(SteadyTime::duration time) {
        now += time;
        stream->tick(now);
    }
    static xml::Element message(std::string_view from, std::string_view to) {
        xml::Element element("message", std::string(kComponentNs));
        if (!from.empty()) element.set_attr("from", std::string(from));
        if (!to.empty()) element.set_attr("to", std::string(to));
        return element;
    }

    SteadyTime now = SteadyTime{} + 1h;
    Recorder events;
    std::unique_ptr<ComponentStream> stream;
};

// covers: GW-COMP-001
TEST_F(StreamTest, OpensWithTheComponentNameAndNamespaces) {
    start();
    const std::string header = output();
    EXPECT_THAT(header, HasSubstr("<stream:stream"));
    EXPECT_THAT(header, testing::ContainsRegex("xmlns=.jabber:component:accept."));
    EXPECT_THAT(header, testing::ContainsRegex("xmlns:stream=.http://etherx.jabber.org/streams."));
    EXPECT_THAT(header, testing::ContainsRegex("to=.gw\\.example."));
}

// covers: GW-COMP-002
TEST_F(StreamTest, HandshakeIsTheVectorOfTheSpecification) {
    start();
    static_cast<void>(output());
    stream->feed(kHeader, now);
    // SHA-1("3BF96D32" "test")
    EXPECT_EQ(output(), "<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>");
}

// covers: GW-COMP-002
TEST_F(StreamTest, HandshakeUsesTheUnescapedIdAndASecretInUtf8) {
    StreamSettings s = settings();
    s.secret = Secret<std::string>("gehe\xC3\xAFm");
    start(std::move(s));
    static_cast<void>(output());
    stream->feed(
        "<stream:stream xmlns='jabber:component:accept' "
        "xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b'>",
        now);
    EXPECT_EQ(output(), "<handshake>1623d822122f6cdb071c6d82378ce602bc3ba669</handshake>");
}

// covers: GW-COMP-003
TEST_F(StreamTest, SendsNothingBeforeTheHandshakeIsAnswered) {
    start();
    stream->feed(kHeader, now);
    static_cast<void>(output());
    EXPECT_EQ(stream->send(message("gw.example", "a@example")).error().code, Errc::not_connected);
    EXPECT_EQ(stream->send_written("<message/>").error().code, Errc::not_connected);
    EXPECT_FALSE(stream->ping());
    pass(9s);
    EXPECT_THAT(output(), IsEmpty());
    EXPECT_EQ(events.ready, 0);

    stream->feed("<handshake/>", now);
    EXPECT_EQ(events.ready, 1);
    EXPECT_TRUE(stream->send(message("gw.example", "a@example")));
}

TEST_F(StreamTest, StanzasBeforeTheHandshakeAnswerAreRefused) {
    start();
    stream->feed(kHeader, now);
    stream->feed("<message from='a@example' to='gw.example' id='early'/>", now);
    EXPECT_THAT(events.stanzas, IsEmpty());
    EXPECT_THAT(events.refused, ElementsAre(Refusal::in_too_early));
}

TEST_F(StreamTest, HandshakeThatIsNeverAnsweredEndsTheStream) {
    start();
    stream->feed(kHeader, now);
    EXPECT_EQ(stream->next_deadline(), now + 10s);
    pass(10s);
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
    EXPECT_EQ(stream->loss().kind, LossKind::timed_out);
    EXPECT_THAT(output(), HasSubstr("<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"));
}

// covers: GW-COMP-004
TEST_F(StreamTest, RefusesToSendWithoutAddressesOrFromAnotherDomain) {
    bring_up();
    EXPECT_EQ(stream->send(message("", "a@example")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(message("x@gw.example", "")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(message("x@example", "a@example")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(message("gw.example@example", "a@example")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(message("example/x@gw.example", "a@example")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(message("gw.example.example", "a@example")).error().code, Errc::bad_input);
    EXPECT_EQ(stream->send(xml::Element("foreign", "x")).error().code, Errc::bad_input);
    EXPECT_THAT(output(), IsEmpty());

    EXPECT_TRUE(stream->send(message("gw.example", "a@example")));
    EXPECT_TRUE(stream->send(message("#room%irc@gw.example/nick@home/x", "a@example")));
    EXPECT_TRUE(stream->send(message("x@GW.example", "a@example")));
    EXPECT_EQ(stream->counters().stanzas_out, 4U);  // and the ping that asks for the loop
}

class StreamErrorTest : public StreamTest, public testing::WithParamInterface<const char*> {};

// covers: GW-COMP-005
TEST_P(StreamErrorTest, ConditionAndTextAreKept) {
    start();
    stream->feed(kHeader, now);
    static_cast<void>(output());
    stream->feed(std::string("<stream:error><") + GetParam() +
                     " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
                     "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>why</text></stream:error></stream:stream>",
                 now);
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
    EXPECT_EQ(stream->loss().kind, LossKind::stream_error);
    EXPECT_EQ(stream->loss().condition, GetParam());
    EXPECT_EQ(stream->loss().text, "why");
    EXPECT_EQ(output(), "</stream:stream>");
}

// RFC 6120 §4.9.3
INSTANTIATE_TEST_SUITE_P(AllConditions, StreamErrorTest,
                         testing::Values("bad-format", "bad-namespace-prefix", "conflict",
                                         "connection-timeout", "host-gone", "host-unknown",
                                         "improper-addressing", "internal-server-error", "invalid-from",
                                         "invalid-namespace", "invalid-xml", "not-authorized",
                                         "not-well-formed", "policy-violation", "remote-connection-failed",
                                         "reset", "resource-constraint", "restricted-xml", "see-other-host",
                                         "system-shutdown", "undefined-condition", "unsupported-encoding",
                                         "unsupported-feature", "unsupported-stanza-type",
                                         "unsupported-version"));

TEST_F(StreamTest, StreamErrorWithoutAConditionIsUndefined) {
    bring_up();
    stream->feed("<stream:error>Disconnected</stream:error>", now);
    EXPECT_EQ(stream->loss().condition, "undefined-condition");
    EXPECT_EQ(stream->loss().text, "Disconnected");
}

TEST_F(StreamTest, IllFormedXmlIsAnsweredAndEndsTheStream) {
    bring_up();
    stream->feed("<message from='a@example'></iq>", now);
    EXPECT_EQ(stream->loss().kind, LossKind::ill_formed);
    const std::string bytes = output();
    EXPECT_THAT(bytes,
                HasSubstr("<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                          "</stream:error></stream:stream>"));
    stream->feed("<message from='a@example' to='gw.example'/>", now);
    EXPECT_THAT(events.stanzas, IsEmpty());
    EXPECT_THAT(output(), IsEmpty());
}

TEST_F(StreamTest, HeaderThatIsNotOfAStreamIsRefused) {
    start();
    stream->feed("<html id='x'>", now);
    EXPECT_THAT(output(), HasSubstr("<invalid-namespace "));
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
}

TEST_F(StreamTest, HeaderWithoutIdIsRefused) {
    start();
    stream->feed(
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>",
        now);
    EXPECT_THAT(output(), HasSubstr("<bad-format "));
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
}

TEST_F(StreamTest, BothStanzaNamespacesAndUnknownElementsAreTaken) {
    bring_up();
    stream->feed(
        "<stream:features/><new xmlns='urn:x'/>"
        "<message from='a@example' to='x@gw.example' id='one'/>"
        "<message xmlns='jabber:client' from='a@example' to='x@gw.example' id='two'/>"
        "<iq xmlns='jabber:client' from='sm' to='gw.example' id='three' type='get'/>",
        now);
    EXPECT_THAT(events.stanzas, ElementsAre("one", "two", "three"));
    EXPECT_THAT(events.refused, ElementsAre(Refusal::in_unknown));
}

TEST_F(StreamTest, StanzasInPiecesComeWhole) {
    bring_up();
    for (const char c : std::string_view("<message from='a@example' to='x@gw.example' id='one'/>")) {
        stream->feed({&c, 1}, now);
    }
    EXPECT_THAT(events.stanzas, ElementsAre("one"));
}

// covers: GW-COMP-008
TEST_F(StreamTest, OversizeOutputIsRefusedAndLeavesNoTrace) {
    bring_up();
    xml::Element big = message("x@gw.example", "a@example");
    big.add("body").add_text(std::string(10 * 1024 * 1024, 'a'));
    EXPECT_EQ(stream->send(big).error().code, Errc::too_large);
    EXPECT_EQ(stream->send_written(std::string(128 * 1024 + 1, 'a')).error().code, Errc::too_large);
    EXPECT_THAT(output(), IsEmpty());
    EXPECT_EQ(stream->phase(), StreamPhase::up);
}

// covers: GW-COMP-009
TEST_F(StreamTest, LargeInputIsTakenAndOversizeInputIsReportedWithoutDying) {
    bring_up();
    const std::string open = "<message from='a@example' to='x@gw.example' id='";
    stream->feed(open + "ok'><body>" + std::string(10'000, 'a') + "</body></message>", now);
    EXPECT_THAT(events.stanzas, ElementsAre("ok"));
    stream->feed(open + "big'><body>" + std::string(200 * 1024, 'a') + "</body></message>", now);
    ASSERT_EQ(events.oversize.size(), 1U);
    EXPECT_THAT(events.oversize.front(), StartsWith("big "));
    stream->feed(open + "after'/>", now);
    EXPECT_THAT(events.stanzas, ElementsAre("ok", "after"));
}

// covers: GW-COMP-013
TEST_F(StreamTest, BadRecipientIsAnsweredOnceButErrorsAndResultsNever) {
    bring_up();
    stream->feed("<message from='a@example/r' to='a b@@gw.example' id='m1'><body>x</body></message>", now);
    const std::string answer = output();
    EXPECT_THAT(answer, HasSubstr("jid-malformed"));
    EXPECT_THAT(answer, HasSubstr("id='m1'"));
    EXPECT_THAT(answer, HasSubstr("to='a@example/r'"));

    for (int i = 0; i < 100; ++i) {
        stream->feed(
            "<message from='a@example/r' to='a b@@gw.example' type='error'/>"
            "<iq from='a@example/r' to='a b@@gw.example' type='result' id='i'/>"
            "<presence from='a@example/r' to='a b@@gw.example'/>"
            "<message from='a b@@example' to='gw.example'/>"
            "<message from='a@example/r'/>",
            now);
    }
    EXPECT_THAT(output(), IsEmpty());
    EXPECT_THAT(events.stanzas, IsEmpty());
    EXPECT_EQ(events.refused.size(), 501U);
}

// covers: GW-COMP-021
TEST_F(StreamTest, StanzasFromOurselvesAreDroppedUnlessTheyAreOurPings) {
    bring_up();
    stream->feed("<message from='x@gw.example' to='y@gw.example' id='loop'/>", now);
    stream->feed(std::string(kSelfPing) + "b-1-99\"/>", now);  // never sent
    stream->feed(std::string(kSelfPing) + "b-2-1\"/>", now);   // of another stream
    stream->feed(std::string(kSelfPing) + "b-1-1x\"/>", now);
    EXPECT_THAT(events.pings, IsEmpty());
    EXPECT_THAT(events.refused, ElementsAre(Refusal::in_own_from, Refusal::in_own_from, Refusal::in_own_from,
                                            Refusal::in_own_from));
    loop_back();
    EXPECT_THAT(events.pings, ElementsAre(1U));
    EXPECT_THAT(events.stanzas, IsEmpty());
    EXPECT_THAT(output(), IsEmpty());  // it is never answered
}

TEST_F(StreamTest, StanzasForOtherDomainsAreDropped) {
    bring_up();
    stream->feed("<message from='a@example' to='x@other.example'/>", now);
    EXPECT_THAT(events.refused, ElementsAre(Refusal::in_foreign_to));
}

// covers: GW-COMP-016
TEST_F(StreamTest, WhitespaceIsSurvivedAndSentWhenWeAreSilent) {
    bring_up();
    loop_back();
    for (int second = 0; second < 600; ++second) {
        stream->feed(" ", now);
        pass(1s);
        const std::string bytes = output();
        if (second % 30 == 29) {
            EXPECT_EQ(bytes, " ") << second;
        }
    }
    EXPECT_EQ(stream->phase(), StreamPhase::up);
}

// covers: GW-COMP-017
TEST_F(StreamTest, SilenceIsPingedAndADeadLinkIsNoticed) {
    bring_up();
    loop_back();
    EXPECT_EQ(stream->next_deadline(), now + 30s);
    pass(30s);
    EXPECT_THAT(output(), HasSubstr("id='b-1-2'"));
    EXPECT_EQ(stream->next_deadline(), now + 20s);
    loop_back(2);
    pass(20s);
    EXPECT_EQ(stream->phase(), StreamPhase::up);

    pass(10s);
    EXPECT_THAT(output(), HasSubstr("id='b-1-3'"));
    pass(20s);
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
    EXPECT_EQ(stream->loss().kind, LossKind::dead);
}

TEST_F(StreamTest, ADeadlineThatHasPassedIsNotKept) {
    bring_up();
    loop_back();
    ASSERT_TRUE(stream->send(message("gw.example", "a@example")));  // and the writer is blocked: output stays
    pass(35s);
    EXPECT_GT(stream->next_deadline(), now);
}

// covers: GW-COMP-018
TEST_F(StreamTest, PingAfterStanzasIsTheBarrier) {
    bring_up();
    ASSERT_TRUE(stream->send_written("<message from='x@gw.example' to='a@example' id='m'/>"));
    const Result<std::uint64_t> number = stream->ping();
    ASSERT_TRUE(number);
    const std::string bytes = output();
    EXPECT_LT(bytes.find("id='m'"), bytes.find("id='b-1-2'"));
    loop_back(*number);
    EXPECT_THAT(events.pings, ElementsAre(*number));
}

TEST_F(StreamTest, ServerThatDoesNotLoopIsPingedItself) {
    bring_up();
    ASSERT_TRUE(stream->ping());
    static_cast<void>(output());
    pass(5s);
    EXPECT_EQ(events.no_loop, 1);
    EXPECT_THAT(output(), HasSubstr("to='example' id='b-1-2'"));
    stream->feed("<iq type='result' from='a@example' to='gw.example' id='b-1-2'/>", now);
    EXPECT_THAT(events.pings, IsEmpty());  // only the server itself counts
    stream->feed("<iq type='error' from='example' to='gw.example' id='b-1-2'/>", now);
    EXPECT_THAT(events.pings, ElementsAre(2U));
}

TEST_F(StreamTest, WithoutLoopAndServerDomainOnlySpacesAreSent) {
    StreamSettings s = settings();
    s.server_domain.clear();
    bring_up(std::move(s));
    static_cast<void>(output());
    pass(5s);
    pass(60s);
    EXPECT_EQ(output(), " ");
    pass(60s);
    EXPECT_EQ(stream->phase(), StreamPhase::up);
}

// covers: GW-COMP-019 GW-COMP-023
TEST_F(StreamTest, ClosingStillReadsUntilThePeerHasClosed) {
    bring_up();
    stream->close();
    EXPECT_EQ(output(), "</stream:stream>");
    EXPECT_EQ(stream->phase(), StreamPhase::closing);
    EXPECT_FALSE(stream->send(message("gw.example", "a@example")));
    stream->feed("<message from='a@example' to='gw.example' id='last'/>", now);
    EXPECT_THAT(events.stanzas, ElementsAre("last"));
    stream->feed("</stream:stream>", now);
    EXPECT_EQ(stream->phase(), StreamPhase::closed);
    EXPECT_EQ(stream->loss().kind, LossKind::stopped);
    EXPECT_THAT(output(), IsEmpty());
}

TEST_F(StreamTest, PeersCloseIsAnswered) {
    bring_up();
    stream->feed("</stream:stream>", now);
    EXPECT_EQ(output(), "</stream:stream>");
    EXPECT_EQ(stream->loss().kind, LossKind::closed);
}

/// Bytes that make below(n) cover its range.
class CountingRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) noexcept override {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(state_ += 77);
    }

private:
    unsigned state_ = 0;
};

// covers: GW-COMP-005
TEST(Backoff, NetworkLossesStartFastAndGrowWithFullJitter) {
    CountingRandom random;
    for (int round = 0; round < 50; ++round) {
        Backoff backoff({1s, 60s});
        for (const Millis ceiling : {Millis(1s), Millis(2s), Millis(4s), Millis(8s), Millis(16s), Millis(32s),
                                     Millis(60s), Millis(60s)}) {
            const Millis delay = backoff.next({LossKind::network}, 0ms, random);
            EXPECT_GE(delay, 0ms);
            EXPECT_LE(delay, ceiling);
        }
    }
}

// covers: GW-COMP-005 GW-COMP-006
TEST(Backoff, RejectionsAreNeverTriedAtOnce) {
    CountingRandom random;
    for (const char* condition : {"conflict", "host-unknown", "not-authorized", "invalid-from"}) {
        Backoff backoff({1s, 60s});
        const Loss loss{LossKind::stream_error, condition};
        for (const Millis ceiling : {Millis(60s), Millis(120s), Millis(240s), Millis(300s), Millis(300s)}) {
            const Millis delay = backoff.next(loss, 0ms, random);
            EXPECT_GE(delay, ceiling / 2) << condition;
            EXPECT_LE(delay, ceiling) << condition;
        }
    }
}

TEST(Backoff, AHealthyStreamStartsAnew) {
    CountingRandom random;
    Backoff backoff({1s, 60s});
    for (int i = 0; i < 10; ++i) static_cast<void>(backoff.next({LossKind::network}, 0ms, random));
    EXPECT_LE(backoff.next({LossKind::network}, 61s, random), 1s);
}

}  // namespace
}  // namespace causeway::xmpp
