// What moderators ask of a room, and how a rank looks as affiliation and role.
#include "gateway/rooms/room_admin.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomAdminTest : public test::HouseTest {
protected:
    void SetUp() override {
        house.network.hall.members = {
            {.nick = "alice", .contact = ContactId("alice"), .rank = model::Rank::moderator},
            {.nick = "bob", .contact = ContactId("bob")},
            {.nick = "carol", .contact = ContactId("carol"), .rank = model::Rank::voiced},
            {.nick = "olga", .contact = ContactId("olga"), .rank = model::Rank::owner}};
        enter_hall();
    }
    void ask(const std::string& type, const std::string& items, const std::string& resource = "a") {
        house.receive("<iq type='" + type + "' id='k' from='romeo@home.test/" + resource +
                      "' to='#hall@net.test'><query xmlns='http://jabber.org/protocol/muc#admin'>" + items +
                      "</query></iq>");
    }
    void set(const std::string& items) { ask("set", items); }
    /// The list that was asked for: one "affiliation/role jid nick" an entry.
    std::vector<std::string> list(const std::string& item) {
        ask("get", item);
        house.loop.settle();
        const auto sent = house.outlet.take();
        std::vector<std::string> lines;
        if (sent.size() != 1 || sent.front().attr("type") != "result") return {"no result"};
        const auto* query = sent.front().child("query", xmpp::xep0045::kAdminNs);
        if (query == nullptr) return {"no query"};
        for (const auto* each : query->children()) {
            lines.push_back(std::string(each->attr("affiliation")) + "/" + std::string(each->attr("role")) +
                            " " + std::string(each->attr("jid")) + " " + std::string(each->attr("nick")));
        }
        return lines;
    }
};

constexpr std::string_view kDone = "iq:result #hall@net.test > romeo@home.test/a";

std::string refused(const std::string& condition, const std::string& resource = "a") {
    return "iq:error #hall@net.test > romeo@home.test/" + resource + " " + condition;
}

// covers: GW-MUC-013 GW-MUC-021
TEST_F(RoomAdminTest, RolesAreRanks) {
    set("<item nick='bob' role='moderator'/>");
    set("<item nick='alice' role='participant'/>");
    set("<item nick='carol' role='visitor'/>");
    set("<item nick='alice' role='none'><reason>rude</reason></item>");
    EXPECT_THAT(house.asked(), ElementsAre("rank #hall bob moderator", "rank #hall alice none",
                                           "rank #hall carol none", "kick #hall alice rude"));
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone, kDone, kDone));
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, WhereTheRoomIsModeratedAParticipantNeedsAVoice) {
    model::RoomSettings settings;
    settings.moderated = true;
    house.tell(adapter::EventRoomChanged{RoomId("#hall"), settings});
    forget_so_far();
    set("<item nick='bob' role='participant'/>");
    set("<item nick='alice' role='participant'/>");
    set("<item nick='carol' role='visitor'/>");
    EXPECT_THAT(house.asked(),
                ElementsAre("rank #hall bob voiced", "rank #hall alice voiced", "rank #hall carol none"));
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, WhoHasItAlreadyIsNotAskedFor) {
    set("<item nick='bob' role='participant'/>");
    set("<item nick='alice' affiliation='admin'/>");
    set("<item nick='carol' affiliation='member'/>");
    EXPECT_THAT(house.asked(), IsEmpty());
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone, kDone));
    set("<item nick='bob' role='visitor'/>");
    EXPECT_THAT(house.sent(), ElementsAre(refused("not-allowed"))) << "everybody may speak here";
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, AffiliationsAreRanksOfWhoIsInside) {
    set("<item nick='bob' affiliation='owner'/>");
    set("<item jid='bob@net.test' affiliation='admin'/>");
    set("<item jid='#hall@net.test/bob' affiliation='member'/>");
    set("<item nick='alice' affiliation='none'/>");
    EXPECT_THAT(house.asked(), ElementsAre("rank #hall bob owner", "rank #hall bob moderator",
                                           "rank #hall bob voiced", "rank #hall alice none"));
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone, kDone, kDone));
}

