// The table of states: every state times every step, against a table written from DESIGN §5 and not from the code.
#include "gateway/delivery/message_state.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace causeway::delivery {
namespace {

// Columns in the order of Step. A letter is the state that the step leads to, '.' that it cannot happen.
//   q queued, s sending, a accepted, d delivered, D displayed, p deferred (put off), m ambiguous (maybe), f failed,
//   x expired, Q quarantined
struct Row {
    State from;
    std::string_view to;
};
constexpr std::array kTable{
    //                    kept taken_back delivered settled doubted outlived cancelled
    //                    | begun | accepted | displayed | put_off | refused | poisoned | released
    Row{State::received, "q............."},    Row{State::queued, ".s..dDdp.fxQf."},
    Row{State::sending, "..qadD.pmf.Q.."},     Row{State::accepted, "....dD...f...."},
    Row{State::delivered, ".....D........"},   Row{State::displayed, ".............."},
    Row{State::deferred, ".s.adDdp.fxQfq"},    Row{State::ambiguous, "...adD...fx.fq"},
    Row{State::failed, "....dD.......q"},      Row{State::expired, "....dD.......q"},
    Row{State::quarantined, "....dD......fq"},
};

char letter(State state) {
    return std::string_view("rqsadDpmfxQ").at(static_cast<std::size_t>(state));
}

TEST(MessageState, EveryStateTimesEveryStep) {
    static_assert(kTable.size() == model::kStates);
    for (const auto& [from, expected] : kTable) {
        ASSERT_EQ(expected.size(), kSteps);
        std::string got;
        for (std::size_t step = 0; step < kSteps; ++step) {
            const auto to = after(from, static_cast<Step>(step));
            got += to ? letter(*to) : '.';
        }
        EXPECT_EQ(got, expected) << "from " << model::to_string(from);
    }
}

TEST(MessageState, NothingThatIsDoneIsSentAgainWithoutAnOperator) {
    for (const auto done : {State::accepted, State::delivered, State::displayed, State::failed,
                            State::expired, State::quarantined}) {
        for (std::size_t step = 0; step < kSteps; ++step) {
            if (static_cast<Step>(step) == Step::released) continue;
            const auto to = after(done, static_cast<Step>(step));
            EXPECT_FALSE(to == State::queued || to == State::sending || to == State::deferred)
                << model::to_string(done) << " by step " << step;
        }
    }
}

}  // namespace
}  // namespace causeway::delivery
