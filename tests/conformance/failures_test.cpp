/// @file tests/conformance/failures_test.cpp
/// NAME       What goes wrong: silence, loss, closing, hostile text, secrets.
#include <algorithm>
#include <deque>

#include "gateway/base/text.hpp"
#include "tests/conformance/conformance.hpp"

namespace causeway::conformance {
namespace {

constexpr std::string_view kInjected = "INJECTED";

std::vector<std::string> hostile_texts() {
    using namespace std::string_literals;
    const std::string mark(kInjected);
    return {"a\r\n" + mark + " x",
            "a\n" + mark + " x",
            "a\r" + mark + " x",
            "a\0b"s,
            "\0"s,
            "\x01" + mark + "\x01",
            "\xFF\xFE",
            "\xC0\xAF",
            "\xED\xA0\x80",
            std::string(64 * 1024, 'x'),
            std::string(1000, '\n'),
            "",
            " ",
            ":",
            "\x1b[2J",
            "\xEF\xBF\xBE"};
}

TEST_P(Conformance, WithoutConnectionNothingIsSentAndThatIsCertain) {
    open_session();
    const auto result = await(session_->send(message(contact(), "hello"), soon()));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Errc::not_connected);
    EXPECT_EQ(result.error().ambiguous, Ambiguous::no);
    EXPECT_NE(result.error().retry, Retry::never);
    if (session_->rooms() == nullptr) return;
    const auto entered = await(session_->rooms()->join(room(), "romeo", Secret<std::string>{}, soon()));
    ASSERT_FALSE(entered.has_value());
    EXPECT_EQ(entered.error().error.code, Errc::not_connected);
}

TEST_P(Conformance, EveryCallReturnsByItsDeadline) {
    connect();
    enter_room();
    subject_->mute();
    const auto in_time = [&](const char* what, auto call) {
        const auto deadline = soon(150);
        (void)await(call(deadline));
        EXPECT_LT(std::chrono::steady_clock::now(), deadline + Millis(1'000)) << what;
    };
    const auto who = std::get<ContactId>(contact());
    in_time("send", [&](SteadyTime deadline) { return session_->send(message(contact(), "x"), deadline); });
    if (has_rooms()) {
        in_time("send to room",
                [&](SteadyTime deadline) { return session_->send(message(room(), "x"), deadline); });
    }
    in_time("set_presence", [&](SteadyTime deadline) {
        return session_->set_presence({.show = model::Availability::away, .status = "out"}, deadline);
    });
    if (auto* rooms = session_->rooms()) {
        in_time("set_topic", [&](SteadyTime deadline) { return rooms->set_topic(room(), "x", deadline); });
        in_time("kick", [&](SteadyTime deadline) { return rooms->kick(room(), "juliet", "x", deadline); });
        in_time("change_nick", [&](SteadyTime deadline) { return rooms->change_nick("romeo2", deadline); });
        in_time("join", [&](SteadyTime deadline) {
            return rooms->join(room(), "romeo", Secret<std::string>{}, deadline);
        });
        in_time("leave", [&](SteadyTime deadline) { return rooms->leave(room(), "x", deadline); });
    }
    if (auto* roster = session_->roster()) {
        in_time("add", [&](SteadyTime deadline) { return roster->add(who, deadline); });
        in_time("remove", [&](SteadyTime deadline) { return roster->remove(who, deadline); });
    }
    if (auto* queries = session_->queries()) {
        in_time("client_version",
                [&](SteadyTime deadline) { return queries->client_version(who, deadline); });
        in_time("ping", [&](SteadyTime deadline) { return queries->ping(who, deadline); });
    }
    const auto deadline = soon(500);
    await(session_->close("bye", deadline));
    EXPECT_LT(std::chrono::steady_clock::now(), deadline + Millis(1'000)) << "close";
    EXPECT_TRUE(run_until([&] { return ended_.has_value(); }));
}

TEST_P(Conformance, SilenceAfterSendIsAmbiguous) {
    connect();
    if (!subject_->has_connection()) return does_not_apply("nothing that could be silent");
    subject_->mute();
    const auto result = await(session_->send(message(contact(), "heard?"), soon(200)));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Errc::timed_out);
    EXPECT_EQ(result.error().ambiguous, Ambiguous::yes);
}

TEST_P(Conformance, LossBeforeTheConfirmationIsAmbiguous) {
    connect();
    if (!subject_->has_connection()) return does_not_apply("nothing that could be lost");
    subject_->mute();
    std::optional<Result<SendOutcome>> result;
    start_send(message(contact(), "heard?"), soon(), result);
    ASSERT_TRUE(run_until([&] { return !arrived().empty(); }));
    subject_->disconnect();
    ASSERT_TRUE(run_until([&] { return result.has_value() && ended_.has_value(); }));
    ASSERT_FALSE(result->has_value());
    EXPECT_EQ(result->error().ambiguous, Ambiguous::yes);
    EXPECT_NE(ended_->code, Errc::cancelled);
    EXPECT_NE(ended_->code, Errc::internal);
}

TEST_P(Conformance, RunsAgainAfterALoss) {
    connect();
    if (!subject_->has_connection()) return does_not_apply("nothing that could be lost");
    enter_room();
    for (int i = 0; i < 3; ++i) {
        subject_->disconnect();
        ASSERT_TRUE(run_until([&] { return ended_.has_value(); }));
        EXPECT_EQ(await(session_->send(message(contact(), "lost"), soon())).error().code,
                  Errc::not_connected);
        connect();
        const auto result = await(session_->send(message(contact(), "again"), soon()));
        EXPECT_TRUE(result.has_value());
        enter_room();
    }
    if (!has_rooms()) return;
    EXPECT_TRUE(std::ranges::any_of(host_.events(), [&](const auto& body) {
        const auto* lost = std::get_if<EventRoomLost>(&body);
        return lost != nullptr && lost->room == room();
    })) << "the gateway must learn that the room is gone";
}

TEST_P(Conformance, CloseEndsEverythingHoweverOften) {
    connect();
    enter_room();
    await(session_->close("bye", soon()));
    EXPECT_TRUE(run_until([&] { return ended_.has_value(); }));
    EXPECT_EQ(ended_->code, Errc::cancelled);
    await(session_->close("bye again", soon()));
    session_.reset();
    await(subject_->network().close(soon()));
    await(subject_->network().close(soon()));
    subject_->stop();
    loop_.restart();
    loop_.run_for(std::chrono::seconds(3));
    EXPECT_TRUE(loop_.stopped()) << "something is still scheduled";
}

TEST_P(Conformance, CloseBeforeAndWhileConnecting) {
    open_session();
    await(session_->close("never", soon()));
    session_.reset();

    subject_->mute();
    auto opened = subject_->network().open({.account = AccountId("account"),
                                            .endpoint = address(subject_->contact()).endpoint,
                                            .preferred_name = "romeo",
                                            .credentials = {}},
                                           host_);
    ASSERT_TRUE(opened.has_value());
    session_ = std::move(*opened);
    start_run();
    turns(20);
    const auto deadline = soon(1'000);
    await(session_->close("changed my mind", deadline));
    EXPECT_LT(std::chrono::steady_clock::now(), deadline + Millis(1'000));
    ASSERT_TRUE(run_until([&] { return ended_.has_value(); }));
    EXPECT_EQ(ended_->code, Errc::cancelled);
}

TEST_P(Conformance, TheNetworkRunsUntilItIsClosed) {
    bool ended = false;
    asio::co_spawn(loop_, subject_->network().run(), [&](const std::exception_ptr& error) {
        EXPECT_FALSE(error);
        ended = true;
    });
    turns(20);
    EXPECT_FALSE(ended);
    await(subject_->network().close(soon()));
    EXPECT_TRUE(run_until([&] { return ended; }));
}

TEST_P(Conformance, HostileTextCannotInject) {
    connect();
    enter_room();
    for (const auto& text : hostile_texts()) {
        for (const auto& to : conversations()) {
            (void)await(session_->send(message(to, text), soon(2'000)));
        }
        (void)await(session_->set_presence({.show = model::Availability::away, .status = text}, soon(1'000)));
        if (auto* rooms = session_->rooms()) {
            (void)await(rooms->join(RoomId(room().str() + text), "romeo", Secret<std::string>{}, soon(300)));
            (void)await(rooms->join(room(), text, Secret<std::string>(text), soon(300)));
            (void)await(rooms->set_topic(room(), text, soon(300)));
            (void)await(rooms->kick(room(), "juliet", text, soon(300)));
            (void)await(rooms->kick(room(), text, "because", soon(300)));
            (void)await(rooms->change_nick(text, soon(300)));
        }
        if (auto* roster = session_->roster()) (void)await(roster->add(ContactId(text), soon(300)));
        ASSERT_FALSE(ended_) << "hostile text ended the session";
    }
    if (auto* rooms = session_->rooms()) (void)await(rooms->leave(room(), "a\r\nINJECTED x", soon(300)));
    for (const auto& unit : subject_->raw_units()) {
        EXPECT_FALSE(unit.starts_with(kInjected)) << unit;
        EXPECT_EQ(unit.find('\0'), std::string::npos);
        EXPECT_EQ(unit.find('\r'), std::string::npos) << unit.substr(0, 100);
    }
    EXPECT_TRUE(await(session_->send(message(contact(), "still here"), soon())).has_value());
}

TEST_P(Conformance, HostileBytesBecomeText) {
    connect();
    for (const auto& bytes : subject_->hostile_bytes()) subject_->send_raw(bytes);
    for (const auto& words : hostile_texts()) {
        if (!text::has_line_break(words)) await(subject_->speak(*session_, words));
    }
    await(subject_->speak(*session_, "the last"));
    EXPECT_TRUE(run_until([&] { return std::ranges::count(host_.texts(contact()), "the last") == 1; }));
    EXPECT_FALSE(ended_);
    EXPECT_TRUE(text::is_utf8(host_.transcript()));
}

TEST_P(Conformance, SecretsAreNeverTold) {
    connect();
    if (subject_->secret().empty()) return does_not_apply("this network knows no secrets");
    enter_room();
    (void)await(session_->send(message(contact(), "hello"), soon()));
    subject_->disconnect();
    EXPECT_TRUE(run_until([&] { return ended_.has_value(); }));
    connect();
    EXPECT_EQ(sink_.text().find(subject_->secret()), std::string::npos) << "a secret is in the log";
    EXPECT_EQ(host_.transcript().find(subject_->secret()), std::string::npos) << "a secret is in an event";
    EXPECT_EQ(sink_.text().find("hello"), std::string::npos) << "message text is in the log";
}

}  // namespace
}  // namespace causeway::conformance
