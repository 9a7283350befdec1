#include "gateway/app/init.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/config.hpp"
#include "config/irc_options.hpp"
#include "gateway/app/check.hpp"
#include "gateway/security/vault.hpp"

namespace causeway::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class InitTest : public ::testing::Test {
protected:
    InitTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "causeway-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        options.domain = "example.org";
        options.jid = "irc.example.org";
        options.directory = root_ + "/new";
    }
    ~InitTest() override { std::filesystem::remove_all(root_); }

    Result<> run() {
        out.str("");
        return init(options, random, out);
    }
    std::string content(const std::string& name) {
        std::ifstream stream(options.directory + "/" + name);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    mode_t mode(const std::string& name) {
        struct stat status{};
        EXPECT_EQ(::stat((options.directory + "/" + name).c_str(), &status), 0) << name;
        return status.st_mode & 0777U;
    }
    int check_written(std::ostream& text) {
        const std::vector<config::Protocol> protocols{config::irc_protocol()};
        return check({.config_path = options.directory + "/causeway.yaml", .surroundings = {}, .connect = {}},
                     protocols, text);
    }

    SystemRandom random;
    std::ostringstream out;
    InitOptions options;

private:
    std::string root_;
};

TEST_F(InitTest, WhatIsWrittenPassesTheCheckWithoutAWarning) {
    ASSERT_TRUE(run());
    std::ostringstream text;
    EXPECT_EQ(check_written(text), 0);
    EXPECT_THAT(
        text.str(),
        HasSubstr("causeway.yaml is right.\n  irc: irc as irc.example.org, through 127.0.0.1:5347\n"));
    EXPECT_THAT(text.str(), Not(HasSubstr("warning")));
    EXPECT_TRUE(security::Vault::from_file(options.directory + "/vault.key", random));
}

TEST_F(InitTest, SecretsAreTheirOwnersAloneAndNeverPrinted) {
    ASSERT_TRUE(run());
    EXPECT_EQ(mode("vault.key"), 0600U);
    EXPECT_EQ(mode("irc.secret"), 0600U);
    const auto secret = content("irc.secret");
    EXPECT_EQ(secret.size(), 33U);
    EXPECT_THAT(out.str(), Not(HasSubstr(secret.substr(0, 32))));
    EXPECT_THAT(out.str(), HasSubstr(options.directory + "/irc.secret"));
    EXPECT_THAT(content("causeway.yaml"), Not(HasSubstr(secret.substr(0, 32))));
}

TEST_F(InitTest, RunAgainChangesNothing) {
    ASSERT_TRUE(run());
    const auto before = content("causeway.yaml") + content("vault.key") + content("irc.secret");
    options.domain = "other.example";
    const auto again = run();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::conflict);
    EXPECT_EQ(content("causeway.yaml") + content("vault.key") + content("irc.secret"), before);
}

TEST_F(InitTest, ForceWritesTheConfigurationAndKeepsTheSecrets) {
    ASSERT_TRUE(run());
    const auto secrets = content("vault.key") + content("irc.secret");
    options.domain = "other.example";
    options.overwrite = Overwrite::configuration;
    ASSERT_TRUE(run());
    EXPECT_THAT(content("causeway.yaml"), HasSubstr("domain: other.example"));
    EXPECT_EQ(content("vault.key") + content("irc.secret"), secrets);
}

TEST_F(InitTest, BadOptionsWriteNothing) {
    options.jid = "example.org";
    EXPECT_THAT(run().error().detail, HasSubstr("--jid must be an address of its own"));
    options.jid = "irc example";
    EXPECT_THAT(run().error().detail, HasSubstr("is not a domain"));
    options.domain = "a@b";
    EXPECT_THAT(run().error().detail, HasSubstr("--domain 'a@b'"));
    EXPECT_FALSE(std::filesystem::exists(options.directory));
}

TEST_F(InitTest, EachServerGetsItsSnippet) {
    const auto snippet = [](XmppServer server) { return server_snippet(server, "irc.example.org", "/s"); };
    EXPECT_THAT(snippet(XmppServer::prosody),
                HasSubstr("Component \"irc.example.org\"\n    component_secret = \"<the line in /s>\""));
    EXPECT_THAT(snippet(XmppServer::ejabberd), HasSubstr("module: ejabberd_service"));
    EXPECT_THAT(snippet(XmppServer::jabberd2), HasSubstr("<secret><the line in /s></secret>"));
}

TEST_F(InitTest, CheckCountsErrorsAndDoesNotConnect) {
    ASSERT_TRUE(run());
    std::ofstream(options.directory + "/causeway.yaml", std::ios::app) << "lgo: {}\n";
    const std::vector<config::Protocol> protocols{config::irc_protocol()};
    bool connected = false;
    const CheckOptions wanted{.config_path = options.directory + "/causeway.yaml",
                              .surroundings = {},
                              .connect = [&connected](const config::Config&) {
                                  connected = true;
                                  return 1;
                              }};
    std::ostringstream text;
    EXPECT_EQ(check(wanted, protocols, text), 2);
    EXPECT_FALSE(connected);
    EXPECT_THAT(text.str(),
                HasSubstr("unknown key 'lgo' in the top level; did you mean 'log'?\n1 error in "));
    options.overwrite = Overwrite::configuration;
    ASSERT_TRUE(run());
    EXPECT_EQ(check(wanted, protocols, text), 1);
    EXPECT_TRUE(connected);
}

}  // namespace
}  // namespace causeway::app
