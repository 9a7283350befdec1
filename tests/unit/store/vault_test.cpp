#include "gateway/security/vault.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "gateway/security/key_text.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace causeway::security {
namespace {

class VaultTest : public store::testing::StoreFixture {
protected:
    Vault vault(char fill = 'k') { return Vault::from_key(Secret<>(std::string(32, fill)), random).value(); }
    std::string write(const std::string& content, mode_t mode = 0600) {
        const auto file = directory.file("key");
        std::ofstream(file, std::ios::trunc) << content;
        EXPECT_EQ(::chmod(file.c_str(), mode), 0);
        return file;
    }
};

TEST_F(VaultTest, WhatIsSealedOpensForItsOwner) {
    const auto key = vault();
    const auto sealed = key.seal(Secret<>("hunter2"), sealed_owner(AccountId("a"))).value();
    EXPECT_TRUE(sealed.starts_with("v1:" + key.key_id() + ":"));
    EXPECT_EQ(sealed.find("hunter2"), std::string::npos);
    EXPECT_EQ(key.open(sealed, "account:a").value().reveal(), "hunter2");
}

TEST_F(VaultTest, EmptySecretCanBeSealed) {
    const auto key = vault();
    EXPECT_EQ(key.open(key.seal(Secret<>(""), "o").value(), "o").value().reveal(), "");
}

TEST_F(VaultTest, SameSecretIsSealedDifferentlyEachTime) {
    const auto key = vault();
    EXPECT_NE(key.seal(Secret<>("x"), "o").value(), key.seal(Secret<>("x"), "o").value());
}

TEST_F(VaultTest, AnotherOwnerCannotOpenIt) {
    const auto key = vault();
    const auto sealed = key.seal(Secret<>("x"), "account:a").value();
    EXPECT_EQ(key.open(sealed, "account:b").error().code, Errc::bad_input);
}

TEST_F(VaultTest, AnotherKeySaysWhichKeyIsNeeded) {
    const auto sealed = vault('a').seal(Secret<>("x"), "o").value();
    const auto opened = vault('b').open(sealed, "o");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::bad_credentials);
    EXPECT_THAT(opened.error().detail, ::testing::HasSubstr(vault('a').key_id()));
}

TEST_F(VaultTest, EveryDamageIsRefused) {
    const auto key = vault();
    const auto sealed = key.seal(Secret<>("secret"), "o").value();
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto damaged = sealed;
        damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(key.open(damaged, "o")) << at;
        EXPECT_FALSE(key.open(sealed.substr(0, at), "o")) << at;
    }
    EXPECT_FALSE(key.open("", "o"));
    EXPECT_FALSE(key.open("v1::", "o"));
}

// NIST SP 800-38D test case 13 (AES-256, empty text, zero key and nonce): tag
// 530f8afbc74536b9a963b4f1c4cb738b.
TEST_F(VaultTest, AgreesWithThePublishedGcmVector) {
    const auto key = Vault::from_key(Secret<>(std::string(32, '\0')), random).value();
    const auto box = std::string(12, '\0') + from_hex("530f8afbc74536b9a963b4f1c4cb738b").value();
    EXPECT_TRUE(key.open("v1:" + key.key_id() + ":" + to_base64(box), ""));
}

TEST_F(VaultTest, KeyFileMayBeRawHexOrBase64) {
    const std::string raw = "0123456789abcdef0123456789ABCDEF";
    const auto expected = Vault::from_key(Secret<>(raw), random).value().key_id();
    for (const auto& content : {raw, to_hex(raw) + "\n", to_base64(raw) + "\n"}) {
        const auto loaded = Vault::from_file(write(content), random);
        ASSERT_TRUE(loaded) << loaded.error().detail;
        EXPECT_EQ(loaded->key_id(), expected);
    }
}

TEST(KeyTextTest, Base64TakesOnlyTheExactForm) {
    EXPECT_EQ(from_base64("Zg=="), "f");
    EXPECT_EQ(from_base64("Zm8="), "fo");
    EXPECT_EQ(from_base64("Zm9v"), "foo");
    // Left-over bits, missing or wrong padding, white space, another alphabet.
    for (const char* bad : {"", "Zh==", "Zm9=", "Zg", "Zg=", "Z===", "Zm9v\n", "Zm 9", "Zm9_", "=m9v"}) {
        EXPECT_FALSE(from_base64(bad)) << bad;
    }
}

TEST_F(VaultTest, BadKeyFilesAreRefusedWithAReason) {
    EXPECT_FALSE(Vault::from_file(write("short"), random));
    EXPECT_FALSE(Vault::from_file(write(""), random));
    EXPECT_FALSE(Vault::from_file(directory.file("absent"), random));
    const auto readable = Vault::from_file(write(std::string(32, 'k'), 0640), random);
    ASSERT_FALSE(readable);
    EXPECT_THAT(readable.error().detail, ::testing::HasSubstr("chmod 600"));
    EXPECT_TRUE(Vault::from_file(write(std::string(32, 'k'), 0400), random));
}

TEST_F(VaultTest, CredentialComesFromSystemdsDirectoryOnly) {
    const auto file = write(std::string(32, 'k'), 0440);
    const auto place = file.substr(0, file.rfind('/'));
    EXPECT_TRUE(Vault::from_credential(place, "key", random));
    EXPECT_FALSE(Vault::from_credential("", "key", random));
    EXPECT_FALSE(Vault::from_credential(place, "../key", random));
}

TEST_F(VaultTest, GeneratedKeyFileWorksAndIsNeverOverwritten) {
    const auto file = directory.file("new.key");
    ASSERT_TRUE(generate_key_file(file, random));
    const auto loaded = Vault::from_file(file, random);
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(generate_key_file(file, random).error().code, Errc::conflict);
    EXPECT_EQ(Vault::from_file(file, random)->key_id(), loaded->key_id());
}

TEST_F(VaultTest, StartUpCheckCountsWhatCannotBeOpened) {
    const auto key = vault();
    std::vector<store::SealedValue> values{{key.seal(Secret<>("x"), "account:a").value(), "account:a"}};
    EXPECT_TRUE(key.check_all(values));
    values.push_back({vault('b').seal(Secret<>("x"), "account:b").value(), "account:b"});
    const auto checked = key.check_all(values);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().detail, ::testing::StartsWith("1 of 2 sealed values"));
    EXPECT_THAT(checked.error().detail, ::testing::Not(::testing::HasSubstr("account:b")));
}

}  // namespace
}  // namespace causeway::security
