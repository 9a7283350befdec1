/// @file tests/conformance/declarations_test.cpp
/// NAME       What an adapter says of itself, its addresses and ids, its login.
#include <algorithm>

#include "gateway/base/text.hpp"
#include "tests/conformance/conformance.hpp"

namespace causeway::conformance {
namespace {

TEST_P(Conformance, SaysWhatItIs) {
    const auto& info = subject_->network().info();
    EXPECT_FALSE(info.display_name.empty());
    EXPECT_FALSE(info.protocol.empty());
    EXPECT_FALSE(info.contact_noun.empty());
}

TEST_P(Conformance, DeclaresLimitsThatCanBeKept) {
    const auto& limits = subject_->network().info().limits;
    EXPECT_GE(limits.max_text_bytes, 1U);
    EXPECT_LE(limits.max_text_bytes, 128U * 1024) << "no stanza is larger";
    EXPECT_GE(limits.max_text_lines, 1U);
    EXPECT_GE(limits.max_in_flight, 1U);
    EXPECT_LE(limits.max_in_flight, 1024U);
    EXPECT_GT(limits.send_timeout, Millis(0));
    EXPECT_LE(limits.send_timeout, std::chrono::minutes(5));
}

TEST_P(Conformance, HasExactlyThePartsThatItDeclares) {
    open_session();
    const auto declared = subject_->network().info().capabilities;
    EXPECT_EQ(session_->rooms() != nullptr, declared.has(Capability::rooms));
    EXPECT_EQ(session_->roster() != nullptr, declared.has(Capability::roster));
    EXPECT_EQ(session_->queries() != nullptr, declared.has(Capability::queries));
    EXPECT_EQ(session_->directory() != nullptr, declared.has(Capability::directory));
}

TEST_P(Conformance, AConversationHasNoMoreThanTheNetwork) {
    connect();
    const auto declared = subject_->network().info().capabilities;
    for (const auto& in : conversations()) {
        const auto here = session_->capabilities(in);
        for (const auto one : {Capability::rooms, Capability::roster, Capability::presence,
                               Capability::typing, Capability::queries, Capability::accept_ack,
                               Capability::delivery_report, Capability::idempotent_send}) {
            EXPECT_TRUE(!here.has(one) || declared.has(one)) << static_cast<std::uint32_t>(one);
        }
    }
}

TEST_P(Conformance, AddressesComeBackFromTheirIds) {
    for (const auto& typed : typed_addresses()) {
        const auto first = address(typed);
        EXPECT_EQ(address(subject_->network().format_address(first)), first) << typed;
        EXPECT_FALSE(std::visit(
            [](const auto& id) {
                if constexpr (requires { id.empty(); }) return id.empty();
                return true;
            },
            first.target))
            << "an id is never empty: " << typed;
    }
}

TEST_P(Conformance, TheSameThingHasTheSameId) {
    for (const auto& [one, other] : subject_->same())
        EXPECT_EQ(address(one), address(other)) << one << ' ' << other;
    if (has_rooms()) EXPECT_NE(address(subject_->contact()), address(subject_->room()));
}

TEST_P(Conformance, HostileAddressesAreRefusedOrHarmless) {
    using namespace std::string_literals;
    const auto& network = subject_->network();
    const std::vector<std::string> pieces{"",
                                          " ",
                                          "%",
                                          "@",
                                          "#",
                                          "/",
                                          "\r\nQUIT",
                                          "\0"s,
                                          "\x01",
                                          "\xFF\xFE",
                                          "\xC0\xAF",
                                          std::string(64 * 1024, 'a'),
                                          "%%%%",
                                          "a b",
                                          ":",
                                          ",",
                                          "\xE2\x80\xAE",
                                          "\x7f"};
    for (const auto& piece : pieces) {
        for (const auto& typed : {piece, piece + subject_->contact(), subject_->contact() + piece,
                                  piece + subject_->room(), subject_->room() + piece}) {
            const auto parsed = network.parse_address(typed);
            if (!parsed) continue;
            const auto written = network.format_address(*parsed);
            EXPECT_TRUE(text::is_xml_text(written));
            EXPECT_FALSE(text::has_line_break(written));
            const auto again = network.parse_address(written);
            ASSERT_TRUE(again.has_value()) << written.substr(0, 200);
            EXPECT_EQ(*again, *parsed);
        }
    }
}

TEST_P(Conformance, LoginAsksAndTakesTheRightAnswer) {
    auto login = subject_->network().begin_login(Secret<std::string>{});
    auto step = await(login->start(soon()));
    ASSERT_TRUE(step.has_value());
    ASSERT_TRUE(std::holds_alternative<StepForm>(*step));
    const auto& fields = std::get<StepForm>(*step).fields;
    EXPECT_FALSE(fields.empty());
    for (const auto& field : fields) {
        EXPECT_FALSE(field.id.empty());
        EXPECT_FALSE(field.label.empty());
        if (field.kind == Field::Kind::secret) EXPECT_TRUE(field.value.empty());
    }
    auto done = await(login->submit(subject_->answers(), soon()));
    ASSERT_TRUE(done.has_value());
    ASSERT_TRUE(std::holds_alternative<StepDone>(*done));
    EXPECT_FALSE(std::get<StepDone>(*done).remote_name.empty());
}

TEST_P(Conformance, LoginRefusesNonsense) {
    for (const auto& answers :
         {Answers{}, Answers{{"nick", ""}}, Answers{{"", ""}}, Answers{{"no such field", "x"}}}) {
        auto login = subject_->network().begin_login(Secret<std::string>("\xFF not made by us"));
        (void)await(login->start(soon()));
        auto step = await(login->submit(answers, soon()));
        EXPECT_FALSE(step.has_value() && std::holds_alternative<StepDone>(*step) && answers.empty());
    }
}

TEST_P(Conformance, LoginReturnsByItsDeadline) {
    subject_->mute();
    auto login = subject_->network().begin_login(Secret<std::string>{});
    (void)await(login->start(soon()));
    const auto deadline = soon(200);
    (void)await(login->submit(subject_->answers(), deadline));
    EXPECT_LT(std::chrono::steady_clock::now(), deadline + Millis(1'000));
}

TEST_P(Conformance, CheckTellsWhetherItCanBeReached) {
    EXPECT_TRUE(await(subject_->network().check(soon())).has_value());
    if (!subject_->has_connection()) return;
    subject_->stop();
    EXPECT_FALSE(await(subject_->network().check(soon())).has_value());
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Door, Conformance, testing::ValuesIn(instances()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace causeway::conformance
