#include "component/xep/xep0055_search.hpp"
#include "component/xep/xep0059_rsm.hpp"
#include "tests/unit/component/xep_fixture.hpp"

namespace causeway::xmpp {
namespace {

/// A list of ten, whose ids are "0" to "9"; "begin-end" of the page that is asked for.
std::string page(const std::string& set, std::size_t total = 10, std::size_t most = 4) {
    const auto query =
        test::parse("<iq from='a@b' to='c'><query xmlns='q'><set xmlns='http://jabber.org/protocol/rsm'>" +
                    set + "</set></query></iq>");
    const auto request = xep0059::read(*query.child_in("q"));
    if (!request) return "no set";
    const auto found =
        xep0059::page_of(*request, total, most, [&](const std::string& id) -> std::optional<std::size_t> {
            if (id.size() != 1 || id[0] < '0' || id[0] > '9') return std::nullopt;
            return static_cast<std::size_t>(id[0] - '0');
        });
    return found ? std::to_string(found->begin) + "-" + std::to_string(found->end) : "item-not-found";
}

// covers: GW-DISCO-005
TEST(Paging, PagesAreWhatIsAskedFor) {
    EXPECT_EQ(page("<max>3</max>"), "0-3");
    EXPECT_EQ(page("<max>3</max><after>2</after>"), "3-6");
    EXPECT_EQ(page("<max>3</max><after/>"), "0-3");
    EXPECT_EQ(page("<max>3</max><after>8</after>"), "9-10");
    EXPECT_EQ(page("<max>3</max><after>9</after>"), "10-10") << "there is nothing after the last";
    EXPECT_EQ(page("<max>3</max><before/>"), "7-10") << "the last page";
    EXPECT_EQ(page("<max>3</max><before>7</before>"), "4-7");
    EXPECT_EQ(page("<max>3</max><before>1</before>"), "0-1");
    EXPECT_EQ(page("<max>3</max><index>5</index>"), "5-8");
    EXPECT_EQ(page("<max>0</max>"), "0-0") << "only the count";
}

// covers: GW-DISCO-005
TEST(Paging, WhatCannotBeAskedForIsNotThere) {
    EXPECT_EQ(page("<max>3</max><after>nobody</after>"), "item-not-found");
    EXPECT_EQ(page("<max>3</max><before>nobody</before>"), "item-not-found");
    EXPECT_EQ(page("<max>3</max><index>10</index>"), "item-not-found");
    EXPECT_EQ(page("<max>3</max>", 0), "0-0");
    EXPECT_EQ(page("<max>3</max><before/>", 0), "0-0");
    EXPECT_EQ(page("<max>99999999999999999999</max>"), "0-4") << "never more than the most";
    EXPECT_EQ(page("<max>-1</max>"), "0-4");
    EXPECT_EQ(page("<index>18446744073709551615</index>"), "item-not-found");
}

TEST(Paging, TheSetNamesItsEnds) {
    const auto set = xep0059::make_set({2, 5}, 10, "c", "e");
    EXPECT_EQ(set.child("first")->attr("index"), "2");
    EXPECT_EQ(set.child_text("first"), "c");
    EXPECT_EQ(set.child_text("last"), "e");
    EXPECT_EQ(set.child_text("count"), "10");
    const auto empty = xep0059::make_set({}, 10, "", "");
    EXPECT_EQ(empty.child("first"), nullptr);
    EXPECT_EQ(empty.child_text("count"), "10");
}

// covers: GW-SRCH-001
TEST(Search, IsAskedPlainAndByForm) {
    const auto plain =
        xep0055::read(test::iq("set", "<query xmlns='jabber:iq:search'><nick>bob</nick></query>"));
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->nick, "bob");
    EXPECT_FALSE(plain->by_form);
    const auto form = xep0055::read(
        test::iq("set",
                 "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='submit'><field var='nick'>"
                 "<value>bob</value></field></x></query>"));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->nick, "bob");
    EXPECT_TRUE(form->by_form);
    EXPECT_FALSE(xep0055::read(test::iq("get", "<query xmlns='jabber:iq:search'/>")));
    EXPECT_FALSE(xep0055::read(test::iq("set", "<query xmlns='jabber:iq:other'/>")));
}

}  // namespace
}  // namespace causeway::xmpp
