#include "gateway/translate/typing.hpp"

#include "component/xep/xep0085_chat_states.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::translate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class TypingTest : public test::HouseTest {
protected:
    TypingTest() {
        using adapter::Capability;
        house.network.declared.capabilities = {Capability::rooms, Capability::roster, Capability::presence,
                                               Capability::typing};
    }
    void says(const std::string& state, const std::string& to = "bob@net.test",
              const std::string& type = "chat", const std::string& body = "") {
        house.receive(
            "<message type='" + type + "' from='romeo@home.test/a' to='" + to + "' id='m'>" + body +
            (state.empty() ? "" : "<" + state + " xmlns='http://jabber.org/protocol/chatstates'/>") +
            "</message>");
    }
    /// "composing bob@net.test > romeo@home.test" for each state that was sent.
    std::vector<std::string> states() {
        house.loop.settle();
        std::vector<std::string> lines;
        for (const auto& stanza : house.outlet.take()) {
            const auto* state = stanza.child_in(xmpp::xep0085::kNs);
            if (state == nullptr) continue;
            EXPECT_TRUE(stanza.child("body") || stanza.child("no-store", "urn:xmpp:hints"));
            lines.push_back(state->name() + " " + test::brief(stanza));
        }
        return lines;
    }
    void tell(bool typing, model::Conversation in = ContactId("bob"), std::string from = "bob") {
        house.tell(adapter::EventTyping{std::move(in), ContactId(std::move(from)), typing});
    }
    void connect() {
        house.slot()->touch();
        forget_so_far();
    }
};

// covers: GW-STATE-001
TEST_F(TypingTest, TheUsersIsToldOnceAndEndsWithTheWords) {
    connect();
    says("composing");
    says("composing");
    EXPECT_THAT(house.asked(), ElementsAre("typing bob"));
    says("paused");
    says("gone");
    EXPECT_THAT(house.asked(), ElementsAre("typing bob no"));
    says("composing");
    says("active", "bob@net.test", "chat", "<body>hi</body>");
    says("active");
    EXPECT_THAT(house.asked(), ElementsAre("typing bob", "send hi")) << "the words say that it has ended";
}

TEST_F(TypingTest, NobodyIsConnectedByAState) {
    says("composing");
    EXPECT_THAT(house.asked(), IsEmpty());
}

TEST_F(TypingTest, WhereTheNetworkDoesNotKnowItNothingIsTold) {
    house.network.declared.capabilities = {adapter::Capability::roster};
    connect();
    says("composing");
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-STATE-001
TEST_F(TypingTest, AContactsIsToldOnceAndWordsAreActive) {
    connect();
    tell(true);
    tell(true);
    EXPECT_THAT(states(), ElementsAre("composing message:chat bob@net.test > romeo@home.test"));
    tell(false);
    tell(false);
    EXPECT_THAT(states(), ElementsAre("paused message:chat bob@net.test > romeo@home.test"));
    tell(true);
    adapter::EventMessage words{.in = ContactId("bob"), .from = ContactId("bob")};
    words.text = "hi";
    house.tell(words);
    EXPECT_THAT(states(), ElementsAre(HasSubstr("composing"), AllOf(HasSubstr("active"), HasSubstr("hi"))));
    tell(false);
    EXPECT_THAT(states(), IsEmpty()) << "the words have said it";
}

// covers: GW-STATE-002
TEST_F(TypingTest, WhoNeverSaysThatTheyStoppedHasStopped) {
    house.chat.typing().set_ends_after(Millis{1});
    connect();
    tell(true);
    std::vector<std::string> seen;
    EXPECT_TRUE(house.loop.until([&] {
        for (auto& line : states()) seen.push_back(std::move(line));
        return seen.size() == 2;
    }));
    EXPECT_THAT(seen, ElementsAre(HasSubstr("composing"), HasSubstr("paused")));
}

// covers: GW-STATE-001
TEST_F(TypingTest, InRoomsItIsOfOccupantsAndForEverySeat) {
    enter_hall("a");
    enter_hall("b");
    says("composing", "#hall@net.test", "groupchat");
    EXPECT_THAT(house.asked(), ElementsAre("typing #hall"));
    tell(true, RoomId("#hall"), "alice");
    EXPECT_THAT(states(),
                ElementsAre("composing message:groupchat #hall@net.test/alice > romeo@home.test/a",
                            "composing message:groupchat #hall@net.test/alice > romeo@home.test/b"));
    tell(true, RoomId("#hall"), "romeo");
    tell(true, RoomId("#hall"), "stranger");
    tell(true, RoomId("#attic"), "alice");
    EXPECT_THAT(states(), IsEmpty()) << "not one's own, nobody's who is not there, and of no other room";
    tell(false, RoomId("#hall"), "alice");
    EXPECT_THAT(states(), SizeIs(2));
}

TEST_F(TypingTest, WhoDoesNotWantItIsToldNothingAndTellsNothing) {
    connect();
    house.account()->row.preferences.show_typing = false;
    says("composing");
    tell(true);
    EXPECT_THAT(house.asked(), Not(Contains(HasSubstr("typing"))));
    EXPECT_THAT(states(), IsEmpty());
}

}  // namespace
}  // namespace causeway::translate
