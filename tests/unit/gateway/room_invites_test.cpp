// Invitations that users send to people of the network.
#include "component/xep/xep0045_muc.hpp"
#include "tests/unit/gateway/house.hpp"

namespace causeway::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomInvitesTest : public test::HouseTest {
protected:
    void SetUp() override { enter_hall(); }

    void mediated(const std::string& inside, const std::string& resource = "a") {
        house.receive("<message from='romeo@home.test/" + resource +
                      "' to='#hall@net.test' id='i'><x xmlns='http://jabber.org/protocol/muc#user'>" +
                      inside + "</x></message>");
    }
    void direct(const std::string& room, const std::string& resource = "a") {
        house.receive("<message from='romeo@home.test/" + resource +
                      "' to='bob@net.test' id='i'><x xmlns='jabber:x:conference' jid='" + room +
                      "' reason='come'/></message>");
    }
};

// covers: GW-MUC-020
TEST_F(RoomInvitesTest, AMediatedInvitationGoesToThePerson) {
    mediated("<invite to='bob@net.test'><reason>come</reason></invite><invite to='carol@net.test'/>");
    EXPECT_THAT(house.asked(), ElementsAre("invite #hall bob come", "invite #hall carol"));
    EXPECT_THAT(house.sent(), IsEmpty());
}

// covers: GW-MUC-020
TEST_F(RoomInvitesTest, ADirectInvitationGoesToThePerson) {
    direct("#hall@net.test");
    EXPECT_THAT(house.asked(), ElementsAre("invite #hall bob come"));
    EXPECT_THAT(house.sent(), IsEmpty());
}

// covers: GW-MUC-020
TEST_F(RoomInvitesTest, WhoIsNotOfTheNetworkCannotBeInvited) {
    const std::string refused = "message:error #hall@net.test > romeo@home.test/a item-not-found";
    mediated("<invite to='juliet@home.test'/>");
    mediated("<invite to='bob@net.test'/><invite to='juliet@home.test'/>");
    mediated("<invite to='#other@net.test'/>");
    mediated("<invite to='net.test'/>");
    mediated("<invite to='@@'/>");
    EXPECT_THAT(house.sent(), ElementsAre(refused, refused, refused, refused, refused));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-020
TEST_F(RoomInvitesTest, OnlyIntoRoomsOfTheNetworkThatOneIsIn) {
    direct("lounge@conference.home.test");
    direct("bob@net.test");
    direct("#other@net.test");
    direct("#hall@net.test", "z");
    mediated("<invite to='bob@net.test'/>", "z");
    EXPECT_THAT(house.sent(), ElementsAre("message:error bob@net.test > romeo@home.test/a item-not-found",
                                          "message:error bob@net.test > romeo@home.test/a item-not-found",
                                          "message:error bob@net.test > romeo@home.test/a not-acceptable",
                                          "message:error bob@net.test > romeo@home.test/z not-acceptable",
                                          "message:error #hall@net.test > romeo@home.test/z not-acceptable"));
    EXPECT_THAT(house.asked(), IsEmpty());
}

// covers: GW-MUC-020
TEST_F(RoomInvitesTest, ARefusalOfTheNetworkIsAnsweredAndANoIsNot) {
    house.network.room_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::not_permitted, ""};
    mediated("<invite to='bob@net.test'/>");
    EXPECT_THAT(house.sent(), ElementsAre("message:error #hall@net.test > romeo@home.test/a forbidden"));
    static_cast<void>(house.asked());
    mediated("<decline to='bob@net.test'/>");
    mediated("<decline to='bob@net.test'/>", "z");
    EXPECT_THAT(house.sent(), IsEmpty());
    EXPECT_THAT(house.asked(), IsEmpty());
}

}  // namespace
}  // namespace causeway::rooms
