#include "gateway/translate/iq_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/xep/xep0199_ping.hpp"
#include "tests/unit/gateway/doubles.hpp"

namespace causeway::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class IqRequestsTest : public ::testing::Test {
protected:
    void ask(Millis within = Millis{60'000}) {
        spawn(loop_.executor(), ask_and_note(within));
        loop_.settle();
    }
    Task<> ask_and_note(Millis within) {
        auto payload = xmpp::xep0199::make_ping();
        auto from = test::jid("net.test");
        auto to = test::jid("romeo@home.test/a");
        const auto deadline = clock_.steady() + within;
        const auto reply =
            co_await requests_.ask(std::move(from), std::move(to), "get", std::move(payload), deadline);
        ends_.push_back(reply ? std::string(reply->attr("type"))
                              : std::string(to_string(reply.error().code)));
    }
    bool answer(std::string_view id, std::string_view from, std::string_view type = "result") {
        const bool taken = requests_.answer(test::parse_stanza("<iq type='" + std::string(type) + "' id='" +
                                                               std::string(id) + "' from='" +
                                                               std::string(from) + "' to='net.test'/>"));
        loop_.settle();
        return taken;
    }
    std::string asked_id() {
        const auto sent = outlet_.take();
        EXPECT_THAT(sent, SizeIs(1));
        return std::string(sent.at(0).attr("id"));
    }

    test::Loop loop_;
    test::FakeClock clock_;
    test::SeededRandom random_;
    Metrics metrics_;
    test::RecordingOutlet outlet_;
    IqRequests requests_{loop_.executor(), outlet_, Context{clock_, random_, metrics_, {}}};
    std::vector<std::string> ends_;
};

TEST_F(IqRequestsTest, OnlyTheOneWhoWasAskedMayAnswer) {
    ask();
    const auto id = asked_id();
    EXPECT_FALSE(answer(id, "mallory@home.test/a"));
    EXPECT_FALSE(answer(id, "romeo@home.test"));
    EXPECT_FALSE(answer("other", "romeo@home.test/a"));
    EXPECT_THAT(ends_, SizeIs(0));
    EXPECT_TRUE(answer(id, "romeo@home.test/a"));
    EXPECT_THAT(ends_, ElementsAre("result"));
    EXPECT_FALSE(answer(id, "romeo@home.test/a")) << "answered once";
}

TEST_F(IqRequestsTest, AnErrorIsAnAnswerToo) {
    ask();
    EXPECT_TRUE(answer(asked_id(), "romeo@home.test/a", "error"));
    EXPECT_THAT(ends_, ElementsAre("error"));
}

TEST_F(IqRequestsTest, EveryRequestEndsByItsDeadline) {
    ask(Millis{3});
    EXPECT_TRUE(loop_.until([&] { return !ends_.empty(); }));
    EXPECT_THAT(ends_, ElementsAre("timed_out"));
    EXPECT_FALSE(answer(asked_id(), "romeo@home.test/a"));
}

TEST_F(IqRequestsTest, TheLinksLossEndsThemAll) {
    ask();
    ask();
    requests_.fail_all();
    loop_.settle();
    EXPECT_THAT(ends_, ElementsAre("not_connected", "not_connected"));
    outlet_.down = true;
    ask();
    EXPECT_THAT(ends_, SizeIs(3));
    EXPECT_EQ(ends_.back(), "not_connected");
}

}  // namespace
}  // namespace causeway::translate
