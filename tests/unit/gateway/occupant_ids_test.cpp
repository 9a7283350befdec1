// Who somebody is, whatever they are called.
#include "gateway/rooms/occupant_ids.hpp"

#include <set>

#include "component/xep/xep0421_occupant_id.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using test::House;

std::string id_in(const xml::Element& stanza) {
    std::size_t count = 0;
    std::string id;
    for (const auto* child : stanza.children()) {
        if (child->ns() != xmpp::xep0421::kNs) continue;
        ++count;
        id = child->attr("id");
    }
    EXPECT_LE(count, 1U) << "one stanza, one id";
    return id;
}

class OccupantIds : public test::HouseTest {
protected:
    void SetUp() override { enter_hall(); }

    std::string id_when_speaking(const std::string& nick) {
        adapter::EventMessage event;
        event.in = RoomId("#hall");
        event.from = ContactId(nick);
        event.nick = nick;
        event.text = "hello";
        house.tell(event);
        const auto shown = house.outlet.take();
        return shown.size() == 1 ? id_in(shown.front()) : "not shown";
    }
    void rename(const std::string& from, const std::string& to) {
        house.tell(adapter::EventMemberRenamed{
            RoomId("#hall"), from, {.nick = to, .contact = ContactId(to)}, false});
        forget_so_far();
    }
    void come(const std::string& nick) {
        house.tell(adapter::EventMemberJoined{RoomId("#hall"), {.nick = nick, .contact = ContactId(nick)}});
        forget_so_far();
    }
};

// covers: GW-MUC-017
TEST(OccupantId, IsAnotherForEachPersonRoomAndSecret) {
    const Secret<> secret("k");
    std::set<std::string> ids{
        occupant_id(secret, RoomId("#a"), "alice"), occupant_id(secret, RoomId("#a"), "bob"),
        occupant_id(secret, RoomId("#aa"), "lice"), occupant_id(secret, RoomId("#b"), "alice"),
        occupant_id(Secret<>("l"), RoomId("#a"), "alice")};
    EXPECT_EQ(ids.size(), 5U);
    for (const auto& id : ids) EXPECT_EQ(id.size(), 64U);
    EXPECT_EQ(occupant_id(secret, RoomId("#a"), "alice"), occupant_id(secret, RoomId("#a"), "alice"));
}

// covers: GW-MUC-017
TEST_F(OccupantIds, EveryPresenceAndMessageOfAnOccupantCarriesTheSame) {
    house.receive(
        "<presence from='romeo@home.test/b' to='#hall@net.test/romeo'>"
        "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
    house.loop.settle();
    std::map<std::string, std::string> ids;
    for (const auto& stanza : house.outlet.take()) {
        if (stanza.name() == "presence") ids[std::string(stanza.attr("from"))] = id_in(stanza);
    }
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_NE(ids["#hall@net.test/alice"], ids["#hall@net.test/romeo"]);
    house.receive("<presence type='unavailable' from='romeo@home.test/b' to='#hall@net.test/romeo'/>");
    EXPECT_EQ(id_in(house.outlet.take().at(0)), ids["#hall@net.test/romeo"]);
    EXPECT_EQ(id_when_speaking("alice"), ids["#hall@net.test/alice"]);
    house.tell(adapter::EventTopic{RoomId("#hall"), {"new", "alice", {}}});
    EXPECT_EQ(id_in(house.outlet.take().at(0)), ids["#hall@net.test/alice"]);
    house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = "alice"});
    EXPECT_EQ(id_in(house.outlet.take().at(0)), ids["#hall@net.test/alice"]);
}

// covers: GW-MUC-017
TEST_F(OccupantIds, WhatClientsSendAsTheirIdIsNotPassedOn) {
    house.receive(
        "<message from='romeo@home.test/a' to='#hall@net.test' type='groupchat' id='m'><body>hi</body>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/></message>");
    house.loop.settle();
    const auto shown = house.outlet.take();
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(id_in(shown.front()).size(), 64U);
}

// covers: GW-MUC-017
TEST_F(OccupantIds, ANewNickIsNotANewPersonAndAnOldNickIsNotTheSame) {
    const auto alice = id_when_speaking("alice");
    rename("alice", "alicia");
    EXPECT_EQ(id_when_speaking("alicia"), alice);
    come("alice");
    EXPECT_NE(id_when_speaking("alice"), alice) << "another who took the name";
    house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = "alice"});
    rename("alicia", "alice");
    EXPECT_EQ(id_when_speaking("alice"), alice);
    rename("alice", "al");
    EXPECT_EQ(id_when_speaking("al"), alice);
    house.tell(adapter::EventMemberLeft{.room = RoomId("#hall"), .nick = "al"});
    come("alice");
    EXPECT_EQ(id_when_speaking("alice"), alice) << "nobody else is that person any more";
}

// covers: GW-MUC-017
TEST_F(OccupantIds, ARestartChangesNothing) {
    const auto alice = id_when_speaking("alice");
    ASSERT_FALSE(house.store.rows.sealed_network_secret.empty());
    const auto secret = house.accounts.network_secret().reveal();
    EXPECT_EQ(house.store.rows.sealed_network_secret.find(secret), std::string::npos) << "it is sealed";

    House other;
    other.store.rows = house.store.rows;
    other.random = test::SeededRandom(2);
    ASSERT_TRUE(other.loop.await(other.accounts.load()));
    EXPECT_EQ(other.accounts.network_secret().reveal(), secret);
    EXPECT_EQ(occupant_id(other.accounts.network_secret(), RoomId("#hall"), "alice"), alice);
    other.store.rows.sealed_network_secret = "v1:damaged";
    EXPECT_FALSE(other.loop.await(other.accounts.load())) << "rather no start than other ids";
}

}  // namespace
}  // namespace causeway::rooms
