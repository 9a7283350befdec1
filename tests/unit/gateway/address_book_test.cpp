#include "gateway/translate/address_book.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/unit/gateway/doubles.hpp"
#include "tests/unit/gateway/fake_network.hpp"

namespace causeway::translate {
namespace {

/// Addresses that are likely to collide: letters of both cases, the marker's own, what JIDs forbid, other scripts.
std::string odd_address(Random& random) {
    static const std::vector<std::string> kPieces{
        "a", "A", "b",  "B",  " ",    "=x-",  "=",    "x",  "-", "\\20", "\\5c", "\\",
        "@", "/", ":",  "\"", "'",    "<",    ">",    "&",  "#", "%",    "ß",    "ẞ",
        "Σ", "ς", "😀", "０", "\x01", "\xff", "\xc3", "\n", "Ⅳ", "é"};
    std::string text;
    const auto pieces = 1 + random.below(6);
    for (std::uint64_t i = 0; i < pieces; ++i) text += kPieces[random.below(kPieces.size())];
    return text;
}

// covers: GW-ADDR-002 GW-ADDR-006
TEST(AddressBook, EveryAddressHasALocalPartOfItsOwnThatPreparationLeavesAlone) {
    test::SeededRandom random;
    std::map<std::string, std::string> legacy_of;
    for (int i = 0; i < 20'000; ++i) {
        const auto legacy = odd_address(random);
        const auto local = encode_local(legacy);
        ASSERT_TRUE(local) << legacy;
        const auto prepared = xmpp::prepare_local(*local);
        ASSERT_TRUE(prepared) << *local;
        EXPECT_EQ(*prepared, *local);
        const auto [known, fresh] = legacy_of.try_emplace(*local, legacy);
        EXPECT_TRUE(fresh || known->second == legacy) << "two addresses, one JID: " << *local;
        const auto back = decode_local(*local);
        ASSERT_TRUE(back) << *local;
        EXPECT_EQ(*back, legacy);
    }
}

// covers: GW-ADDR-006
TEST(AddressBook, RandomBytesComeBack) {
    test::SeededRandom random(7);
    for (int i = 0; i < 2'000; ++i) {
        std::vector<std::uint8_t> bytes(1 + random.below(600));
        random.fill(bytes);
        const std::string legacy(bytes.begin(), bytes.end());
        const auto local = encode_local(legacy);
        ASSERT_TRUE(local);
        EXPECT_EQ(decode_local(*local).value_or("?"), legacy);
    }
}

// covers: GW-ADDR-006
TEST(AddressBook, PlainNamesStayReadable) {
    EXPECT_EQ(encode_local("alice").value_or("?"), "alice");
    EXPECT_EQ(encode_local("#hall%far.test").value_or("?"), "#hall%far.test");
    EXPECT_EQ(encode_local("+61412345678").value_or("?"), "+61412345678");
    EXPECT_EQ(encode_local("a b@c").value_or("?"), "a\\20b\\40c");
}

// covers: GW-ADDR-006
TEST(AddressBook, WhatLooksEncodedButIsNotOursIsNobody) {
    EXPECT_FALSE(decode_local("=x-!!"));
    EXPECT_FALSE(decode_local("=x-1")) << "not a whole number of bytes";
    const auto natural = encode_local("=x-c4");
    ASSERT_TRUE(natural);
    EXPECT_NE(*natural, "=x-c4");
    EXPECT_FALSE(decode_local("=x-c5h66p35")) << "'alice...' needs no encoding: one address, one JID";
}

TEST(AddressBook, TooLongOrEmptyIsRefused) {
    EXPECT_FALSE(encode_local(""));
    EXPECT_TRUE(encode_local(std::string(1'023, 'a')));
    EXPECT_FALSE(encode_local(std::string(1'024, 'a')));
    EXPECT_FALSE(encode_local(std::string(700, 'A')));
}

class AddressBookOfNetwork : public ::testing::Test {
protected:
    test::Loop loop_;
    test::FakeNetwork network_{loop_.executor()};
    AddressBook book_{test::jid("net.test"), network_};
};

TEST_F(AddressBookOfNetwork, JidsNameGatewayContactsRoomsAndEndpoints) {
    network_.declared.many_endpoints = true;
    EXPECT_EQ(book_.entity(test::jid("net.test"))->kind, Entity::Kind::gateway);
    EXPECT_EQ(book_.entity(test::jid("%far@net.test"))->kind, Entity::Kind::endpoint);
    const auto contact = book_.entity(test::jid("bob%far@net.test"));
    ASSERT_TRUE(contact);
    EXPECT_EQ(contact->kind, Entity::Kind::contact);
    EXPECT_EQ(contact->address.endpoint, EndpointId{"far"});
    const auto member = book_.entity(test::jid("#hall%far@net.test/Alice"));
    ASSERT_TRUE(member);
    EXPECT_EQ(member->kind, Entity::Kind::room);
    EXPECT_EQ(member->resource, "Alice");
    EXPECT_EQ(member->bare.str(), "#hall%far@net.test");
    EXPECT_FALSE(book_.entity(test::jid("nobody@net.test")));
}

TEST_F(AddressBookOfNetwork, EveryAddressComesBackFromItsJid) {
    network_.declared.many_endpoints = true;
    for (const auto* typed : {"bob%far", "#hall%far", "Bob X%far", "%far"}) {
        const auto address = network_.parse_address(typed);
        ASSERT_TRUE(address);
        const auto jid = book_.jid(*address);
        ASSERT_TRUE(jid) << typed;
        const auto entity = book_.entity(*jid);
        ASSERT_TRUE(entity) << jid->str();
        EXPECT_EQ(entity->address, *address);
    }
}

}  // namespace
}  // namespace causeway::translate
