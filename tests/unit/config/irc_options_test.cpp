#include "tests/unit/config/config_fixture.hpp"

namespace causeway::config {
namespace {

using ::testing::HasSubstr;

std::string irc(const std::string& options) {
    return "vault: { key_file: /k }\n"
           "networks:\n"
           "  - name: irc\n"
           "    protocol: irc\n"
           "    jid: irc.example.org\n"
           "    server: { domain: example.org, secret_file: /s }\n"
           "    options: " +
           options + "\n";
}

TEST(IrcOptionsTest, ServersAreTyped) {
    const auto loaded = testing::load_here(
        irc("{ fixed_server: a, servers: [{ name: a, host: 10.0.0.1, tls: false }, { name: b.example }] }"));
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    const auto& options = dynamic_cast<const IrcOptions&>(*loaded.config->networks[0].options);
    EXPECT_EQ(options.fixed_server, "a");
    EXPECT_EQ(options.flood_burst, 10U);
    EXPECT_EQ(options.flood_rate, Millis{500});
    ASSERT_EQ(options.servers.size(), 2U);
    EXPECT_EQ(options.servers[0].port, 6667);
    EXPECT_EQ(options.servers[1].host, "b.example");
    EXPECT_EQ(options.servers[1].port, 6697);
    EXPECT_TRUE(options.servers[1].verify);
}

TEST(IrcOptionsTest, MistakesAreNamed) {
    using testing::problems_of;
    EXPECT_THAT(problems_of(irc("{}")), HasSubstr("options.servers is empty: nobody could reach any server"));
    EXPECT_THAT(
        problems_of(irc("{ servers: [{ name: libera }], fixed_server: libra }")),
        HasSubstr("options.fixed_server is 'libra'; expected the name of one of the servers below; did you "
                  "mean 'libera'?"));
    EXPECT_THAT(problems_of(irc("{ servers: [{ name: a }, { name: a }] }")),
                HasSubstr("two servers have the name 'a'"));
    EXPECT_THAT(problems_of(irc("{ servers: [{ name: a, prot: 1 }] }")),
                HasSubstr("unknown key 'prot' in networks[0].options.servers[0]; did you mean 'port'?"));
    EXPECT_THAT(problems_of(irc("{ allow_public: true, quit_message: \"a\\nQUIT\" }")),
                HasSubstr("options.quit_message cannot be sent"));
    EXPECT_THAT(problems_of(irc("{ allow_public: true, encoding: ebcdic }")),
                HasSubstr("options.encoding is 'ebcdic'"));
    EXPECT_THAT(problems_of(irc("{ servers: [{ name: 'a%b' }] }")), HasSubstr("servers[0].name is 'a%b'"));
    EXPECT_THAT(problems_of(irc("{ servers: [{ name: Libera }] }")),
                HasSubstr("servers[0].name is 'Libera'; expected lower-case letters, digits, '.' and '-'"));
    EXPECT_THAT(problems_of(irc("{ allow_public: true, confirm_timeout: 10s }")),
                HasSubstr("unknown key 'confirm_timeout'"));
}

TEST(IrcOptionsTest, ReloadTakesOnlyWhatTheRunningAdapterReads) {
    const auto before = testing::load_here(irc("{ allow_public: true }"));
    const auto after = testing::load_here(
        irc("{ allow_public: true, reconnect_max: 1h, flood_rate: 1s, quit_message: Bye, encoding: utf-8 }"));
    ASSERT_TRUE(before.config && after.config) << render(after.problems);
    const auto plan = plan_reload(*before.config, *after.config);
    const std::string options = "networks[irc].options.";
    EXPECT_THAT(plan.apply, ::testing::ElementsAre(options + "reconnect_max"));
    EXPECT_THAT(plan.restart, ::testing::UnorderedElementsAre(
                                  options + "flood_rate", options + "quit_message", options + "encoding"));
}

}  // namespace
}  // namespace causeway::config
