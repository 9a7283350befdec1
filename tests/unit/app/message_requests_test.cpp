#include "gateway/app/message_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/app/message_client.hpp"

namespace causeway::app {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kNetworks{"far", "near"};

std::string refusal(const json::object& arguments) {
    const auto filter = read_filter(arguments, kNetworks);
    return filter ? "" : filter.error().detail;
}

store::FoundMessage message() {
    store::FoundMessage found;
    auto& row = found.row;
    found.user = UserId("romeo@home.test");
    row.sequence = 7;
    row.network = NetworkName("far");
    row.state = model::State::ambiguous;
    row.attempts = 2;
    row.accepted = WallTime{Millis{1'790'000'000'123}};
    row.text = "nobody's business";
    row.from = "romeo@home.test/balcony";
    row.to = "juliet@far.test";
    row.stanza_id = "m-1";
    row.network_ids = "one\ntwo";
    row.reason = "timed_out: no\x1b[31m answer\nfor \xC2\x9B long";
    row.steps = "queued@1790000000123 sending@1790000000130 ambiguous@1790000030130";
    return found;
}

json::value answer() {
    return json::array{to_json(message(), WallTime{Millis{1'790'000'090'123}})};
}

TEST(MessageRequestsTest, FiltersAreRead) {
    const auto filter = read_filter({{"network", "near"},
                                     {"account", "Romeo@HOME.test/balcony"},
                                     {"state", "quarantined"},
                                     {"direction", "to_xmpp"},
                                     {"limit", 5}},
                                    kNetworks);
    ASSERT_TRUE(filter) << filter.error().detail;
    EXPECT_EQ(filter->network, NetworkName("near"));
    EXPECT_EQ(filter->user, UserId("romeo@home.test"));
    EXPECT_EQ(filter->state, model::State::quarantined);
    EXPECT_EQ(filter->direction, model::Direction::to_xmpp);
    EXPECT_EQ(filter->most, 5U);
    EXPECT_TRUE(read_filter({}, kNetworks));
}

TEST(MessageRequestsTest, WhatIsWrongIsToldWithWhatWouldBeRight) {
    EXPECT_THAT(refusal({{"network", "sea"}}), HasSubstr("there are: far, near"));
    EXPECT_THAT(refusal({{"state", "lost"}}), HasSubstr("queued, sending"));
    EXPECT_THAT(refusal({{"state", "received"}}), HasSubstr("not known")) << "it is never in the store";
    EXPECT_THAT(refusal({{"direction", "up"}}), HasSubstr("to_network, to_xmpp"));
    EXPECT_THAT(refusal({{"account", "home.test"}}), HasSubstr("JID of a user"));
    EXPECT_THAT(refusal({{"account", ""}}), HasSubstr("JID of a user"));
    EXPECT_THAT(refusal({{"limit", 0}}), HasSubstr("1 to 1000"));
    EXPECT_THAT(refusal({{"limit", 1'001}}), HasSubstr("1 to 1000"));
    EXPECT_THAT(refusal({{"limit", "5"}}), HasSubstr("1 to 1000"));
    EXPECT_THAT(refusal({{"stat", "queued"}}), HasSubstr("'stat' is not known"));
    EXPECT_THAT(refusal({{"state", nullptr}}), HasSubstr("is not a text"));
}

TEST(MessageRequestsTest, AnIdIsOneTextAndNotTooLong) {
    EXPECT_EQ(read_id({{"id", "7"}}).value(), "7");
    for (const json::object& bad :
         {json::object{}, json::object{{"id", ""}}, json::object{{"id", 7}},
          json::object{{"id", "7"}, {"more", "8"}}, json::object{{"id", std::string(1'025, 'x')}}})
        EXPECT_FALSE(read_id(bad)) << json::serialize(bad);
}

TEST(MessageRequestsTest, AMessageIsShownWithoutItsText) {
    const auto shown = json::serialize(answer());
    EXPECT_THAT(shown,
                AllOf(HasSubstr("\"id\":7"), HasSubstr("\"age_seconds\":90"),
                      HasSubstr("\"network_ids\":[\"one\",\"two\"]"), HasSubstr("2026-09-21T14:13:20.130Z"),
                      HasSubstr("\"after_ms\":30000"), HasSubstr("\"text_kept\":true")));
    EXPECT_THAT(shown, Not(HasSubstr("business")));
}

TEST(MessageClientTest, ATableForPeopleLetsNoControlCharacterThrough) {
    EXPECT_EQ(messages_table(answer()),
              "ID  AGE   NETWORK  DIRECTION   STATE      ATTEMPTS  USER             CONTACT          REASON\n"
              "7   90 s  far      to_network  ambiguous  2         romeo@home.test  juliet@far.test  "
              "timed_out: no [31m answer for   long\n");
    EXPECT_EQ(messages_table(json::array{}), "no messages\n");
}

TEST(MessageClientTest, ATraceShowsEveryStep) {
    EXPECT_THAT(
        trace_text(answer()),
        AllOf(HasSubstr("message 7: ambiguous\n"), HasSubstr("  network ids  one, two\n"),
              HasSubstr("  2026-09-21T14:13:20.123Z             queued\n"),
              HasSubstr("  2026-09-21T14:13:20.130Z  +0.007 s   sending\n"),
              HasSubstr("  2026-09-21T14:13:50.130Z  +30.000 s  ambiguous\n"), Not(HasSubstr("\x1b"))));
}

TEST(MessageClientTest, AnAnswerThatIsNoneBreaksNothing) {
    for (const char* text :
         {"7", "{}", "[7, null, {}]", R"([{"id": [], "steps": [1, {"at": 2, "after_ms": "x"}]}])",
          R"([{"age_seconds": 9223372036854775807, "steps": [{}, {"after_ms": -9223372036854775808}]}])"}) {
        const auto value = json::parse(text);
        EXPECT_FALSE(messages_table(value).empty());
        static_cast<void>(trace_text(value));
    }
}

TEST(MessageClientTest, NoDaemonIsSaid) {
    std::ostringstream out;
    std::ostringstream errors;
    MessageQuestion question;
    question.control_socket = "/nonexistent/control.sock";
    question.command = "messages";
    EXPECT_EQ(ask_about_messages(question, out, errors), 1);
    EXPECT_THAT(errors.str(), HasSubstr("no daemon answered"));
}

}  // namespace
}  // namespace causeway::app
