// Servers ask after contacts before the network has told anything of them.
#include "gateway/presence/held_probes.hpp"

#include "tests/unit/gateway/house.hpp"

namespace causeway::presence {
namespace {

using model::Availability;
using test::House;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

HeldProbe probe_by(std::string_view from, std::string id) {
    return {test::jid(from), std::move(id)};
}

TEST(HeldProbesTest, OneQuestionAResourceIsKeptTheNewest) {
    HeldProbes held;
    const AccountId romeo{"romeo"};
    EXPECT_TRUE(held.hold(romeo, ContactId{"bob"}, probe_by("romeo@home.test/a", "1")));
    EXPECT_FALSE(held.hold(romeo, ContactId{"bob"}, probe_by("romeo@home.test/a", "2")));
    EXPECT_FALSE(held.hold(romeo, ContactId{"bob"}, probe_by("romeo@home.test/b", "3")));
    EXPECT_FALSE(held.hold(romeo, ContactId{"carol"}, probe_by("romeo@home.test/a", "4")));
    const auto of_bob = held.take(romeo, ContactId{"bob"});
    ASSERT_THAT(of_bob, SizeIs(2));
    EXPECT_EQ(of_bob[0].id, "2");
    EXPECT_THAT(held.take(romeo, ContactId{"bob"}), IsEmpty());
    EXPECT_THAT(held.take_all(romeo), SizeIs(1));
    EXPECT_THAT(held.take_all(romeo), IsEmpty());
    EXPECT_TRUE(held.hold(romeo, ContactId{"bob"}, probe_by("romeo@home.test/a", "5"))) << "anew";
}

TEST(HeldProbesTest, HowManyResourcesWaitIsBounded) {
    HeldProbes held;
    for (int i = 0; i < 100; ++i) {
        static_cast<void>(held.hold(AccountId{"romeo"}, ContactId{"bob"},
                                    probe_by("romeo@home.test/" + std::to_string(i), "")));
    }
    EXPECT_THAT(held.take(AccountId{"romeo"}, ContactId{"bob"}), SizeIs(16));
}

class ProbeTest : public test::HouseTest {
protected:
    explicit ProbeTest(Millis within = Millis{600'000}) : HouseTest({.presence = {.probe_within = within}}) {}

    void probe(const std::string& contact, const std::string& from = "romeo@home.test/a") {
        house.receive("<presence type='probe' id='p' from='" + from + "' to='" + contact + "@net.test'/>");
    }
    void hear(const std::string& who, Availability show) {
        house.tell(adapter::EventPresence{ContactId(who), {.show = show, .status = {}}});
    }
};

// covers: GW-PRES-001 GW-NF-001
TEST_F(ProbeTest, WhoIsNotKnownYetIsShownOnceWhenTheNetworkHasTold) {
    befriend("bob");
    befriend("carol");
    probe("bob");
    probe("carol");
    EXPECT_THAT(house.sent(), IsEmpty());
    hear("bob", Availability::away);
    EXPECT_THAT(house.sent(), ElementsAre("presence bob@net.test/fake > romeo@home.test show=\"away\""));
    hear("carol", Availability::offline);
    const auto answer = house.outlet.take();
    ASSERT_THAT(answer, SizeIs(1));
    EXPECT_EQ(test::brief(answer[0]), "presence:unavailable carol@net.test > romeo@home.test/a");
    EXPECT_EQ(answer[0].attr("id"), "p");
    hear("carol", Availability::offline);
    EXPECT_THAT(house.sent(), IsEmpty()) << "answered already";
}

// covers: GW-PRES-001 GW-NF-001
TEST_F(ProbeTest, AProbeMayComeBeforeThePresenceThatLogsIn) {
    befriend("bob");
    house.receive("<presence type='unavailable' from='romeo@home.test/a' to='net.test'/>");
    forget_so_far();
    probe("bob");
    come_online();
    EXPECT_THAT(house.sent(), IsEmpty());
    hear("bob", Availability::online);
    EXPECT_THAT(house.sent(), ElementsAre("presence bob@net.test/fake > romeo@home.test"));
}

// covers: GW-PRES-001
TEST_F(ProbeTest, WhereNoSessionIsOnItsWayTheAnswerIsGivenAtOnce) {
    befriend("bob");
    house.presence.stay_out(house.account());
    forget_so_far();
    probe("bob");
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test > romeo@home.test/a"));
}

class ImpatientProbeTest : public ProbeTest {
protected:
    ImpatientProbeTest() : ProbeTest(Millis{1}) {}
};

// covers: GW-PRES-001
TEST_F(ImpatientProbeTest, NoQuestionWaitsForEver) {
    befriend("bob");
    probe("bob");
    ASSERT_TRUE(house.loop.until([&] { return !house.outlet.empty(); }));
    EXPECT_THAT(house.sent(), ElementsAre("presence:unavailable bob@net.test > romeo@home.test/a"));
}

}  // namespace
}  // namespace causeway::presence
