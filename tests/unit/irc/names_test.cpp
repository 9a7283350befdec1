// CaseMapping, Isupport, addresses: what names are, and which are the same.
#include <gtest/gtest.h>

#include "legacy-adapters/irc/address.hpp"
#include "legacy-adapters/irc/codec/isupport.hpp"

namespace causeway::irc {
namespace {

TEST(CaseMapping, FoldsByTheServersRule) {
    EXPECT_EQ(fold("Nick[]\\~^", CaseMapping::ascii), "nick[]\\~^");
    EXPECT_EQ(fold("Nick[]\\~^", CaseMapping::rfc1459), "nick{}|~~");
    EXPECT_EQ(fold("Nick[]\\~^", CaseMapping::rfc1459_strict), "nick{}|~^");
    EXPECT_TRUE(same_name("Foo[1]", "fOO{1}", CaseMapping::rfc1459));
    EXPECT_FALSE(same_name("Foo[1]", "fOO{1}", CaseMapping::ascii));
    EXPECT_FALSE(same_name("a", "ab", CaseMapping::ascii));
    EXPECT_EQ(casemapping_of("rfc7613"), CaseMapping::ascii);
    EXPECT_EQ(fold("\xc3\x84", CaseMapping::rfc1459), "\xc3\x84");
}

TEST(Isupport, ReadsWhatItKnows) {
    Isupport isupport;
    for (const std::string_view token :
         {"CASEMAPPING=ascii", "CHANTYPES=#", "PREFIX=(qaohv)~&@%+", "CHANMODES=beI,k,fl,imnpst",
          "NICKLEN=31", "TOPICLEN=390", "MONITOR=100", "STATUSMSG=@+", "LINELEN=2048", "NETWORK=Test",
          "UNKNOWN=1", "FLAG"}) {
        isupport.apply(token);
    }
    EXPECT_EQ(isupport.casemapping, CaseMapping::ascii);
    EXPECT_TRUE(isupport.is_channel("#a"));
    EXPECT_FALSE(isupport.is_channel("&a"));
    EXPECT_EQ(isupport.nicklen, 31U);
    EXPECT_EQ(isupport.topiclen, 390U);
    EXPECT_EQ(isupport.monitor, 100U);
    EXPECT_EQ(isupport.linelen, 2048U);
    EXPECT_EQ(isupport.rank_of(isupport.bit_of_symbol('~')), model::Rank::owner);
    EXPECT_EQ(isupport.rank_of(isupport.bit_of_mode('h')), model::Rank::half_moderator);
    EXPECT_EQ(isupport.rank_of(0), model::Rank::none);
    isupport.apply("-MONITOR");
    EXPECT_FALSE(isupport.monitor.has_value());
}

// biboumi reads CHANMODES from its 12th byte and so loses the first mode.
TEST(Isupport, KnowsWhichModesHaveParameters) {
    Isupport isupport;
    isupport.apply("CHANMODES=beI,k,fl,imnpst");
    for (const char mode : {'b', 'e', 'I', 'k', 'o', 'v'}) {
        EXPECT_TRUE(isupport.takes_parameter(mode, true)) << mode;
        EXPECT_TRUE(isupport.takes_parameter(mode, false)) << mode;
    }
    EXPECT_TRUE(isupport.takes_parameter('l', true));
    EXPECT_FALSE(isupport.takes_parameter('l', false));
    EXPECT_FALSE(isupport.takes_parameter('m', true));
}

TEST(Isupport, SurvivesNonsense) {
    Isupport isupport;
    for (const std::string_view token :
         {"", "=", "-", "PREFIX=(ov", "PREFIX=@+", "NICKLEN=x", "NICKLEN=-1", "CHANMODES=", "CHANMODES=,,,,,",
          "LINELEN=1", "MONITOR=99999999999999999999"}) {
        isupport.apply(token);
    }
    EXPECT_EQ(isupport.prefix_modes, "ov");
    EXPECT_GE(isupport.linelen, 512U);
    isupport.apply("PREFIX=");
    EXPECT_EQ(isupport.bit_of_symbol('@'), 0);
    isupport.apply("PREFIX=(abcdefghijkl)123456789012");
    EXPECT_EQ(isupport.prefix_modes.size(), 8U);
}

TEST(Isupport, RanksModesOfTheServersOwnAboveOperatorsAsAdmins) {
    Isupport isupport;
    isupport.apply("PREFIX=(Yqaohv)!~&@%+");
    EXPECT_EQ(isupport.rank_of(isupport.bit_of_symbol('!')), model::Rank::admin);
}

struct Sample {
    std::string_view typed;
    std::string_view endpoint;
    std::string_view id;
};

TEST(Address, ReadsBiboumisForms) {
    for (const Sample& sample : {Sample{"#Chan%Irc.Server.NET", "irc.server.net", "#chan%irc.server.net"},
                                 Sample{"Nick%irc.server", "irc.server", "nick%irc.server"},
                                 Sample{"#50%off%irc.server", "irc.server", "#50%off%irc.server"},
                                 Sample{"[Foo]%irc.server", "irc.server", "[foo]%irc.server"},
                                 Sample{"irc.server", "irc.server", "irc.server"}}) {
        const auto address = parse_address(sample.typed, false);
        ASSERT_TRUE(address.has_value()) << sample.typed;
        EXPECT_EQ(address->endpoint.view(), sample.endpoint);
        EXPECT_EQ(format_address(*address), sample.id);
        EXPECT_EQ(parse_address(format_address(*address), false), *address);
    }
    EXPECT_TRUE(std::holds_alternative<RoomId>(parse_address("&local%s", false)->target));
    EXPECT_TRUE(std::holds_alternative<ContactId>(parse_address("nick%s", false)->target));
}

TEST(Address, NeedsNoServerWhereItIsFixed) {
    EXPECT_EQ(parse_address("", true), model::Address{});
    const auto room = parse_address("#A%b", true);
    EXPECT_EQ(std::get<RoomId>(room->target).view(), "#a%b");
    EXPECT_TRUE(room->endpoint.empty());
    EXPECT_EQ(std::get<ContactId>(parse_address("Nick", true)->target).view(), "nick");
}

TEST(Address, RefusesWhatWouldBeSomethingElseOnTheWire) {
    for (const std::string_view typed :
         {"",          "%server",   "#%s",     "#a,b%s", "#a b%s",  "a b%s", "nick%", "nick%ser ver",
          "nick%-a",   "nick%a..b", "a!b%s",   "a@b%s",  "*%s",     ":a%s",  "a%s/x", "#\x07%s",
          "nick%\xff", "@nick%s",   "$mask%s", "a,b%s",  "nick%a_b"}) {
        EXPECT_FALSE(parse_address(typed, false).has_value()) << typed;
    }
    EXPECT_FALSE(parse_address(std::string(65, 'a') + "%s", false).has_value());
    EXPECT_FALSE(parse_address("a%" + std::string(64, 'a'), false).has_value());
}

TEST(Names, FindTheNameInAnId) {
    const Names names{"irc.example.net"};
    EXPECT_EQ(names.name_in("#a%b%irc.example.net"), "#a%b");
    EXPECT_EQ(names.name_in("nick%irc.example.net"), "nick");
    EXPECT_EQ(names.contact("NiCk").view(), "nick%irc.example.net");
    EXPECT_EQ(Names{}.name_in("#a%b"), "#a%b");
}

TEST(Nicks, AreMadeOfAnyName) {
    EXPECT_EQ(nick_from("romeo"), "romeo");
    EXPECT_EQ(nick_from("John Doe"), "JohnDoe");
    EXPECT_EQ(nick_from("john.doe"), "johndoe");
    EXPECT_EQ(nick_from("1abc"), "_1abc");
    EXPECT_EQ(nick_from("-x"), "_-x");
    EXPECT_EQ(nick_from("jos\xc3\xa9"), "jos");
    EXPECT_EQ(nick_from("\xe6\x97\xa5\r\n"), "user");
    EXPECT_EQ(nick_from(std::string(99, 'x')).size(), 30U);
    EXPECT_TRUE(is_nick(nick_from("a[]\\^{}|`_-9")));
}

}  // namespace
}  // namespace causeway::irc
