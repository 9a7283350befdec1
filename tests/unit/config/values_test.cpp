#include "config/values.hpp"

#include <gtest/gtest.h>

namespace causeway::config {
namespace {

TEST(ValuesTest, DurationsNeedAUnit) {
    EXPECT_EQ(parse_duration("250ms"), Millis(250));
    EXPECT_EQ(parse_duration("30s"), Millis(30'000));
    EXPECT_EQ(parse_duration("5m"), Millis(300'000));
    EXPECT_EQ(parse_duration("1h"), Millis(3'600'000));
    EXPECT_EQ(parse_duration("7d"), Millis(604'800'000));
    for (const char* bad :
         {"", "30", "s", "-1s", "1.5s", "1 s", "1w", "99999999999999999999s", "9223372036854775807h"}) {
        EXPECT_FALSE(parse_duration(bad)) << bad;
    }
}

TEST(ValuesTest, SizesAreBinary) {
    EXPECT_EQ(parse_size("512"), 512U);
    EXPECT_EQ(parse_size("64KiB"), 65'536U);
    EXPECT_EQ(parse_size("4MiB"), 4'194'304U);
    EXPECT_EQ(parse_size("1GiB"), 1'073'741'824U);
    for (const char* bad : {"", "4MB", "4M", "-1", "1KiB1"}) EXPECT_FALSE(parse_size(bad)) << bad;
}

TEST(ValuesTest, DomainsAndAddresses) {
    for (const char* good : {"example.org", "localhost", "irc.example.org", "bücher.example", "a-b.c"}) {
        EXPECT_TRUE(is_domain(good)) << good;
    }
    for (const char* bad : {"", ".", "a..b", "-a.b", "a-.b", "a b", "a@b", "a/b", "example.org."}) {
        EXPECT_FALSE(is_domain(bad)) << bad;
    }
    EXPECT_FALSE(is_domain(std::string(64, 'a') + ".org"));
    EXPECT_TRUE(is_bare_jid("alice@example.org"));
    for (const char* bad :
         {"alice", "@example.org", "alice@", "alice@example.org/phone", "a b@example.org"}) {
        EXPECT_FALSE(is_bare_jid(bad)) << bad;
    }
}

TEST(ValuesTest, LoopbackIsOnlyThisMachine) {
    for (const char* here : {"127.0.0.1", "127.8.8.8", "::1", "localhost"})
        EXPECT_TRUE(is_loopback(here)) << here;
    for (const char* there : {"10.0.0.1", "0.0.0.0", "::", "127.evil.org", "localhost.evil"}) {
        EXPECT_FALSE(is_loopback(there)) << there;
    }
}

TEST(ValuesTest, HostAndPort) {
    EXPECT_EQ(parse_host_port("127.0.0.1:9477"), (HostPort{"127.0.0.1", 9477}));
    EXPECT_EQ(parse_host_port("[::1]:80"), (HostPort{"::1", 80}));
    for (const char* bad : {"", ":80", "host", "host:", "host:0", "host:65536", "host:1x", "::1:80"}) {
        EXPECT_FALSE(parse_host_port(bad)) << bad;
    }
}

TEST(ValuesTest, DatabaseUri) {
    for (const char* here :
         {"postgresql:///c", "postgres://localhost/c", "postgresql://u@127.0.0.1:5432/c",
          "postgresql://[::1]:5432/c", "postgresql:///c?host=/run/postgresql",
          "postgresql://%2Frun%2Fpostgresql/c", "postgresql://localhost:1,127.0.0.1:2/c"}) {
        ASSERT_TRUE(parse_database_uri(here)) << here;
        EXPECT_TRUE(parse_database_uri(here)->local) << here;
        EXPECT_FALSE(parse_database_uri(here)->has_password) << here;
    }
    for (const char* there : {"postgresql://db/c", "postgresql://u@10.0.0.1/c", "postgresql://localhost,db/c",
                              "postgresql:///c?host=db", "postgresql://[2001:db8::1]/c"}) {
        EXPECT_FALSE(parse_database_uri(there)->local) << there;
    }
    EXPECT_TRUE(parse_database_uri("postgresql://u:p@db/c")->has_password);
    EXPECT_TRUE(parse_database_uri("postgresql://db/c?a=b&password=p")->has_password);
    EXPECT_TRUE(parse_database_uri("postgresql://db/c?sslmode=require")->says_sslmode);
    EXPECT_FALSE(parse_database_uri("mysql://db/c"));
    EXPECT_FALSE(parse_database_uri(""));
}

TEST(ValuesTest, NearestWordIsASlipAwayOrNone) {
    const std::vector<std::string> known{"secret_file", "secret_credential", "host", "port"};
    EXPECT_EQ(nearest("secert_file", known), "secret_file");
    EXPECT_EQ(nearest("hots", known), "host");
    EXPECT_EQ(nearest("prt", known), "port");
    EXPECT_EQ(nearest("completely", known), "");
    EXPECT_EQ(nearest(std::string(1000, 'x'), known), "");
}

}  // namespace
}  // namespace causeway::config
