#include "component/xep/xep0115_caps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "component/xep/xep0153_avatar.hpp"
#include "component/xep/xep0319_idle.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp {
namespace {

xep0030::Info exodus() {
    xep0030::Info info;
    info.identities.push_back({"client", "pc", "Exodus 0.9.1"});
    info.features = {"http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#info",
                     "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc"};
    return info;
}

xep0030::Info psi() {
    auto info = exodus();
    info.identities = {{"client", "pc", "Psi 0.11", "en"}, {"client", "pc", "\u03A8 0.11", "el"}};
    info.forms.push_back(test::parse(
        "<x xmlns='jabber:x:data' type='result'>"
        "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>"
        "<field var='ip_version'><value>ipv4</value><value>ipv6</value></field>"
        "<field var='os'><value>Mac</value></field>"
        "<field var='os_version'><value>10.5.1</value></field>"
        "<field var='software'><value>Psi</value></field>"
        "<field var='software_version'><value>0.11</value></field></x>"));
    return info;
}

// covers: GW-DISCO-008
TEST(Caps, AreThePublishedOnes) {
    EXPECT_EQ(xep0115::make_ver(exodus()), "QgayPKawpkPSDYmwT/WM94uAlu0=");
    EXPECT_EQ(xep0115::make_ver(psi()), "q07IKJEyjvHSyhy//CH0CxmKi8w=");
}

// covers: GW-DISCO-008
TEST(Caps, DoNotDependOnOrder) {
    auto info = psi();
    std::ranges::reverse(info.features);
    std::ranges::reverse(info.identities);
    EXPECT_EQ(xep0115::make_ver(info), xep0115::make_ver(psi()));
    info.features.emplace_back("urn:more");
    EXPECT_NE(xep0115::make_ver(info), xep0115::make_ver(psi()));
}

TEST(Caps, AreOfWhatIsAnswered) {
    auto info = exodus();
    std::erase(info.features, xep0030::kInfoNs);  // the answer has it all the same
    EXPECT_EQ(xep0115::make_ver(info), xep0115::make_ver(exodus()));
}

TEST(Caps, SeparatorsInsideAPartAreNone) {
    xep0030::Info one;
    one.identities.push_back({"client", "pc", "a<b"});
    EXPECT_THAT(xep0115::canonical(one), ::testing::StartsWith("client/pc//a&lt;b<"));
}

TEST(Caps, AreWritten) {
    const auto caps = test::sent(xep0115::make_caps("QgayPKawpkPSDYmwT/WM94uAlu0="));
    EXPECT_TRUE(caps.is("c", xep0115::kNs));
    EXPECT_EQ(caps.attr("hash"), "sha-1");
    EXPECT_EQ(std::string(caps.attr("node")) + "#" + std::string(caps.attr("ver")),
              xep0115::disco_node("QgayPKawpkPSDYmwT/WM94uAlu0="));
}

// covers: GW-PRES-010
TEST(Idle, IsInUtc) {
    using namespace std::chrono;
    const WallTime since = sys_days(2026y / November / 21) + hours(3) + minutes(4) + seconds(5);
    const auto idle = test::sent(xep0319::make_idle(since));
    EXPECT_TRUE(idle.is("idle", xep0319::kNs));
    EXPECT_EQ(idle.attr("since"), "2026-11-21T03:04:05Z");
}

// covers: GW-PRES-015
TEST(Avatar, ThatIsNotThereIsAnEmptyPhoto) {
    const auto update = test::sent(xep0153::make_no_photo());
    EXPECT_TRUE(update.is("x", xep0153::kNs));
    ASSERT_NE(update.child("photo"), nullptr);
    EXPECT_TRUE(update.child("photo")->nodes().empty());
}

}  // namespace
}  // namespace causeway::xmpp
