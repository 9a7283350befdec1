// A room's settings: as a form, as a change, and as what everybody inside is told.
#include "gateway/rooms/room_config.hpp"

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0045_owner.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

model::RoomSettings all_settings() {
    model::RoomSettings settings;
    settings.moderated = false;
    settings.invite_only = false;
    settings.topic_protected = true;
    settings.hidden = false;
    settings.password = "";
    settings.max_members = 0;
    return settings;
}

class RoomConfigTest : public test::HouseTest {
protected:
    void SetUp() override {
        house.network.hall.settings = all_settings();
        house.network.hall.members.push_back(
            {.nick = "romeo", .contact = ContactId("romeo"), .rank = model::Rank::moderator});
        house.network.hall.members.push_back({.nick = "bob", .contact = ContactId("bob")});
        enter_hall();
    }
    void ask(const std::string& type, const std::string& inside, const std::string& resource = "a") {
        house.receive("<iq type='" + type + "' id='k' from='romeo@home.test/" + resource +
                      "' to='#hall@net.test'><query xmlns='http://jabber.org/protocol/muc#owner'>" + inside +
                      "</query></iq>");
    }
    void submit(const std::vector<std::pair<std::string, std::string>>& fields) {
        std::string form =
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
            "<value>http://jabber.org/protocol/muc#roomconfig</value></field>";
        for (const auto& [var, value] : fields) {
            form += "<field var='muc#roomconfig_" + var + "'><value>" + value + "</value></field>";
        }
        ask("set", form + "</x>");
    }
    std::vector<std::string> features(const std::string& resource = "a") {
        house.receive("<iq type='get' id='d' from='romeo@home.test/" + resource +
                      "' to='#hall@net.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        house.loop.settle();
        answer = house.outlet.take().at(0);
        std::vector<std::string> vars;
        for (const auto* child : answer.child("query", xmpp::xep0030::kInfoNs)->children()) {
            if (child->name() == "feature" && child->attr("var").starts_with("muc_")) {
                vars.emplace_back(child->attr("var"));
            }
        }
        return vars;
    }
    xml::Element answer;
};

constexpr std::string_view kDone = "iq:result #hall@net.test > romeo@home.test/a";

// covers: GW-MUC-021
TEST_F(RoomConfigTest, TheFormHasWhatTheNetworkHas) {
    ask("get", "");
    house.loop.settle();
    const auto sent = house.outlet.take();
    ASSERT_EQ(sent.size(), 1U);
    const auto form = xmpp::xep0004::read_form(*sent.front().child("query", xmpp::xep0045::kOwnerNs));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("FORM_TYPE"), xmpp::xep0045::kRoomConfig);
    EXPECT_EQ(form->value("muc#roomconfig_moderatedroom"), "0");
    EXPECT_EQ(form->value("muc#roomconfig_publicroom"), "1");
    EXPECT_EQ(form->value("muc#roomconfig_changesubject"), "0");
    EXPECT_EQ(form->value("muc#roomconfig_passwordprotectedroom"), "0");
    EXPECT_EQ(form->value("muc#roomconfig_maxusers"), "none");
    EXPECT_EQ(config_form(model::RoomSettings{}).fields.size(), 1U) << "nothing can be set";
}

// covers: GW-MUC-021
TEST_F(RoomConfigTest, OnlyWhatDiffersIsAskedFor) {
    submit({{"moderatedroom", "1"},
            {"membersonly", "0"},
            {"publicroom", "false"},
            {"changesubject", "true"},
            {"passwordprotectedroom", "1"},
            {"roomsecret", "sesame"},
            {"maxusers", "50"},
            {"persistentroom", "1"}});
    EXPECT_THAT(house.asked(),
                ElementsAre("configure #hall +moderated -topic_protected +hidden password=sesame max=50"));
    EXPECT_THAT(house.sent(), ElementsAre(kDone));
    submit({{"moderatedroom", "0"}, {"maxusers", "none"}, {"passwordprotectedroom", "0"}});
    ask("set", "<x xmlns='jabber:x:data' type='submit'/>");
    ask("set", "<x xmlns='jabber:x:data' type='cancel'/>");
    EXPECT_THAT(house.asked(), IsEmpty()) << "nothing differs";
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone, kDone));
}

