#include "gateway/translate/room_directory.hpp"

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0059_rsm.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RoomDirectoryTest : public test::HouseTest {
protected:
    RoomDirectoryTest() {
        using adapter::Capability;
        house.network.declared.capabilities = {Capability::rooms, Capability::directory};
        house.network.listed = {{RoomId("#a"), "#A", 3, "secret topic"}, {RoomId("#b"), "#b", 7, ""}};
    }
    /// Romeo's session is there.
    void connect() {
        house.slot()->touch();
        forget_so_far();
    }
    void question(const std::string& set = "", const std::string& from = "romeo@home.test/a") {
        house.receive("<iq type='get' id='q' from='" + from + "' to='net.test'><query xmlns='" +
                      std::string(xmpp::xep0030::kItemsNs) + "'>" + set + "</query></iq>");
    }
    xml::Element answer() {
        house.loop.settle();
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, SizeIs(1));
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    xml::Element ask(const std::string& set = "", const std::string& from = "romeo@home.test/a") {
        question(set, from);
        return answer();
    }
    static const xml::Element* query_of(const xml::Element& reply) {
        return reply.child("query", xmpp::xep0030::kItemsNs);
    }
    static std::vector<std::string> names(const xml::Element& reply) {
        std::vector<std::string> all;
        for (const auto* item : query_of(reply)->children())
            if (item->name() == "item") all.emplace_back(item->attr("name"));
        return all;
    }
    static const xml::Element* set_of(const xml::Element& reply) {
        return query_of(reply)->child("set", xmpp::xep0059::kNs);
    }
    static std::string rsm(const std::string& inside) {
        return "<set xmlns='" + std::string(xmpp::xep0059::kNs) + "'>" + inside + "</set>";
    }
};

// covers: GW-DISCO-005
TEST_F(RoomDirectoryTest, RoomsAreNamedWithTheirMembersTheLargestFirst) {
    connect();
    const auto reply = ask();
    EXPECT_THAT(names(reply), ElementsAre("#b (7)", "#A (3)"));
    EXPECT_EQ(query_of(reply)->child("item")->attr("jid"), "#b@net.test");
    EXPECT_EQ(set_of(reply), nullptr) << "all of it, and no pages were asked for";
}

// covers: GW-DISCO-005
TEST_F(RoomDirectoryTest, FiveThousandRoomsComeInPagesFromOneList) {
    house.network.listed.clear();
    for (std::uint32_t i = 0; i < 5'000; ++i) {
        const auto name = "#room" + std::to_string(i);
        house.network.listed.push_back({RoomId(name), name, 5'000 - i, ""});
    }
    connect();
    const auto first = ask(rsm("<max>100</max>"));
    EXPECT_THAT(names(first), SizeIs(100));
    EXPECT_EQ(set_of(first)->child_text("count"), "5000");
    EXPECT_EQ(set_of(first)->child("first")->attr("index"), "0");
    const auto second = ask(rsm("<max>100</max><after>" + *set_of(first)->child_text("last") + "</after>"));
    EXPECT_EQ(names(second).front(), "#room100 (4900)");
    const auto last = ask(rsm("<max>10</max><before/>"));
    EXPECT_EQ(names(last).back(), "#room4999 (1)");
    EXPECT_THAT(names(ask(rsm("<max>1</max><index>4242</index>"))), ElementsAre("#room4242 (758)"));
    EXPECT_THAT(names(ask(rsm("<max>0</max>"))), IsEmpty());
    EXPECT_THAT(test::brief(ask(rsm("<after>#none@net.test</after>"))), HasSubstr("item-not-found"));
    const auto unasked = ask();
    EXPECT_THAT(names(unasked), SizeIs(RoomDirectory::kMostItems)) << "no stanza may be too large";
    EXPECT_EQ(set_of(unasked)->child_text("count"), "5000") << "and it is told that there are more";
    EXPECT_THAT(house.asked(), ElementsAre("list"));
    house.clock.advance(RoomDirectory::kFresh + Millis{1});
    static_cast<void>(ask());
    EXPECT_THAT(house.asked(), ElementsAre("list"));
}

TEST_F(RoomDirectoryTest, OneListIsUnderWayAtATime) {
    connect();
    house.network.listing.close();
    question();
    question();
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_THAT(house.asked(), ElementsAre("list"));
    house.network.listing.open();
    EXPECT_THAT(house.sent(), SizeIs(2));
}

// covers: GW-DISCO-006
TEST_F(RoomDirectoryTest, OnlyTheAskersOwnSessionIsAsked) {
    connect();
    static_cast<void>(ask());
    house.network.calls.clear();
    EXPECT_THAT(names(ask("", "juliet@home.test/a")), IsEmpty()) << "and the list of another is not shown";
    EXPECT_THAT(house.asked(), IsEmpty()) << "nobody is connected by asking";
}

TEST_F(RoomDirectoryTest, AFailureIsToldAndNotKept) {
    connect();
    house.network.list_error = make_error(Errc::timed_out);
    EXPECT_THAT(test::brief(ask()), HasSubstr("remote-server-timeout"));
    house.network.list_error.reset();
    EXPECT_THAT(names(ask()), SizeIs(2));
}

}  // namespace
}  // namespace causeway::translate
