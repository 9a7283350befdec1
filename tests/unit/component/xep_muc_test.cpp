#include <gtest/gtest.h>

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0249_direct_invite.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp::xep0045 {
namespace {

using test::sent;

std::optional<Join> join(std::string_view content) {
    std::string text = "<presence from='juliet@home.example/b' to='#verona@irc.home.example/juliet'>";
    text.append("<x xmlns='http://jabber.org/protocol/muc'>").append(content).append("</x></presence>");
    return read_join(test::parse(text));
}

std::optional<unsigned> history(std::string_view attributes) {
    const auto read = join("<history " + std::string(attributes) + "/>");
    EXPECT_TRUE(read);
    return read ? read->max_stanzas : std::nullopt;
}

TEST(Muc, AJoinIsToldFromOtherPresence) {
    EXPECT_TRUE(join(""));
    EXPECT_FALSE(read_join(test::parse("<presence from='a@b' to='c@d/e'/>")));
    EXPECT_FALSE(read_join(test::parse(
        "<presence from='a@b' to='c@d/e'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>")));
}

TEST(Muc, AJoinMayHaveAPassword) {
    EXPECT_EQ(join("<password>capulet &amp; co</password>")->password.reveal(), "capulet & co");
    EXPECT_TRUE(join("")->password.empty());
}

TEST(Muc, HistoryIsAskedForInStanzas) {
    EXPECT_EQ(join("")->max_stanzas, std::nullopt);
    EXPECT_EQ(history(""), std::nullopt);
    EXPECT_EQ(history("maxstanzas='20'"), 20U);
    EXPECT_EQ(history("maxstanzas='0'"), 0U);
    EXPECT_EQ(history("maxchars='0'"), 0U);
    EXPECT_EQ(history("maxchars='0' maxstanzas='5'"), 0U);
    EXPECT_EQ(history("maxchars='100' maxstanzas='5'"), 5U);
}

TEST(Muc, HistoryOfNonsenseIsNotAskedFor) {
    for (const auto* number : {"", "-1", "+5", "5x", " 5", "0x10", "99999999999999999999"}) {
        EXPECT_EQ(history("maxstanzas='" + std::string(number) + "'"), std::nullopt) << number;
    }
}

// covers: GW-MUC-003
TEST(Muc, AnOccupantHasOneItem) {
    OccupantItem item;
    item.affiliation = "member";
    item.role = "moderator";
    item.codes = {110, 210};
    const auto x = sent(make_user_x(item));
    ASSERT_TRUE(x.is("x", kUserNs));
    ASSERT_EQ(x.child_count(), 3U);
    const auto children = x.children();
    EXPECT_TRUE(children[0]->is("item", kUserNs));
    EXPECT_EQ(children[0]->attr("affiliation"), "member");
    EXPECT_EQ(children[0]->attr("role"), "moderator");
    EXPECT_FALSE(children[0]->has_attr("nick"));
    EXPECT_EQ(children[0]->child_count(), 0U);
    EXPECT_TRUE(children[1]->is("status", kUserNs));
    EXPECT_EQ(children[1]->attr("code"), "110");
    EXPECT_EQ(children[2]->attr("code"), "210");
}

TEST(Muc, ItemsSayWhoDidWhatAndWhy) {
    OccupantItem item;
    item.role = "none";
    item.new_nick = "romeo|away";
    item.actor_nick = "Friar <L>";
    item.reason = "go & rest";
    const auto x = sent(make_user_x(item));
    const auto* element = x.child("item");
    ASSERT_TRUE(element);
    EXPECT_EQ(element->attr("nick"), "romeo|away");
    ASSERT_TRUE(element->child("actor"));
    EXPECT_EQ(element->child("actor")->attr("nick"), "Friar <L>");
    EXPECT_EQ(element->child_text("reason"), "go & rest");
}

TEST(Muc, TheMarkerOfPrivateMessagesIsEmpty) {
    const auto x = sent(make_user_marker());
    EXPECT_TRUE(x.is("x", kUserNs));
    EXPECT_TRUE(x.nodes().empty());
}

TEST(Muc, InvitationsAreMediatedOrDirect) {
    const auto mediated = sent(make_invite("romeo@home.example", "Come <in>"));
    ASSERT_TRUE(mediated.is("x", kUserNs) && mediated.child("invite"));
    EXPECT_EQ(mediated.child("invite")->attr("from"), "romeo@home.example");
    EXPECT_EQ(mediated.child("invite")->child_text("reason"), "Come <in>");
    EXPECT_EQ(sent(make_invite("a@b", "")).child("invite")->child_count(), 0U);

    const auto direct = sent(xep0249::make_invite("#verona@irc.home.example", "It's here"));
    EXPECT_TRUE(direct.is("x", xep0249::kNs));
    EXPECT_EQ(direct.attr("jid"), "#verona@irc.home.example");
    EXPECT_EQ(direct.attr("reason"), "It's here");
    EXPECT_FALSE(xep0249::make_invite("#verona@irc.home.example", "").has_attr("reason"));
}

}  // namespace
}  // namespace causeway::xmpp::xep0045