// covers: GW-MUC-021
TEST(RoomConfigForm, PasswordsComeAndGo) {
    auto now = all_settings();
    now.password = "old";
    const auto read = [&](std::vector<std::pair<std::string, std::string>> fields) {
        xmpp::xep0004::Form form;
        for (auto& [var, value] : fields) {
            xmpp::xep0004::Field field;
            field.var = "muc#roomconfig_" + var;
            field.values = {value};
            form.fields.push_back(field);
        }
        return read_config(form, now);
    };
    EXPECT_EQ(read({{"passwordprotectedroom", "0"}, {"roomsecret", "old"}})->password, "");
    EXPECT_EQ(read({{"passwordprotectedroom", "1"}, {"roomsecret", ""}})->password, std::nullopt);
    EXPECT_EQ(read({{"roomsecret", "new"}})->password, "new");
    EXPECT_EQ(read({{"moderatedroom", "1"}})->password, std::nullopt);
    now.password = "";
    EXPECT_FALSE(read({{"passwordprotectedroom", "1"}, {"roomsecret", ""}})) << "a password without letters";
    EXPECT_FALSE(read({{"passwordprotectedroom", "perhaps"}}));
    EXPECT_FALSE(read({{"moderatedroom", "perhaps"}}));
    EXPECT_FALSE(read({{"maxusers", "-1"}}));
    EXPECT_FALSE(read({{"maxusers", "many"}}));
}

// covers: GW-MUC-021
TEST_F(RoomConfigTest, WhatCannotBeIsRefused) {
    const auto refused = [](const std::string& condition, const std::string& resource = "a") {
        return "iq:error #hall@net.test > romeo@home.test/" + resource + " " + condition;
    };
    ask("set", "<destroy/>");
    ask("set", "");
    ask("set",
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>other</value></field></x>");
    submit({{"maxusers", "many"}});
    ask("get", "", "z");
    EXPECT_THAT(house.sent(),
                ElementsAre(refused("not-allowed"), refused("bad-request"), refused("bad-request"),
                            refused("not-acceptable"), refused("not-acceptable", "z")));
    house.network.room_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::not_permitted, ""};
    submit({{"moderatedroom", "1"}});
    EXPECT_THAT(house.sent(), ElementsAre(refused("forbidden")));
    house.tell(
        adapter::EventMemberChanged{RoomId("#hall"), {.nick = "romeo", .contact = ContactId("romeo")}, true});
    forget_so_far();
    ask("get", "");
    submit({{"moderatedroom", "1"}});
    EXPECT_THAT(house.sent(), ElementsAre(refused("forbidden"), refused("forbidden"))) << "no moderator";
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-021
TEST_F(RoomConfigTest, AChangeIsToldAndRolesFollowIt) {
    auto settings = all_settings();
    settings.moderated = true;
    house.tell(adapter::EventRoomChanged{RoomId("#hall"), settings});
    const auto shown = house.outlet.take();
    EXPECT_THAT(test::brief(shown), ElementsAre("message:groupchat #hall@net.test > romeo@home.test/a (104)",
                                                "presence #hall@net.test/bob > romeo@home.test/a"));
    EXPECT_EQ(shown.at(1).child("x", xmpp::xep0045::kUserNs)->child("item")->attr("role"), "visitor");
    house.tell(adapter::EventRoomChanged{RoomId("#hall"), settings});
    EXPECT_THAT(house.sent(), IsEmpty()) << "nothing has changed";
    settings.hidden = true;
    house.tell(adapter::EventRoomChanged{RoomId("#hall"), settings});
    EXPECT_THAT(house.sent(), ElementsAre("message:groupchat #hall@net.test > romeo@home.test/a (104)"));
}

// covers: GW-MUC-018
TEST_F(RoomConfigTest, ARoomTellsWhoIsInsideWhatItIsSetTo) {
    EXPECT_THAT(features(), UnorderedElementsAre("muc_public", "muc_open", "muc_unmoderated",
                                                 "muc_semianonymous", "muc_unsecured", "muc_persistent"));
    auto settings = all_settings();
    settings.moderated = true;
    settings.hidden = true;
    settings.invite_only = true;
    settings.password = "sesame";
    house.tell(adapter::EventRoomChanged{RoomId("#hall"), settings});
    forget_so_far();
    EXPECT_THAT(features(),
                UnorderedElementsAre("muc_hidden", "muc_membersonly", "muc_moderated", "muc_semianonymous",
                                     "muc_passwordprotected", "muc_persistent"));
    const auto form = xmpp::xep0004::read_form(*answer.child("query", xmpp::xep0030::kInfoNs));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("FORM_TYPE"), xmpp::xep0045::kRoomInfo);
    EXPECT_EQ(form->value("muc#roominfo_occupants"), "3");
    EXPECT_EQ(form->value("muc#roominfo_subject"), "Welcome");
    EXPECT_THAT(features("z"), Contains("muc_open")) << "who is outside is told nothing";
    EXPECT_FALSE(xmpp::xep0004::read_form(*answer.child("query", xmpp::xep0030::kInfoNs)));
}

}  // namespace
}  // namespace causeway::rooms