// covers: GW-MUC-013 GW-MUC-021
TEST_F(RoomAdminTest, BansAreOfPeopleInsideAndOfPatterns) {
    set("<item nick='bob' affiliation='outcast'><reason>spam</reason></item>");
    set("<item jid='alice@net.test' affiliation='outcast'/>");
    set("<item jid='*!*\\40bad.host@net.test' affiliation='outcast'/>");
    EXPECT_THAT(house.asked(),
                ElementsAre("ban #hall bob spam", "ban #hall alice", "ban #hall *!*@bad.host"));
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone, kDone));
    set("<item jid='somebody@elsewhere.test' affiliation='outcast'/>");
    set("<item nick='ghost' affiliation='outcast'/>");
    EXPECT_THAT(house.sent(), ElementsAre(refused("item-not-found"), refused("item-not-found")));
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, ABanIsLiftedByTheAddressThatTheListGave) {
    house.network.ban_list = {{"Bad*!*@Host.example", "alice", {}}, {"*!*@x", "", {}}};
    ask("get", "<item affiliation='outcast'/>");
    house.loop.settle();
    const auto sent = house.outlet.take();
    ASSERT_EQ(sent.size(), 1U);
    const auto entries = sent.front().child("query", xmpp::xep0045::kAdminNs)->children();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0]->attr("affiliation"), "outcast");
    EXPECT_FALSE(entries[0]->has_attr("role"));
    static_cast<void>(house.asked());
    set("<item jid='" + std::string(entries[0]->attr("jid")) + "' affiliation='none'/>");
    EXPECT_THAT(house.asked(), ElementsAre("bans #hall", "unban #hall Bad*!*@Host.example"));
    set("<item jid='nobody.banned@net.test' affiliation='none'/>");
    EXPECT_THAT(house.asked(), ElementsAre("bans #hall"));
    EXPECT_THAT(house.sent(), ElementsAre(kDone, kDone));
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, ListsAreByAffiliationOrByRole) {
    EXPECT_THAT(list("<item affiliation='owner'/>"), ElementsAre("owner/moderator olga@net.test olga"));
    EXPECT_THAT(list("<item affiliation='admin'/>"), ElementsAre("admin/moderator alice@net.test alice"));
    EXPECT_THAT(list("<item affiliation='member'/>"), ElementsAre("member/participant carol@net.test carol"));
    EXPECT_THAT(list("<item role='moderator'/>"),
                ElementsAre("admin/moderator alice@net.test alice", "owner/moderator olga@net.test olga"));
    EXPECT_THAT(list("<item role='participant'/>"),
                ElementsAre("none/participant bob@net.test bob", "member/participant carol@net.test carol",
                            "none/participant  romeo"));
    EXPECT_THAT(list("<item role='visitor'/>"), IsEmpty());
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, WhatIsNoWholeRequestIsABadOne) {
    for (const auto* items :
         {"", "<item nick='bob' role='none' affiliation='none'/>", "<item nick='bob'/>",
          "<item nick='bob' role='king'/>", "<item nick='bob' affiliation='king'/>", "<item role='none'/>",
          "<item jid='bob@net.test' role='none'/>", "<item affiliation='member'/>", "<nonsense/>"}) {
        set(items);
        EXPECT_THAT(house.sent(), ElementsAre(refused("bad-request"))) << items;
    }
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-021
TEST_F(RoomAdminTest, RefusalsOfTheNetworkAreAnswered) {
    house.network.room_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::not_permitted, ""};
    set("<item nick='bob' role='moderator'/><item nick='alice' role='none'/>");
    EXPECT_THAT(house.asked(), ElementsAre("rank #hall bob moderator")) << "the first refusal ends it";
    set("<item nick='bob' affiliation='outcast'/>");
    set("<item nick='bob' role='none'/>");
    ask("get", "<item affiliation='outcast'/>");
    EXPECT_THAT(house.sent(), ElementsAre(refused("forbidden"), refused("forbidden"), refused("forbidden"),
                                          refused("forbidden")));
    ask("set", "<item nick='bob' role='moderator'/>", "z");
    EXPECT_THAT(house.sent(), ElementsAre(refused("not-acceptable", "z"))) << "who is not inside";
}

}  // namespace
}  // namespace causeway::rooms
