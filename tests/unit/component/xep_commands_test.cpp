#include <gtest/gtest.h>

#include "component/stanza/stanza_error.hpp"
#include "component/xep/xep0050_commands.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp::xep0050 {
namespace {

using test::iq;
using test::sent;

// covers: GW-CMD-002
TEST(Commands, ARequestIsReadWithItsForm) {
    const auto request = read(iq("set",
                                 "<command xmlns='http://jabber.org/protocol/commands' node='add' "
                                 "sessionid='s1' action='complete'><x xmlns='jabber:x:data' type='submit'>"
                                 "<field var='who'><value>bob</value></field></x></command>"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->node, "add");
    EXPECT_EQ(request->sessionid, "s1");
    EXPECT_EQ(request->action, Action::complete);
    ASSERT_TRUE(request->form);
    EXPECT_EQ(request->form->value("who"), "bob");
    EXPECT_FALSE(request->bad_payload);
}

TEST(Commands, WithoutAnActionItIsExecuteAndAnUnknownOneIsNone) {
    const auto action = [](std::string_view attribute) {
        return read(iq("set", "<command xmlns='http://jabber.org/protocol/commands' node='n'" +
                                  std::string(attribute) + "/>"))
            ->action;
    };
    EXPECT_EQ(action(""), Action::execute);
    EXPECT_EQ(action(" action='cancel'"), Action::cancel);
    EXPECT_EQ(action(" action='explode'"), std::nullopt);
}

TEST(Commands, OtherRequestsAndUnreadableFormsAreToldApart) {
    EXPECT_FALSE(read(iq("get", "<command xmlns='http://jabber.org/protocol/commands' node='n'/>")));
    EXPECT_FALSE(read(iq("set", "<query xmlns='jabber:iq:register'/>")));
    const auto request = read(iq("set",
                                 "<command xmlns='http://jabber.org/protocol/commands' node='n'>"
                                 "<x xmlns='jabber:x:data' type='odd'/></command>"));
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->bad_payload);
}

// covers: GW-CMD-002 GW-CMD-003
TEST(Commands, AReplyCarriesStatusActionsFormAndNote) {
    Reply reply;
    reply.node = "add";
    reply.sessionid = "s1";
    reply.status = Status::executing;
    reply.actions = {Action::complete, Action::prev};
    reply.form.emplace();
    reply.note = Note{NoteType::warn, "Careful."};
    const auto result = sent(make_reply(iq("set", ""), reply));
    test::expect_answers(result);
    const auto* command = result.child("command", kNs);
    ASSERT_NE(command, nullptr);
    EXPECT_EQ(command->attr("node"), "add");
    EXPECT_EQ(command->attr("sessionid"), "s1");
    EXPECT_EQ(command->attr("status"), "executing");
    const auto* actions = command->child("actions");
    ASSERT_NE(actions, nullptr);
    EXPECT_EQ(actions->attr("execute"), "complete");
    EXPECT_NE(actions->child("prev"), nullptr);
    EXPECT_NE(command->child("x", xep0004::kNs), nullptr);
    EXPECT_EQ(command->child("note")->attr("type"), "warn");
    EXPECT_EQ(command->child("note")->text(), "Careful.");
}

// covers: GW-CMD-002
TEST(Commands, RefusalsNameTheGeneralConditionAndTheirOwn) {
    const auto error = [](Refusal refusal) {
        const auto reply = sent(make_refusal(iq("set", ""), refusal));
        EXPECT_EQ(reply.attr("type"), "error");
        EXPECT_EQ(reply.attr("id"), "q1");
        const auto* own = reply.child("error")->child_in(kNs);
        return std::string(to_string(read_error(reply)->condition)) + "+" + (own ? own->name() : "");
    };
    EXPECT_EQ(error(Refusal::bad_sessionid), "bad-request+bad-sessionid");
    EXPECT_EQ(error(Refusal::session_expired), "not-allowed+session-expired");
    EXPECT_EQ(error(Refusal::bad_action), "bad-request+bad-action");
    EXPECT_EQ(error(Refusal::malformed_action), "bad-request+malformed-action");
    EXPECT_EQ(error(Refusal::bad_payload), "bad-request+bad-payload");
}

// covers: GW-CMD-008
TEST(Commands, ATableIsReportedAndItems) {
    xep0004::Form form;
    form.type = xep0004::FormType::result;
    form.reported = {{.var = "room", .label = "Room"}, {.var = "state", .label = "State"}};
    form.items = {{"#hall", "joined"}, {"#attic", "lost"}};
    Reply reply;
    reply.form = form;
    const auto result = sent(make_reply(iq("set", ""), reply));
    const auto read_back = xep0004::read_form(*result.child("command", kNs));
    ASSERT_TRUE(read_back);
    ASSERT_EQ(read_back->reported.size(), 2U);
    EXPECT_EQ(read_back->reported.front().var, "room");
    EXPECT_EQ(read_back->reported.front().label, "Room");
    EXPECT_EQ(read_back->items, form.items);
}

}  // namespace
}  // namespace causeway::xmpp::xep0050
