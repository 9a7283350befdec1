#include "config/secret_source.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/config/config_fixture.hpp"

namespace causeway::config {
namespace {

using ::testing::HasSubstr;

class SecretSourceTest : public ::testing::Test {
protected:
    SecretSourceTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "causeway-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        write("vault.key", "k", 0600);
    }
    ~SecretSourceTest() override { std::filesystem::remove_all(directory_); }

    std::string write(const std::string& name, const std::string& content, mode_t mode) {
        const auto path = directory_ + "/" + name;
        std::ofstream(path) << content;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    Loaded load(const std::string& secret, const std::string& credentials = "") {
        const auto known = testing::protocols();
        const Surroundings surroundings{.credentials_directory = credentials, .check_files = true};
        const auto text =
            "vault: { key_file: " + directory_ +
            "/vault.key }\nnetworks: [{ name: a, protocol: loopback, jid: a.example.org, server: { "
            "domain: example.org, " +
            secret + " } }]\n";
        return load_text(text, "causeway.yaml", known, surroundings);
    }

    std::string directory_;
};

TEST_F(SecretSourceTest, FileOfItsOwnerIsFine) {
    const auto loaded = load("secret_file: " + write("s", "x", 0600));
    EXPECT_TRUE(loaded.config);
    EXPECT_EQ(render(loaded.problems), "");
}

TEST_F(SecretSourceTest, FileOpenToAllIsRefusedAndToItsGroupWarnedOf) {
    const auto open = load("secret_file: " + write("s", "x", 0644));
    EXPECT_FALSE(open.config);
    EXPECT_THAT(render(open.problems),
                HasSubstr("can be read by others; expected mode 0600\n    for example: chmod 600"));
    const auto group = load("secret_file: " + write("s", "x", 0640));
    EXPECT_TRUE(group.config);
    EXPECT_THAT(render(group.problems), HasSubstr("warning: "));
}

TEST_F(SecretSourceTest, VaultKeyIsForItsOwnerAlone) {
    const auto secret = write("s", "x", 0600);
    write("vault.key", "k", 0640);
    EXPECT_FALSE(load("secret_file: " + secret).config);
}

TEST_F(SecretSourceTest, MissingFileIsNamed) {
    EXPECT_THAT(render(load("secret_file: " + directory_ + "/absent").problems),
                HasSubstr("cannot find " + directory_ + "/absent"));
}

TEST_F(SecretSourceTest, CredentialComesFromSystemd) {
    write("irc", "x", 0440);
    EXPECT_TRUE(load("secret_credential: irc", directory_).config);
    EXPECT_THAT(render(load("secret_credential: irc").problems),
                HasSubstr("CREDENTIALS_DIRECTORY is not set"));
    EXPECT_THAT(render(load("secret_credential: other", directory_).problems),
                HasSubstr("systemd gave no credential 'other'"));
    EXPECT_FALSE(load("secret_credential: ../irc", directory_).config);
    EXPECT_FALSE(load("secret_credential: irc, secret_file: /x", directory_).config);
}

TEST_F(SecretSourceTest, ReadingDropsTheLineEnd) {
    const SecretSource file{SecretSource::Kind::file, write("s", "hunter 2 \r\n", 0600)};
    EXPECT_EQ(read_secret(file, "").value().reveal(), "hunter 2 ");
    EXPECT_FALSE(read_secret({SecretSource::Kind::file, write("e", "\n", 0600)}, ""));
    EXPECT_FALSE(read_secret({SecretSource::Kind::file, write("l", std::string(5000, 'x'), 0600)}, ""));
    EXPECT_FALSE(read_secret({SecretSource::Kind::file, directory_ + "/absent"}, ""));
    EXPECT_EQ(read_secret({SecretSource::Kind::credential, "s"}, directory_).value().reveal(), "hunter 2 ");
}

}  // namespace
}  // namespace causeway::config
