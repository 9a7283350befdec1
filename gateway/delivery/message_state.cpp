#include "gateway/delivery/message_state.hpp"

#include <algorithm>
#include <array>

namespace causeway::delivery {
namespace {

struct Move {
    State from;
    Step step;
    State to;
};

using enum Step;
constexpr std::array kMoves{
    Move{State::received, kept, State::queued},

    Move{State::queued, begun, State::sending},
    Move{State::queued, settled, State::delivered},
    Move{State::queued, delivered, State::delivered},  // late news of a try before an operator's release
    Move{State::queued, displayed, State::displayed},
    Move{State::queued, put_off, State::deferred},
    Move{State::queued, refused, State::failed},
    Move{State::queued, outlived, State::expired},
    Move{State::queued, poisoned, State::quarantined},
    Move{State::queued, cancelled, State::failed},

    Move{State::sending, taken_back, State::queued},
    Move{State::sending, accepted, State::accepted},
    Move{State::sending, delivered, State::delivered},  // a report may overtake the acceptance
    Move{State::sending, displayed, State::displayed},
    Move{State::sending, put_off, State::deferred},
    Move{State::sending, doubted, State::ambiguous},
    Move{State::sending, refused, State::failed},
    Move{State::sending, poisoned, State::quarantined},

    Move{State::accepted, delivered, State::delivered},
    Move{State::accepted, displayed, State::displayed},
    Move{State::accepted, refused, State::failed},

    Move{State::delivered, displayed, State::displayed},

    Move{State::deferred, begun, State::sending},
    Move{State::deferred, settled, State::delivered},
    Move{State::deferred, put_off, State::deferred},
    Move{State::deferred, accepted, State::accepted},  // late news of a try that seemed to have failed
    Move{State::deferred, delivered, State::delivered},
    Move{State::deferred, displayed, State::displayed},
    Move{State::deferred, refused, State::failed},
    Move{State::deferred, outlived, State::expired},
    Move{State::deferred, poisoned, State::quarantined},
    Move{State::deferred, cancelled, State::failed},
    Move{State::deferred, released, State::queued},

    Move{State::ambiguous, accepted, State::accepted},
    Move{State::ambiguous, delivered, State::delivered},
    Move{State::ambiguous, displayed, State::displayed},
    Move{State::ambiguous, refused, State::failed},
    Move{State::ambiguous, outlived, State::expired},
    Move{State::ambiguous, cancelled, State::failed},
    Move{State::ambiguous, released, State::queued},

    // Given up, and it has arrived after all: what its sender was told was not so, and is put right.
    Move{State::failed, delivered, State::delivered},
    Move{State::failed, displayed, State::displayed},
    Move{State::failed, released, State::queued},
    Move{State::expired, delivered, State::delivered},
    Move{State::expired, displayed, State::displayed},
    Move{State::expired, released, State::queued},
    Move{State::quarantined, delivered, State::delivered},
    Move{State::quarantined, displayed, State::displayed},
    Move{State::quarantined, cancelled, State::failed},
    Move{State::quarantined, released, State::queued},
};

}  // namespace

std::optional<State> after(State state, Step step) noexcept {
    const auto* const move =
        std::ranges::find_if(kMoves, [&](const Move& m) { return m.from == state && m.step == step; });
    if (move == kMoves.end()) return std::nullopt;
    return move->to;
}

}  // namespace causeway::delivery
