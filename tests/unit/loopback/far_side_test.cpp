#include "legacy-adapters/loopback/far_side.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace causeway::loopback {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FarSideTest : public testing::Test {
protected:
    FarSideTest() {
        std::string name = (std::filesystem::temp_directory_path() / "causeway-far-side-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
        options_.journal = at("journal");
        options_.script = at("script");
        options_.offers = at("offers");
    }
    ~FarSideTest() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string at(const std::string& name) const { return directory_ + "/" + name; }
    void append(const std::string& name, const std::string& bytes) const {
        std::ofstream(at(name), std::ios::app) << bytes;
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::stringstream all;
        all << std::ifstream(at(name)).rdbuf();
        return all.str();
    }
    static adapter::OutgoingMessage message(const std::string& key, std::uint32_t attempt = 1) {
        adapter::OutgoingMessage result{.key = MessageKey(key), .to = ContactId("juliet")};
        result.text = "text of " + key;
        result.attempt = attempt;
        return result;
    }
    static std::string offer(const std::string& key) {
        return R"({"user":"romeo","contact":"juliet","text":"hi","key":")" + key + "\"}\n";
    }

    std::string directory_;
    DurableOptions options_;
    AccountId account_{"account"};
};

TEST_F(FarSideTest, WhatIsTakenIsInTheJournal) {
    auto far = std::make_unique<FarSide>(options_);
    ASSERT_TRUE(far->look());
    EXPECT_EQ(far->take(account_, message("k1")), LegacyMessageId("far1"));
    EXPECT_EQ(content("journal"),
              R"({"n":1,"key":"k1","account":"account","contact":"juliet","text":"text of k1","attempt":1})"
              "\n");
    far = std::make_unique<FarSide>(options_);  // as after kill -9
    ASSERT_TRUE(far->look());
    EXPECT_EQ(far->take(account_, message("k1", 2)), LegacyMessageId("far2"));
    EXPECT_THAT(content("journal"), HasSubstr(R"({"n":2,"key":"k1","account":"account")"));
    EXPECT_THAT(content("journal"), Not(HasSubstr("repeat")));
}

TEST_F(FarSideTest, ALineThatIsNotWholeIsNotTaken) {
    append("journal", "{\"n\":1,\"key\":\"k0\"}\n{\"n\":2,\"ke");
    FarSide far(options_);
    ASSERT_TRUE(far.look());
    EXPECT_EQ(far.take(account_, message("k1")), LegacyMessageId("far2"));
    EXPECT_THAT(content("journal"), HasSubstr("{\"n\":2,\"ke\n{\"n\":2,\"key\":\"k1\""));
}

TEST_F(FarSideTest, AnIdempotentNetworkShowsAMessageOnce) {
    options_.idempotent = true;
    {
        FarSide far(options_);
        ASSERT_TRUE(far.look());
        EXPECT_EQ(far.take(account_, message("k1")), LegacyMessageId("far1"));
        EXPECT_EQ(far.take(account_, message("k2")), LegacyMessageId("far2"));
        EXPECT_EQ(far.take(account_, message("k1", 2)), LegacyMessageId("far1"));
        EXPECT_EQ(far.take(AccountId("other"), message("k1")), LegacyMessageId("far4"));
    }
    FarSide far(options_);
    ASSERT_TRUE(far.look());
    EXPECT_EQ(far.take(account_, message("k2", 2)), LegacyMessageId("far2"));
    EXPECT_THAT(content("journal"), HasSubstr(R"("attempt":2,"repeat":true})"));
}

TEST_F(FarSideTest, WhatIsNotAcknowledgedIsOfferedAgain) {
    append("offers", offer("o1") + offer("o2"));
    {
        FarSide far(options_);
        ASSERT_TRUE(far.look());
        EXPECT_EQ(far.next_offer("nobody"), nullptr);
        ASSERT_NE(far.next_offer("romeo"), nullptr);
        EXPECT_EQ(far.next_offer("romeo")->key, "o1");
        EXPECT_TRUE(far.acknowledge(Offer(*far.next_offer("romeo"))));
        EXPECT_EQ(far.next_offer("romeo")->key, "o2");
    }
    EXPECT_EQ(content("journal.acks"), "{\"user\":\"romeo\",\"key\":\"o1\"}\n");
    FarSide far(options_);
    ASSERT_TRUE(far.look());
    ASSERT_NE(far.next_offer("romeo"), nullptr);
    EXPECT_EQ(far.next_offer("romeo")->key, "o2");
    EXPECT_TRUE(far.acknowledge(Offer(*far.next_offer("romeo"))));
    EXPECT_EQ(far.next_offer("romeo"), nullptr);
}

TEST_F(FarSideTest, OffersAreReadAsTheyComeAWholeLineAtATime) {
    FarSide far(options_);
    ASSERT_TRUE(far.look());
    append("offers", offer("o1") + offer("o2").substr(0, 20));
    ASSERT_TRUE(far.look());
    EXPECT_TRUE(far.acknowledge(Offer(*far.next_offer("romeo"))));
    EXPECT_EQ(far.next_offer("romeo"), nullptr);
    append("offers", offer("o2").substr(20) + "no offer\n");
    ASSERT_TRUE(far.look());
    ASSERT_NE(far.next_offer("romeo"), nullptr);
    EXPECT_EQ(far.next_offer("romeo")->key, "o2");
    EXPECT_THAT(content("journal.acks"), HasSubstr("{\"unreadable\":3}"));
}

TEST_F(FarSideTest, TheScriptIsReadAgainWhenItChanges) {
    FarSide far(options_);
    ASSERT_TRUE(far.look());
    EXPECT_TRUE(far.judge(account_, message("k1")).taken);
    append("script", "juliet busy 2\n");
    ASSERT_TRUE(far.look());
    EXPECT_FALSE(far.judge(account_, message("k1")).taken);
    EXPECT_FALSE(far.judge(account_, message("k1")).taken);
    EXPECT_FALSE(far.judge(account_, message("k2")).taken) << "each message has its own tries";
    EXPECT_TRUE(far.judge(account_, message("k1")).taken);
    append("script", "down\n");
    EXPECT_EQ(far.look().error().code, Errc::not_connected);
    std::filesystem::remove(at("script"));
    EXPECT_TRUE(far.look());
    append("script", "nonsense\n");
    EXPECT_THAT(far.look().error().detail, HasSubstr("line 1"));
}

TEST_F(FarSideTest, ReportsComeWhenTheyAreDue) {
    FarSide far(options_);
    const SteadyTime start{};
    far.plan_report(account_, {start + Millis(10), MessageKey("k1"), adapter::DeliveryStage::delivered});
    far.plan_report(account_, {start + Millis(5), MessageKey("k2"), adapter::DeliveryStage::failed});
    EXPECT_FALSE(far.due_report(account_, start + Millis(4)));
    EXPECT_FALSE(far.due_report(AccountId("other"), start + Millis(40)));
    EXPECT_EQ(far.due_report(account_, start + Millis(5))->key, MessageKey("k2"));
    EXPECT_EQ(far.due_report(account_, start + Millis(10))->key, MessageKey("k1"));
    EXPECT_FALSE(far.due_report(account_, start + Millis(40)));
}

TEST_F(FarSideTest, WithoutAJournalThereIsNoNetwork) {
    options_.journal = at("no such directory/journal");
    FarSide far(options_);
    EXPECT_EQ(far.look().error().code, Errc::not_connected);
}

}  // namespace
}  // namespace causeway::loopback
