#include "legacy-adapters/irc/guard.hpp"

#include <gtest/gtest.h>

#include "legacy-adapters/irc/credentials.hpp"

namespace causeway::irc {
namespace {

using boost::asio::ip::make_address;

TEST(Guard, RefusesWhatIsNotOnThePublicInternet) {
    for (const char* address : {"0.0.0.0",
                                "10.1.2.3",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.9.9.9",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.168.1.1",
                                "192.0.2.1",
                                "198.18.0.1",
                                "198.51.100.7",
                                "203.0.113.9",
                                "224.0.0.1",
                                "239.1.1.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:127.0.0.1",
                                "::ffff:8.8.8.8",
                                "::8.8.8.8",
                                "64:ff9b::a00:1",
                                "fe80::1",
                                "fc00::1",
                                "fd12::1",
                                "ff02::1",
                                "2001::1",
                                "2001:db8::1",
                                "2002:a00:1::1",
                                "100::1"}) {
        EXPECT_FALSE(is_public(make_address(address))) << address;
    }
}

TEST(Guard, LetsPublicAddressesThrough) {
    for (const char* address :
         {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1",
          "223.255.255.255", "2001:4860:4860::8888", "2a00:1450::1"}) {
        EXPECT_TRUE(is_public(make_address(address))) << address;
    }
}

TEST(Credentials, ComeBackAsTheyWere) {
    Credentials credentials;
    credentials.server = "irc.example.net";
    credentials.nick = "rom\"eo\\";
    credentials.sasl_account = "account";
    credentials.sasl_password = Secret<std::string>("pä\"ss");
    credentials.server_password = Secret<std::string>("open sesame");
    const auto back = parse_credentials(seal_credentials(credentials));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->server, credentials.server);
    EXPECT_EQ(back->nick, credentials.nick);
    EXPECT_EQ(back->sasl_account, credentials.sasl_account);
    EXPECT_EQ(back->sasl_password.reveal(), credentials.sasl_password.reveal());
    EXPECT_EQ(back->server_password.reveal(), credentials.server_password.reveal());
}

TEST(Credentials, RefuseWhatIsNoObjectAndTakeNothingAsNothing) {
    EXPECT_TRUE(parse_credentials(Secret<std::string>())->nick.empty());
    EXPECT_FALSE(parse_credentials(Secret<std::string>("[1]")).has_value());
    EXPECT_FALSE(parse_credentials(Secret<std::string>("{")).has_value());
    EXPECT_TRUE(parse_credentials(Secret<std::string>("{\"nick\":5}"))->nick.empty());
}

}  // namespace
}  // namespace causeway::irc
