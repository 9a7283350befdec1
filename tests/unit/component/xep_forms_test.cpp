#include <gtest/gtest.h>

#include "component/xep/xep0004_forms.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp::xep0004 {
namespace {

using test::message;
using test::sent;

TEST(DataForm, IsReadWithAllItsFields) {
    const auto form = read_form(message(R"(<x xmlns='jabber:x:data' type='form'>
        <title>Bot</title><instructions>One</instructions><instructions>Two</instructions>
        <field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>
        <field type='text-private' var='key' label='Key'><required/></field>
        <field type='list-single' var='size'><value>b</value>
            <option label='Big'><value>b</value></option><option><value>s</value></option></field>
        <field type='list-multi' var='more'><value>x</value><value>y</value></field>
        <field type='from-the-future' var='new'/></x>)"));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->type, FormType::form);
    EXPECT_EQ(form->title, "Bot");
    EXPECT_EQ(form->instructions, "One\nTwo");
    ASSERT_EQ(form->fields.size(), 5U);
    EXPECT_EQ(form->field("FORM_TYPE")->type, FieldType::hidden);
    EXPECT_EQ(form->value("FORM_TYPE"), "jabber:bot");
    EXPECT_EQ(form->field("key")->type, FieldType::text_private);
    EXPECT_TRUE(form->field("key")->required);
    EXPECT_EQ(form->field("key")->label, "Key");
    EXPECT_EQ(form->field("size")->options, (std::vector<std::string>{"b", "s"}));
    EXPECT_FALSE(form->field("size")->required);
    EXPECT_EQ(form->field("more")->values, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(form->field("new")->type, FieldType::text_single);
}

TEST(DataForm, TypesAreTheFourOfTheSpecification) {
    const auto type = [](std::string_view name) {
        const auto form = read_form(message("<x xmlns='jabber:x:data' type='" + std::string(name) + "'/>"));
        return form ? std::optional(form->type) : std::nullopt;
    };
    EXPECT_EQ(type("form"), FormType::form);
    EXPECT_EQ(type("submit"), FormType::submit);
    EXPECT_EQ(type("cancel"), FormType::cancel);
    EXPECT_EQ(type("result"), FormType::result);
    EXPECT_EQ(type("Submit"), std::nullopt);
    EXPECT_EQ(type(""), std::nullopt);
}

TEST(DataForm, OtherElementsAreNoForm) {
    EXPECT_FALSE(read_form(message("<body>x</body>")));
    EXPECT_FALSE(read_form(message("<x xmlns='jabber:x:oob' type='submit'/>")));
    EXPECT_FALSE(read_form(message("<x xmlns='jabber:x:data'/>")));
}

TEST(DataForm, WhatIsNotThereHasNoValue) {
    const auto form = read_form(message("<x xmlns='jabber:x:data' type='submit'><field var='a'/></x>"));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("a"), "");
    EXPECT_EQ(form->value("b"), "");
    EXPECT_EQ(form->field("b"), nullptr);
}

Form every_field_type() {
    Form form;
    form.title = "Settings";
    form.instructions = "Fill in.\nThen send.";
    const std::vector<FieldType> types{FieldType::text_single, FieldType::text_private, FieldType::text_multi,
                                       FieldType::list_single, FieldType::boolean,      FieldType::hidden,
                                       FieldType::fixed,       FieldType::jid_single};
    for (const auto type : types) {
        Field field;
        field.var = "field" + std::to_string(form.fields.size());
        field.type = type;
        field.label = "<Label>";
        field.required = form.fields.size() % 2 == 0;
        field.values = {"a & b", "second"};
        if (type == FieldType::list_single) field.options = {"a & b", "c"};
        form.fields.push_back(std::move(field));
    }
    return form;
}

TEST(DataForm, ComesBackAsItWasSent) {
    const auto form = every_field_type();
    auto carrier = message("");
    carrier.add(make_form(form));
    const auto back = read_form(sent(carrier));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->type, form.type);
    EXPECT_EQ(back->title, form.title);
    EXPECT_EQ(back->instructions, form.instructions);
    ASSERT_EQ(back->fields.size(), form.fields.size());
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        EXPECT_EQ(back->fields[i].var, form.fields[i].var);
        EXPECT_EQ(back->fields[i].type, form.fields[i].type);
        EXPECT_EQ(back->fields[i].label, form.fields[i].label);
        EXPECT_EQ(back->fields[i].required, form.fields[i].required);
        EXPECT_EQ(back->fields[i].values, form.fields[i].values);
        EXPECT_EQ(back->fields[i].options, form.fields[i].options);
    }
}

}  // namespace
}  // namespace causeway::xmpp::xep0004
