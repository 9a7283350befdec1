#include <gtest/gtest.h>

#include "component/xep/xep0004_forms.hpp"
#include "component/xep/xep0077_register.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp::xep0077 {
namespace {

using test::iq;
using test::sent;
using Answers = std::vector<std::pair<std::string, std::string>>;

Stanza query(std::string_view type, std::string_view content) {
    return iq(type, "<query xmlns='jabber:iq:register'>" + std::string(content) + "</query>");
}

template <class Kind>
bool is(const Stanza& stanza) {
    const auto request = read(stanza);
    return request && std::holds_alternative<Kind>(*request);
}

std::vector<Field> some_fields() {
    return {
        {.var = "nick", .label = "Nickname", .value = "romeo"},
        {.var = "password", .label = "Password", .secret = true, .required = false, .value = "never shown"},
        {.var = "encoding", .label = "Encoding", .value = "UTF-8", .choices = {"UTF-8", "ISO-8859-1"}},
    };
}

TEST(Register, AGetAsksForTheForm) {
    EXPECT_TRUE(is<FormRequest>(query("get", "")));
}

TEST(Register, OtherStanzasAreNoRequest) {
    EXPECT_FALSE(read(iq("get", "<query xmlns='jabber:iq:version'/>")));
    EXPECT_FALSE(read(iq("get", "<other xmlns='jabber:iq:register'/>")));
    EXPECT_FALSE(read(query("result", "")));
    EXPECT_FALSE(read(query("error", "")));
}

// covers: GW-REG-021
TEST(Register, RemoveStandsAlone) {
    EXPECT_TRUE(is<RemoveRequest>(query("set", "<remove/>")));
    EXPECT_TRUE(is<BadRequest>(query("set", "<remove/><username>a</username>")));
    EXPECT_TRUE(is<BadRequest>(query("set", "<x xmlns='jabber:x:data' type='submit'/><remove/>")));
    EXPECT_TRUE(is<BadRequest>(query("set", "<remove xmlns='urn:other'/>")));
}

TEST(Register, ASetOfNothingIsBad) {
    EXPECT_TRUE(is<BadRequest>(query("set", "")));
    EXPECT_TRUE(is<BadRequest>(query("set", "<instructions>hm</instructions><registered/>")));
    EXPECT_TRUE(is<BadRequest>(query("set", "<username xmlns='urn:other'>a</username>")));
}

// covers: GW-REG-010
TEST(Register, PlainFieldsAreAnswers) {
    const auto request = read(query("set", "<nick>romeo</nick><registered/><password/><mine>x</mine>"));
    ASSERT_TRUE(request && std::holds_alternative<SubmitRequest>(*request));
    EXPECT_EQ(std::get<SubmitRequest>(*request).answers, (Answers{{"nick", "romeo"}, {"password", ""}}));
}

// covers: GW-REG-010
TEST(Register, TheFormWinsOverPlainFields) {
    const auto request = read(query("set", R"(<nick>plain</nick><x xmlns='jabber:x:data' type='submit'>
        <field var='FORM_TYPE'><value>jabber:iq:register</value></field>
        <field var='nick'><value>romeo</value></field>
        <field var='channels' type='text-multi'><value>#a</value><value>#b</value></field>
        <field><value>nameless</value></field></x>)"));
    ASSERT_TRUE(request && std::holds_alternative<SubmitRequest>(*request));
    EXPECT_EQ(std::get<SubmitRequest>(*request).answers,
              (Answers{{"nick", "romeo"}, {"channels", "#a\n#b"}}));
}

TEST(Register, FormsMayBeCancelledAndMayBeWrong) {
    const auto form = [](std::string_view type, std::string_view kind) {
        return query("set", "<x xmlns='jabber:x:data' type='" + std::string(type) +
                                "'><field var='FORM_TYPE'><value>" + std::string(kind) +
                                "</value></field><field var='nick'><value>a</value></field></x>");
    };
    EXPECT_TRUE(is<SubmitRequest>(form("submit", kNs)));
    EXPECT_TRUE(is<CancelRequest>(form("cancel", kNs)));
    EXPECT_TRUE(is<BadRequest>(form("form", kNs)));
    EXPECT_TRUE(is<BadRequest>(form("nonsense", kNs)));
    EXPECT_TRUE(is<BadRequest>(form("submit", "jabber:iq:search")));
}

// covers: GW-REG-001 GW-REG-009
TEST(Register, TheFormIsPlainElementsAndAnExtendedForm) {
    const auto result = sent(make_form_result(query("get", ""), "Log in to IRC.", some_fields(), false));
    test::expect_answers(result);
    const auto* answer = result.child("query", kNs);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->child("registered"), nullptr);
    EXPECT_EQ(answer->child_text("instructions"), "Log in to IRC.");
    EXPECT_EQ(answer->child_text("nick"), "romeo");
    EXPECT_TRUE(answer->child("password"));
    EXPECT_EQ(answer->child("encoding"), nullptr);  // no new elements in the XEP's namespace

    const auto form = xep0004::read_form(*answer);
    ASSERT_TRUE(form);
    EXPECT_EQ(form->type, xep0004::FormType::form);
    EXPECT_EQ(form->value("FORM_TYPE"), kNs);
    EXPECT_EQ(form->field("FORM_TYPE")->type, xep0004::FieldType::hidden);
    ASSERT_EQ(form->fields.size(), 4U);
    EXPECT_EQ(form->value("nick"), "romeo");
    EXPECT_TRUE(form->field("nick")->required);
    EXPECT_FALSE(form->field("password")->required);
    EXPECT_EQ(form->field("encoding")->type, xep0004::FieldType::list_single);
    EXPECT_EQ(form->field("encoding")->options, (std::vector<std::string>{"UTF-8", "ISO-8859-1"}));
}

// covers: GW-REG-003
TEST(Register, WhoIsRegisteredIsToldSoAndNoSecret) {
    const auto element = make_form_result(query("get", ""), "Change it.", some_fields(), true);
    EXPECT_EQ(xml::to_string(element, kComponentNs).find("never shown"), std::string::npos);
    const auto result = sent(element);
    const auto* answer = result.child("query", kNs);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->child("registered"));
    EXPECT_EQ(answer->child_text("password"), "");
    EXPECT_EQ(xep0004::read_form(*answer)->field("password")->type, xep0004::FieldType::text_private);
}

}  // namespace
}  // namespace causeway::xmpp::xep0077
