#include <gtest/gtest.h>

#include <chrono>

#include "component/xep/xep0085_chat_states.hpp"
#include "component/xep/xep0172_nick.hpp"
#include "component/xep/xep0184_receipts.hpp"
#include "component/xep/xep0203_delay.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "component/xep/xep0380_encryption.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp {
namespace {

using test::message;
using test::sent;

std::optional<xep0085::ChatState> state(std::string_view name, std::string_view ns = xep0085::kNs) {
    return xep0085::read(
        message("<body>x</body><" + std::string(name) + " xmlns='" + std::string(ns) + "'/>"));
}

std::optional<std::string> encryption(std::string_view content) {
    return xep0380::detect(message(content));
}

std::optional<std::string> encryption_of_body(std::string_view body) {
    return encryption("<body>" + std::string(body) + "</body>");
}

TEST(ChatStates, AreTheFiveOfTheSpecification) {
    using xep0085::ChatState;
    EXPECT_EQ(state("active"), ChatState::active);
    EXPECT_EQ(state("composing"), ChatState::composing);
    EXPECT_EQ(state("paused"), ChatState::paused);
    EXPECT_EQ(state("inactive"), ChatState::inactive);
    EXPECT_EQ(state("gone"), ChatState::gone);
    EXPECT_EQ(state("dancing"), std::nullopt);
    EXPECT_EQ(state("active", "urn:other"), std::nullopt);
    EXPECT_EQ(xep0085::read(message("<body>x</body>")), std::nullopt);
}

TEST(Nick, IsWrittenAndRead) {
    auto carrier = message("");
    carrier.add(xep0172::make_nick("Rom\xC3\xA9o & co"));
    EXPECT_EQ(xep0172::read_nick(sent(carrier)), "Rom\xC3\xA9o & co");
    EXPECT_EQ(xep0172::read_nick(message("<nick>not of the extension</nick>")), std::nullopt);
}

// covers: GW-RCPT-002
TEST(Receipts, AreGivenWhenAskedForAndAskForNone) {
    EXPECT_TRUE(xep0184::wants_receipt(message("<body>x</body><request xmlns='urn:xmpp:receipts'/>")));
    EXPECT_FALSE(xep0184::wants_receipt(message("<received xmlns='urn:xmpp:receipts' id='a'/>")));
    EXPECT_FALSE(xep0184::wants_receipt(message("<body>x</body>")));
    const auto received = sent(xep0184::make_received("id<1>"));
    EXPECT_TRUE(received.is("received", xep0184::kNs));
    EXPECT_EQ(received.attr("id"), "id<1>");
    EXPECT_TRUE(received.nodes().empty());
}

// covers: GW-PRES-011
TEST(Delay, IsInUtc) {
    using namespace std::chrono;
    const WallTime stamp = sys_days(2026y / November / 21) + hours(3) + minutes(4) + seconds(5);
    const auto delay = sent(xep0203::make_delay(stamp, "irc.home.example"));
    EXPECT_TRUE(delay.is("delay", xep0203::kNs));
    EXPECT_EQ(delay.attr("stamp"), "2026-11-21T03:04:05Z");
    EXPECT_EQ(delay.attr("from"), "irc.home.example");
}

TEST(StableIds, AreWrittenAndRead) {
    const auto stanza_id = sent(xep0359::make_stanza_id("s1", "#a@irc.home.example"));
    EXPECT_TRUE(stanza_id.is("stanza-id", xep0359::kNs));
    EXPECT_EQ(stanza_id.attr("id"), "s1");
    EXPECT_EQ(stanza_id.attr("by"), "#a@irc.home.example");

    auto carrier = message("");
    carrier.add(xep0359::make_origin_id("o1"));
    EXPECT_EQ(xep0359::origin_id(sent(carrier)), "o1");
    EXPECT_EQ(xep0359::origin_id(message("<origin-id xmlns='urn:xmpp:sid:0'/>")), std::nullopt);
    EXPECT_EQ(xep0359::origin_id(message("<stanza-id xmlns='urn:xmpp:sid:0' id='a' by='b'/>")), std::nullopt);
}

TEST(Encryption, IsKnownByItsPayload) {
    EXPECT_EQ(encryption("<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>fallback</body>"),
              "OMEMO");
    EXPECT_EQ(encryption("<encrypted xmlns='urn:xmpp:omemo:2'/>"), "OMEMO");
    EXPECT_EQ(encryption("<x xmlns='jabber:x:encrypted'>AbC</x>"), "OpenPGP");
    EXPECT_EQ(encryption("<openpgp xmlns='urn:xmpp:openpgp:0'>AbC</openpgp>"), "OpenPGP");
    EXPECT_EQ(encryption("<x xmlns='jabber:x:signed'>AbC</x><body>plain</body>"), std::nullopt);
    EXPECT_EQ(encryption("<body>plain</body>"), std::nullopt);
}

TEST(Encryption, IsKnownByTheSendersHint) {
    EXPECT_EQ(encryption("<encryption xmlns='urn:xmpp:eme:0' namespace='urn:x' name='Cipher'/>"), "Cipher");
    EXPECT_EQ(encryption("<encryption xmlns='urn:xmpp:eme:0' namespace='urn:x'/>"), "urn:x");
    EXPECT_EQ(encryption("<encryption xmlns='urn:xmpp:eme:0'/>"), "unknown");
    EXPECT_EQ(encryption("<encryption xmlns='urn:xmpp:eme:0' name='Mine'/>"
                         "<encrypted xmlns='urn:xmpp:omemo:2'/>"),
              "OMEMO");
    const std::string long_name(5000, 'n');
    EXPECT_LE(encryption("<encryption xmlns='urn:xmpp:eme:0' name='" + long_name + "'/>")->size(), 128U);
}

TEST(Encryption, OffTheRecordIsKnownByItsBody) {
    for (const auto* body :
         {"?OTR:AAMC.", "?OTRv23?", "?OTR?v2?", "?OTR,1,3,abc,", "?OTR|5a73|27e3,1,3,abc,"}) {
        EXPECT_EQ(encryption_of_body(body), "OTR") << body;
    }
    for (const auto* body :
         {"?OTR", "?otr:AAMC.", " ?OTR:AAMC.", "?OTR is old", "what is ?OTR:", "?OT", ""}) {
        EXPECT_EQ(encryption_of_body(body), std::nullopt) << body;
    }
}

}  // namespace
}  // namespace causeway::xmpp
