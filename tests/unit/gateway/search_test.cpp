#include "gateway/commands/search.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::commands {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kNs = "jabber:iq:search";
constexpr std::string_view kForm = "jabber:x:data";

class SearchTest : public test::HouseTest {
protected:
    xml::Element ask(const std::string& type, const std::string& inside) {
        forget_so_far();
        house.receive("<iq type='" + type + "' id='q' from='romeo@home.test/a' to='net.test'><query xmlns='" +
                      std::string(kNs) + "'>" + inside + "</query></iq>");
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, SizeIs(1));
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    xml::Element by_form(const std::string& nick) {
        return ask("set", "<x xmlns='jabber:x:data' type='submit'><field var='nick'><value>" + nick +
                              "</value></field></x>");
    }
    /// What one item of a form's table says.
    static std::vector<std::string> row(const xml::Element& reply) {
        std::vector<std::string> values;
        const auto* query = reply.child("query", kNs);
        const auto* form = query ? query->child("x", kForm) : nullptr;
        const auto* item = form ? form->child("item") : nullptr;
        if (item == nullptr) return values;
        for (const auto* field : item->children()) values.push_back(field->child_text("value").value_or(""));
        return values;
    }
};

// covers: GW-SRCH-001
TEST_F(SearchTest, AsksForTheAddressPlainAndByForm) {
    const auto reply = ask("get", "");
    const auto* query = reply.child("query", kNs);
    ASSERT_NE(query, nullptr);
    EXPECT_TRUE(query->child_text("instructions").has_value());
    EXPECT_NE(query->child("nick"), nullptr);
    const auto* form = query->child("x", kForm);
    ASSERT_NE(form, nullptr);
    EXPECT_EQ(form->child("field")->attr("var"), "FORM_TYPE");
    EXPECT_EQ(form->child("field")->child_text("value"), std::string(kNs));
}

// covers: GW-SRCH-001
TEST_F(SearchTest, FindsTheJidOfAnAddress) {
    const auto plain = ask("set", "<nick>bob smith</nick>");
    EXPECT_EQ(plain.child("query", kNs)->child("item")->attr("jid"), "bob\\20smith@net.test");
    EXPECT_THAT(row(by_form("bob")), ElementsAre("bob@net.test", "bob", ""));
    EXPECT_THAT(house.asked(), IsEmpty()) << "the network is not asked";
    for (const auto* nobody : {"nobody", "#hall", ""}) {
        const auto none = ask("set", "<nick>" + std::string(nobody) + "</nick>");
        EXPECT_EQ(none.attr("type"), "result");
        EXPECT_EQ(none.child("query", kNs)->child_count(), 0U) << nobody;
    }
}

TEST_F(SearchTest, TellsWhetherAContactIsThereAndNotOfOthers) {
    befriend("bob");
    house.tell(adapter::EventPresence{ContactId("bob"), {.show = model::Availability::away}});
    EXPECT_THAT(row(by_form("bob")), ElementsAre("bob@net.test", "bob", "away"));
    house.tell(adapter::EventPresence{ContactId("alice"), {.show = model::Availability::online}});
    EXPECT_THAT(row(by_form("alice")), ElementsAre("alice@net.test", "alice", ""));
}

// covers: GW-SRCH-002
TEST_F(SearchTest, IsForThoseWhoMayAndNotTooOften) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(by_form("bob").attr("type"), "result");
    EXPECT_THAT(test::brief(by_form("bob")), HasSubstr("resource-constraint"));
    house.network.declared.login_required = true;
    EXPECT_THAT(test::brief(by_form("bob")), HasSubstr("registration-required"));
    EXPECT_THAT(test::brief(ask("get", "")), HasSubstr("registration-required"));
}

}  // namespace
}  // namespace causeway::commands
