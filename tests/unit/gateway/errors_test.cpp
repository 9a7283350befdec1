#include "gateway/translate/errors.hpp"

#include <gtest/gtest.h>

namespace causeway::translate {
namespace {

using model::RoomRefusal;
using xmpp::Condition;
using xmpp::ErrorType;

constexpr std::array kCodes{
    Errc::not_connected, Errc::timed_out,     Errc::refused,         Errc::unsupported, Errc::too_large,
    Errc::rate_limited,  Errc::bad_recipient, Errc::bad_credentials, Errc::bad_input,   Errc::conflict,
    Errc::storage,       Errc::cancelled,     Errc::internal};

// covers: GW-MSG-002
TEST(Errors, EveryCodeHasAConditionAndASentence) {
    static_assert(kCodes.size() == static_cast<std::size_t>(Errc::internal) + 1);
    for (const auto code : kCodes) {
        const auto error = to_stanza_error(make_error(code, "secret detail"));
        EXPECT_NE(error.condition, Condition::undefined_condition) << to_string(code);
        EXPECT_FALSE(error.text.empty()) << to_string(code);
        EXPECT_EQ(error.text.find("secret detail"), std::string::npos) << "details are for operators";
        EXPECT_EQ(error.text, sentence(code));
    }
}

// covers: GW-MSG-002
TEST(Errors, ThoseOfMessagesAreWhatTheChecklistSays) {
    EXPECT_EQ(to_stanza_error(make_error(Errc::bad_recipient)).condition, Condition::item_not_found);
    EXPECT_EQ(to_stanza_error(make_error(Errc::not_connected)).condition, Condition::remote_server_timeout);
    EXPECT_EQ(to_stanza_error(make_error(Errc::timed_out)).condition, Condition::remote_server_timeout);
}

// covers: GW-LOG-004
TEST(Errors, ARefusedLoginIsNotAuthorized) {
    const auto error = to_stanza_error(make_error(Errc::bad_credentials));
    EXPECT_EQ(error.condition, Condition::not_authorized);
    EXPECT_EQ(error.type, ErrorType::auth);
}

TEST(Errors, WhatMayBeTriedAgainSaysWait) {
    auto error = make_error(Errc::refused);
    EXPECT_NE(to_stanza_error(error).type, ErrorType::wait);
    error.retry = Retry::later;
    EXPECT_EQ(to_stanza_error(error).type, ErrorType::wait);
    EXPECT_EQ(to_stanza_error(make_error(Errc::rate_limited)).type, ErrorType::wait);
}

TEST(Errors, WhatMayHaveArrivedSaysSo) {
    auto error = make_error(Errc::not_connected);
    error.ambiguous = Ambiguous::yes;
    EXPECT_NE(to_stanza_error(error).text.find("may have arrived"), std::string::npos);
}

// covers: GW-MUC-005
TEST(Errors, EveryRefusalOfARoomHasItsCondition) {
    const std::map<RoomRefusal, Condition> expected{
        {RoomRefusal::password, Condition::not_authorized},
        {RoomRefusal::banned, Condition::forbidden},
        {RoomRefusal::full, Condition::service_unavailable},
        {RoomRefusal::invite_only, Condition::registration_required},
        {RoomRefusal::registered_only, Condition::registration_required},
        {RoomRefusal::nick_in_use, Condition::conflict},
        {RoomRefusal::bad_nick, Condition::not_acceptable},
        {RoomRefusal::no_such_room, Condition::item_not_found},
        {RoomRefusal::too_many_rooms, Condition::resource_constraint},
        {RoomRefusal::not_permitted, Condition::forbidden},
        {RoomRefusal::no_such_member, Condition::item_not_found},
    };
    EXPECT_EQ(expected.size(), static_cast<std::size_t>(RoomRefusal::no_such_member))
        << "`other` is the only one left";
    for (const auto& [refusal, condition] : expected) {
        const adapter::RoomError error{make_error(Errc::refused, "secret detail"), refusal,
                                       "the room's own words"};
        const auto shown = to_stanza_error(error);
        EXPECT_EQ(shown.condition, condition) << static_cast<int>(refusal);
        EXPECT_EQ(shown.type == xmpp::ErrorType::wait,
                  condition == Condition::service_unavailable || condition == Condition::resource_constraint)
            << static_cast<int>(refusal) << ": only what passes by itself is waited for";
        EXPECT_NE(shown.text.find("the room's own words"), std::string::npos);
        EXPECT_EQ(shown.text.find("secret detail"), std::string::npos);
        EXPECT_GT(shown.text.size(), error.reason.size() + 5) << "a sentence of ours as well";
    }
}

// covers: GW-MUC-005
TEST(Errors, ARefusalWithoutReasonFollowsItsCode) {
    const adapter::RoomError plain{make_error(Errc::timed_out), RoomRefusal::other, ""};
    EXPECT_EQ(to_stanza_error(plain).condition, Condition::remote_server_timeout);
    EXPECT_EQ(to_stanza_error(plain).text, sentence(Errc::timed_out));
    const adapter::RoomError worded{make_error(Errc::refused), RoomRefusal::other, "go away"};
    EXPECT_EQ(to_stanza_error(worded).text, "go away");
}

}  // namespace
}  // namespace causeway::translate
