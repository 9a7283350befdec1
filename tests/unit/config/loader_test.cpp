#include "tests/unit/config/config_fixture.hpp"

namespace causeway::config {
namespace {

using ::testing::HasSubstr;
using testing::load_here;
using ::testing::Not;
using testing::problems_of;
using testing::yaml;

TEST(LoaderTest, SmallFileGetsTheDefaults) {
    const auto loaded = load_here(yaml());
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    EXPECT_TRUE(loaded.problems.empty()) << render(loaded.problems);
    EXPECT_EQ(loaded.config->store, StoreConfig{});
    EXPECT_EQ(loaded.config->admin, AdminConfig{});
    EXPECT_EQ(loaded.config->limits, LimitsConfig{});
    ASSERT_EQ(loaded.config->networks.size(), 1U);
    const auto& network = loaded.config->networks[0];
    EXPECT_EQ(network.server.port, 5347);
    EXPECT_EQ(network.server.secret.place, "/etc/causeway/test.secret");
    EXPECT_NE(network.options, nullptr);
}

TEST(LoaderTest, AnnotatedExampleIsValidAndShowsTheDefaults) {
    const auto known = testing::protocols();
    const Surroundings surroundings{.credentials_directory = "", .check_files = false};
    const auto loaded =
        load(std::string(CAUSEWAY_SOURCE_DIR) + "/config/annotated.yaml", known, surroundings);
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    const auto& network = loaded.config->networks.at(0);
    ServerConfig expected;
    expected.domain = "example.org";
    expected.secret.place = "/etc/causeway/irc.secret";
    EXPECT_EQ(network.server, expected);
    EXPECT_EQ(loaded.config->store, StoreConfig{});
    EXPECT_EQ(loaded.config->admin, AdminConfig{});
    EXPECT_EQ(loaded.config->log, LogConfig{});
    EXPECT_EQ(loaded.config->limits, LimitsConfig{});
    const auto& irc = dynamic_cast<const IrcOptions&>(*network.options);
    ReloadPlan difference;
    IrcOptions().compare(irc, "irc", difference);
    EXPECT_EQ(difference, (ReloadPlan{{}, {"irc.servers"}}));
}

TEST(LoaderTest, MisspeltKeyIsPlacedAndCorrected) {
    EXPECT_EQ(
        problems_of(yaml("", "      secert_file: /x\n      secret_credential: x\n")),
        "causeway.yaml:8:7: unknown key 'secert_file' in networks[0].server; did you mean 'secret_file'?\n");
}

TEST(LoaderTest, UnknownKeyWithoutLikenessListsTheKnownOnes) {
    EXPECT_THAT(problems_of(yaml("log: { zzzzzz: 1 }\n")),
                HasSubstr("causeway.yaml:1:8: unknown key 'zzzzzz' in log; expected one of: level, format"));
}

TEST(LoaderTest, AllProblemsAreToldAtOnceByLine) {
    const auto text =
        problems_of(yaml("log: { level: loud }\nlimits: { burst: many }\n", "      port: 70000\n"));
    EXPECT_THAT(
        text,
        HasSubstr("causeway.yaml:1:15: log.level is 'loud'; expected one of: debug, info, warning, error"));
    EXPECT_THAT(text, HasSubstr("causeway.yaml:2:18: limits.burst is 'many'; expected a whole number"));
    EXPECT_THAT(text,
                HasSubstr("networks[0].server.port is '70000'; expected a whole number from 1 to 65535"));
    EXPECT_LT(text.find("loud"), text.find("many"));
}

TEST(LoaderTest, DuplicateKeysAreRefused) {
    EXPECT_THAT(problems_of(yaml("log: {}\nlog: {}\n")),
                HasSubstr("causeway.yaml:2:1: key 'log' appears twice in the top level"));
}

TEST(LoaderTest, DurationWithoutUnitGetsAnExample) {
    const auto text = problems_of(yaml("", "      keepalive: 30\n"));
    EXPECT_THAT(text, HasSubstr("networks[0].server.keepalive is '30'; expected a duration with unit"));
    EXPECT_THAT(text, HasSubstr("\n    for example: keepalive: 30s\n"));
}

TEST(LoaderTest, StoreOnADatabaseServer) {
    const auto loaded = load_here(yaml("store: { driver: postgres, uri: 'postgresql:///causeway' }\n"));
    ASSERT_TRUE(loaded.config) << render(loaded.problems);
    EXPECT_EQ(loaded.config->store.driver, StoreDriver::postgres);
    EXPECT_EQ(loaded.config->store.uri, "postgresql:///causeway");
    EXPECT_FALSE(loaded.config->store.password);
    const auto with_password = load_here(
        yaml("store: { driver: postgres, uri: 'postgresql://c@db.example.org/c?sslmode=verify-full',"
             " password_file: /etc/causeway/store.password }\n"));
    ASSERT_TRUE(with_password.config) << render(with_password.problems);
    EXPECT_EQ(with_password.config->store.password->place, "/etc/causeway/store.password");
}

TEST(LoaderTest, StoreOnADatabaseServerIsCheckedAndItsPasswordNeverRepeated) {
    const auto problems = [](const std::string& keys) {
        return problems_of(yaml("store: { " + keys + " }\n"));
    };
    EXPECT_THAT(problems("driver: postgres"),
                HasSubstr("missing key 'uri' in store\n    for example: uri: postgresql://"));
    EXPECT_THAT(problems("driver: postgers"), HasSubstr("sqlite, postgres"));
    EXPECT_THAT(problems("driver: postgres, uri: 'mysql://x'"),
                HasSubstr("store.uri is not a database's address"));
    for (const char* uri : {"postgresql://c:hush@localhost/c", "postgresql://localhost/c?password=hush"}) {
        const auto text = problems("driver: postgres, uri: '" + std::string(uri) + "'");
        EXPECT_THAT(text, HasSubstr("store.uri has a password")) << uri;
        EXPECT_THAT(text, HasSubstr("for example: password_file:")) << uri;
        EXPECT_THAT(text, Not(HasSubstr("hush"))) << uri;
    }
    EXPECT_THAT(problems("driver: postgres, uri: 'postgresql://c@db.example.org/c'"),
                HasSubstr("sslmode=verify-full"));
    EXPECT_THAT(problems("driver: postgres, uri: 'postgresql:///c', path: /x"),
                HasSubstr("store.path belongs to driver sqlite"));
    EXPECT_THAT(problems("uri: 'postgresql:///c'"), HasSubstr("store.uri belongs to driver postgres"));
    EXPECT_THAT(problems("driver: postgres, uri: 'postgresql:///c', password: hush"),
                HasSubstr("secrets are not written into the configuration (store.password)"));
}

TEST(LoaderTest, WrongKindsAreNamed) {
    EXPECT_THAT(problems_of(yaml("log: loud\n")), HasSubstr("log is a value; expected a section with keys"));
    EXPECT_THAT(problems_of(yaml("store: { keep_messages: 10m }\n")),
                HasSubstr("store.keep_messages is '10m'"));
    EXPECT_THAT(problems_of(yaml("store: { path: [a] }\n")),
                HasSubstr("store.path is a list; expected one value"));
    EXPECT_THAT(problems_of("networks: 5\n"), HasSubstr("networks is a value; expected a list of sections"));
    EXPECT_THAT(problems_of("just text"), HasSubstr("the top level is a value"));
    EXPECT_THAT(problems_of(yaml("access: { domains: { a: b } }\n")),
                HasSubstr("access.domains is a section; expected a list"));
}

TEST(LoaderTest, MissingKeysAreNamedWithAnExample) {
    const auto text = problems_of("networks:\n  - name: a\n");
    EXPECT_THAT(text, HasSubstr("missing key 'protocol' in networks[0]\n    for example: protocol: irc"));
    EXPECT_THAT(text, HasSubstr("missing key 'jid' in networks[0]"));
    EXPECT_THAT(text, HasSubstr("missing key 'domain' in networks[0].server"));
    EXPECT_THAT(text, HasSubstr("missing key 'secret_file' in networks[0].server"));
    EXPECT_THAT(text, HasSubstr("missing key 'key_file' in vault"));
    EXPECT_THAT(problems_of(""), HasSubstr("missing key 'networks' at the top level"));
    EXPECT_THAT(problems_of("networks: []\n"), HasSubstr("networks is empty"));
}

TEST(LoaderTest, UnknownProtocolSuggestsAKnownOne) {
    auto text = yaml();
    text.replace(text.find("loopback"), 8, "loopbakc");
    EXPECT_THAT(problems_of(text),
                HasSubstr("unknown protocol 'loopbakc' in networks[0]; expected one of: irc, "
                          "loopback; did you mean 'loopback'?"));
}

TEST(LoaderTest, ProtocolWithoutOptionsAcceptsNone) {
    EXPECT_THAT(problems_of(yaml("", "", "    options: { x: 1 }\n")),
                HasSubstr("unknown key 'x' in networks[0].options"));
}

TEST(LoaderTest, AddressesAreChecked) {
    EXPECT_THAT(problems_of(yaml("access: { domains: ['a b'], users: [alice], admins: [a@b/c] }\n")),
                ::testing::AllOf(HasSubstr("access.domains has 'a b'"), HasSubstr("access.users has 'alice'"),
                                 HasSubstr("access.admins has 'a@b/c'")));
}

TEST(LoaderTest, SameJidOrNameTwiceIsRefused) {
    const auto text =
        yaml() +
        "  - { name: test, protocol: loopback, jid: test.example.org, server: { domain: example.org, "
        "secret_file: /x } }\n";
    EXPECT_THAT(problems_of(text), ::testing::AllOf(HasSubstr("two networks have the jid 'test.example.org'"),
                                                    HasSubstr("two networks have the name 'test'")));
}

TEST(LoaderTest, InlineSecretIsRefusedAndNotRepeated) {
    const auto text = problems_of(yaml("", "      secret: hunter2\n"));
    EXPECT_THAT(text, HasSubstr("secrets are not written into the configuration"));
    EXPECT_THAT(text, HasSubstr("secret_file: /etc/causeway/secret"));
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(LoaderTest, PlaintextOffLoopbackNeedsPermission) {
    EXPECT_THAT(problems_of(yaml("", "      host: xmpp.example.org\n")),
                HasSubstr("networks[0].server.host is not on this machine"));
    EXPECT_EQ(problems_of(yaml("", "      host: xmpp.example.org\n      security: tls\n")), "");
    EXPECT_EQ(problems_of(yaml("", "      host: xmpp.example.org\n      allow_remote_plaintext: true\n")),
              "");
}

TEST(LoaderTest, AdminOffLoopbackNeedsPermission) {
    EXPECT_THAT(problems_of(yaml("admin: { listen: '0.0.0.0:9477' }\n")),
                HasSubstr("admin.listen is not a loopback address"));
    EXPECT_EQ(problems_of(yaml("admin: { listen: '0.0.0.0:9477', allow_remote: true }\n")), "");
    EXPECT_FALSE(load_here(yaml("admin: { listen: off }\n")).config->admin.listen);
}

TEST(LoaderTest, YamlBombsAreRefusedBeforeTheyGrow) {
    EXPECT_THAT(problems_of("a: &a [x]\nb: *a\n"), HasSubstr("causeway.yaml:1:4: YAML anchors and aliases"));
    EXPECT_THAT(problems_of(std::string(10'000, '[')), HasSubstr("nested more than 20 deep"));
    EXPECT_THAT(problems_of(std::string(1024 * 1024 + 1, ' ')), HasSubstr("larger than 1 MiB"));
    EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n"), HasSubstr("more than one YAML document"));
    EXPECT_THAT(problems_of("a: !!python/object x\n"), HasSubstr("YAML tags"));
    EXPECT_THAT(problems_of("a: [\n"), HasSubstr("this is not YAML"));
}

TEST(LoaderTest, MissingFileIsNamed) {
    const auto loaded = load("/nonexistent/causeway.yaml", testing::protocols(), {});
    EXPECT_FALSE(loaded.config);
    EXPECT_EQ(render(loaded.problems),
              "/nonexistent/causeway.yaml: cannot be read: No such file or directory\n");
}

}  // namespace
}  // namespace causeway::config
