/// @file tests/conformance/talk_test.cpp
/// NAME       Messages both ways, rooms, roster: order, ids, back-pressure, durability.
#include <algorithm>
#include <deque>

#include "gateway/base/text.hpp"
#include "tests/conformance/conformance.hpp"

namespace causeway::conformance {
namespace {

constexpr int kMany = 100;

std::vector<std::string> numbered(int count) {
    std::vector<std::string> result;
    for (int i = 0; i < count; ++i) result.push_back("message " + std::to_string(i));
    return result;
}

TEST_P(Conformance, TellsOnceThatItIsConnected) {
    connect();
    turns(50);
    EXPECT_EQ(host_.connects(), 1);
    EXPECT_FALSE(ended_);
}

TEST_P(Conformance, SendIsAcceptedAndArrives) {
    connect();
    const auto result = await(session_->send(message(contact(), "hello"), soon()));
    ASSERT_TRUE(result.has_value()) << result.error().detail;
    EXPECT_TRUE(run_until([&] { return arrived() == std::vector<std::string>{"hello"}; }));
}

TEST_P(Conformance, ManyMessagesKeepTheirOrder) {
    connect();
    const auto texts = numbered(kMany);
    const auto window = std::min<std::size_t>(subject_->network().info().limits.max_in_flight, 16);
    std::deque<std::optional<Result<SendOutcome>>> results(texts.size());
    for (std::size_t next = 0; next < texts.size(); ++next) {
        // The gateway never has more under way than was declared.
        if (next >= window) ASSERT_TRUE(run_until([&] { return results[next - window].has_value(); }));
        start_send(message(contact(), texts[next]), soon(), results[next]);
    }
    ASSERT_TRUE(run_until(
        [&] { return std::ranges::all_of(results, [](const auto& one) { return one.has_value(); }); }));
    for (const auto& result : results) EXPECT_TRUE(result->has_value());
    EXPECT_TRUE(run_until([&] { return arrived().size() >= texts.size(); }));
    EXPECT_EQ(arrived(), texts);
}

TEST_P(Conformance, SubmittedIsFollowedByAReport) {
    connect();
    auto sent = message(contact(), "hello");
    const auto key = sent.key;
    const auto result = await(session_->send(std::move(sent), soon()));
    ASSERT_TRUE(result.has_value());
    if (!std::holds_alternative<Submitted>(*result)) return does_not_apply("this network accepts at once");
    EXPECT_TRUE(run_until([&] {
        return std::ranges::any_of(host_.reports(), [&](const auto& report) { return report.key == key; });
    }));
}

TEST_P(Conformance, WhatIsSaidComesOneAtATimeAndInOrder) {
    connect();
    const auto texts = numbered(kMany);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        await(subject_->speak(*session_, texts[i]));
        if (i % 16 == 15) EXPECT_TRUE(run_until([&] { return host_.texts(contact()).size() == i + 1; }));
    }
    EXPECT_TRUE(run_until([&] { return host_.texts(contact()).size() == texts.size(); }));
    EXPECT_EQ(host_.texts(contact()), texts);
    EXPECT_EQ(host_.most_at_once(), 1) << "deliver() and publish() are called one at a time per conversation";
}

TEST_P(Conformance, RoomTalkComesOneAtATimeAndInOrder) {
    connect();
    if (!has_rooms()) return does_not_apply("no rooms");
    enter_room();
    const auto texts = numbered(50);
    for (const auto& one : texts) await(subject_->speak_in_room(*session_, one));
    EXPECT_TRUE(run_until([&] { return host_.texts(room()).size() == texts.size(); }));
    EXPECT_EQ(host_.texts(room()), texts);
    EXPECT_EQ(host_.most_at_once(), 1);
}

TEST_P(Conformance, ASlowGatewayIsNotOverrun) {
    connect();
    enter_room();
    host_.hold();
    const auto texts = numbered(50);
    const auto where = conversations().back();
    for (const auto& one : texts) {
        await(has_rooms() ? subject_->speak_in_room(*session_, one) : subject_->speak(*session_, one));
    }
    ASSERT_TRUE(run_until([&] { return host_.waiting() == 1; }));
    turns(200);
    EXPECT_EQ(host_.waiting(), 1) << "the next event waits for the end of the one before";
    host_.release();
    EXPECT_TRUE(run_until([&] { return host_.texts(where).size() == texts.size(); }));
    EXPECT_EQ(host_.texts(where), texts);
}

TEST_P(Conformance, WhatWasNotKeptComesAgainUnderTheSameKey) {
    connect();
    host_.fail_deliveries(1);
    await(subject_->speak(*session_, "once"));
    ASSERT_TRUE(run_until([&] { return !host_.offered().empty() || !host_.texts(contact()).empty(); }));
    if (host_.offered().empty()) return does_not_apply("words are live on this network");
    ASSERT_TRUE(run_until([&] { return ended_.has_value() || !host_.kept().empty(); }));
    if (ended_) connect();
    ASSERT_TRUE(run_until([&] { return !host_.kept().empty(); }));
    EXPECT_EQ(host_.offered().front(), host_.kept().front());
    EXPECT_EQ(host_.texts(contact()), std::vector<std::string>{"once"});
}

TEST_P(Conformance, EventsCarryTheIdsOfAddresses) {
    connect();
    await(subject_->speak(*session_, "hello"));
    ASSERT_TRUE(run_until([&] { return !host_.texts(contact()).empty(); }));
    if (has_rooms()) {
        EXPECT_EQ(enter_room().room, room());
        await(subject_->speak_in_room(*session_, "hello all"));
        ASSERT_TRUE(run_until([&] { return !host_.texts(room()).empty(); }));
    }
    for (const auto& body : host_.events()) {
        const auto* said = std::get_if<EventMessage>(&body);
        if (said == nullptr) continue;
        EXPECT_FALSE(said->from.empty());
        if (said->in == contact()) EXPECT_EQ(model::Conversation(said->from), contact());
        if (has_rooms() && said->in == model::Conversation(room())) EXPECT_FALSE(said->nick.empty());
    }
}

TEST_P(Conformance, EnteringGivesTheRoomAsItIs) {
    connect();
    if (session_->rooms() == nullptr) return does_not_apply("no rooms");
    for (int i = 0; i < 2; ++i) {  // a second time gives a fresh snapshot
        const auto snapshot = enter_room();
        EXPECT_EQ(snapshot.room, room());
        EXPECT_FALSE(snapshot.own_nick.empty());
        EXPECT_EQ(std::ranges::count(snapshot.members, snapshot.own_nick, &model::Member::nick), 1);
        for (const auto& member : snapshot.members) EXPECT_FALSE(member.contact.empty()) << member.nick;
    }
}

TEST_P(Conformance, LeavingIsToldAsEvent) {
    connect();
    if (session_->rooms() == nullptr) return does_not_apply("no rooms");
    enter_room();
    EXPECT_TRUE(await(session_->rooms()->leave(room(), "bye", soon())).has_value());
    EXPECT_TRUE(run_until([&] {
        return std::ranges::any_of(host_.events(), [&](const auto& body) {
            const auto* left = std::get_if<EventMemberLeft>(&body);
            return left != nullptr && left->self && left->room == room();
        });
    }));
}

TEST_P(Conformance, AWatchedContactsPresenceIsTold) {
    connect();
    if (session_->roster() == nullptr) return does_not_apply("no roster");
    const auto who = std::get<ContactId>(contact());
    EXPECT_TRUE(await(session_->roster()->add(who, soon())).has_value());
    const auto told = [&](const auto& body) {
        const auto* presence = std::get_if<EventPresence>(&body);
        return presence != nullptr && presence->who == who;
    };
    EXPECT_TRUE(run_until([&] {
        return std::ranges::any_of(host_.hints(), told) || std::ranges::any_of(host_.events(), told);
    }));
    EXPECT_TRUE(await(session_->roster()->remove(who, soon())).has_value());
}

TEST_P(Conformance, NobodyIsABadRecipient) {
    connect();
    if (!subject_->nobody()) return does_not_apply("everybody is here");
    const auto result = await(session_->send(message(conversation(*subject_->nobody()), "hello?"), soon()));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Errc::bad_recipient);
    EXPECT_EQ(result.error().ambiguous, Ambiguous::no);
}

}  // namespace
}  // namespace causeway::conformance
