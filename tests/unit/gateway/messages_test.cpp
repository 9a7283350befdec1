#include "gateway/translate/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/xep/xep0203_delay.hpp"
#include "gateway/translate/chat.hpp"
#include "tests/unit/gateway/doubles.hpp"

namespace causeway::translate {
namespace {

using ::testing::HasSubstr;

xmpp::Stanza message_with(const std::string& inside, const std::string& attributes = "id='m1'") {
    return test::parse_stanza("<message from='romeo@home.test/a' to='bob@net.test' type='chat' " +
                              attributes + ">" + inside + "</message>");
}

ReadMessage read(const std::string& inside) {
    return read_message(message_with(inside), ContactId("bob"), MessageKey("k"));
}

std::string text_of(const std::string& inside) {
    const auto message = read(inside);
    const auto* outgoing = std::get_if<model::OutgoingMessage>(&message);
    return outgoing == nullptr ? "(nothing)" : outgoing->text;
}

TEST(ReadMessage, WordsGoOnAsTheyAre) {
    const auto message = read("<body>Héllo 😀</body>");
    const auto& outgoing = std::get<model::OutgoingMessage>(message);
    EXPECT_EQ(outgoing.text, "Héllo 😀");
    EXPECT_EQ(outgoing.kind, model::MessageKind::normal);
    EXPECT_EQ(outgoing.key, MessageKey("k"));
    EXPECT_EQ(std::get<ContactId>(outgoing.to), ContactId("bob"));
}

TEST(ReadMessage, MeMakesAnAction) {
    const auto message = read("<body>/me waves</body>");
    EXPECT_EQ(std::get<model::OutgoingMessage>(message).kind, model::MessageKind::action);
    EXPECT_EQ(std::get<model::OutgoingMessage>(message).text, "waves");
    EXPECT_EQ(text_of("<body>/mean it</body>"), "/mean it");
}

TEST(ReadMessage, LineEndsBecomeOneKindAndControlsGo) {
    EXPECT_EQ(text_of("<body>a&#13;&#10;b&#13;c&#10;d&#9;e</body>"), "a\nb\nc\nd\te");
    EXPECT_EQ(text_of("<body>a&#127;b</body>"), "ab");
    EXPECT_EQ(text_of("<body>e\xcc\x81</body>"), "é") << "NFC";
}

// covers: GW-MSG-011
TEST(ReadMessage, WithoutWordsThereIsNothingToSend) {
    for (const auto* inside : {"", "<body/>", "<composing xmlns='http://jabber.org/protocol/chatstates'/>"}) {
        EXPECT_TRUE(std::holds_alternative<Nothing>(read(inside))) << inside;
    }
}

TEST(ReadMessage, ABodyThatHoldsNoWordsIsRefused) {
    for (const auto* inside : {"<body>  &#10; </body>", "<body>/me  </body>"}) {
        EXPECT_TRUE(std::holds_alternative<xmpp::StanzaError>(read(inside))) << inside;
    }
}

// covers: GW-MSG-011
TEST(ReadMessage, EncryptedWordsAreRefusedAndTheirFallbackIsNotSent) {
    const auto message = read(
        "<body>I sent you an encrypted message</body>"
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>");
    const auto* refusal = std::get_if<xmpp::StanzaError>(&message);
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(refusal->condition, xmpp::Condition::not_acceptable);
    EXPECT_THAT(refusal->text, HasSubstr("OMEMO"));
}

adapter::EventMessage words(std::string text) {
    adapter::EventMessage event;
    event.in = ContactId("bob");
    event.from = ContactId("bob");
    event.text = std::move(text);
    return event;
}

// covers: GW-MSG-003
TEST(ChatMessage, IsOfTypeChatWithAnId) {
    const auto stanza =
        chat_message(words("hi"), test::jid("bob@net.test"), test::jid("romeo@home.test"), "x1", {});
    EXPECT_EQ(test::brief(stanza), "message:chat bob@net.test > romeo@home.test body=\"hi\"");
    EXPECT_EQ(stanza.attr("id"), "x1");
    auto action = words("waves");
    action.kind = model::MessageKind::action;
    EXPECT_EQ(body_of(action), "/me waves");
}

// covers: GW-MSG-006
TEST(ChatMessage, OldWordsCarryTheirTime) {
    const auto now = WallTime{std::chrono::hours(24 * 365 * 50)};
    auto event = words("hi");
    const auto delay_of = [&] {
        const auto stanza =
            chat_message(event, test::jid("bob@net.test"), test::jid("romeo@home.test"), "x", now);
        const auto* delay = stanza.child("delay", xmpp::xep0203::kNs);
        return delay == nullptr ? std::string("none") : std::string(delay->attr("stamp"));
    };
    EXPECT_EQ(delay_of(), "none");
    event.sent_at = now - std::chrono::seconds(299);
    EXPECT_EQ(delay_of(), "none");
    event.sent_at = now - std::chrono::seconds(301);
    EXPECT_EQ(delay_of(), format_utc(*event.sent_at));
}

TEST(MessageKey, ARepeatHasTheSameNameAndNothingElseHas) {
    test::SeededRandom random;
    const auto key = [&](const std::string& inside, const std::string& attributes = "id='m1'") {
        return message_key(message_with(inside, attributes), random);
    };
    EXPECT_EQ(key("<body>a</body>"), key("<body>a</body>"));
    EXPECT_NE(key("<body>a</body>"), key("<body>b</body>"));
    EXPECT_NE(key("<body>a</body>"), key("<body>a</body>", "id='m2'"));
    const auto to_carol = test::parse_stanza(
        "<message from='romeo@home.test/a' to='carol@net.test' type='chat' id='m1'><body>a</body></message>");
    EXPECT_NE(key("<body>a</body>"), message_key(to_carol, random)) << "a multicast has one id for all";
    EXPECT_EQ(key("<body>a</body>", "id='" + std::string(100'000, 'x') + "'").view().size(), 64U);
    EXPECT_NE(key("<body>a</body>", ""), key("<body>a</body>", "")) << "without an id nothing is a repeat";
}

}  // namespace
}  // namespace causeway::translate
