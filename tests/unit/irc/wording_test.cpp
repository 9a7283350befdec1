#include "legacy-adapters/irc/wording.hpp"

#include <algorithm>

#include "legacy-adapters/irc/session_options.hpp"
#include "tests/unit/irc/scripted.hpp"

namespace causeway::irc {
namespace {

bool is_worded(std::string_view english) {
    return std::ranges::find(wording(), english, &model::Translation::english) != wording().end();
}

TEST(Wording, IsThereInEveryLanguageAndOnce) {
    for (const auto& each : wording()) {
        EXPECT_FALSE(each.german.empty() || each.chinese.empty()) << each.english;
        EXPECT_EQ(std::ranges::count(wording(), each.english, &model::Translation::english), 1)
            << each.english;
    }
}

TEST(Wording, HasEveryLabelOfTheSettings) {
    for (const auto& field : fields_of({})) EXPECT_TRUE(is_worded(field.label)) << field.label;
}

TEST(Wording, HasWhatIsWrongWithAnAnswer) {
    for (const auto& answer : adapter::Answers{{"nick", "a b"},
                                               {"realname", "a\nb"},
                                               {"sasl_account", "a\nb"},
                                               {"sasl_password", "a\nb"},
                                               {"commands", "QUIT"},
                                               {"encoding", "morse"}}) {
        const auto changed = change_options({}, {answer});
        ASSERT_FALSE(changed) << answer.first;
        const auto& detail = changed.error().detail;
        EXPECT_TRUE(detail.starts_with(answer.first + ": ")) << detail;
        EXPECT_TRUE(is_worded(detail.substr(answer.first.size() + 2))) << detail;
    }
}

}  // namespace
}  // namespace causeway::irc
