#pragma once
/// @file gateway/delivery/message_state.hpp
/// NAME       The states of a durable message and the moves between them: one pure table.
/// INVARIANTS What is done stays as it is, but for later news of the network (accepted -> delivered -> displayed, or refused
///            after all) and for an operator's release. Every state times every step is tested.
/// TESTS      tests/unit/gateway/message_state_test.cpp
#include <cstddef>
#include <cstdint>
#include <optional>

#include "gateway/model/delivery.hpp"

namespace causeway::delivery {

using model::State;

/// What happens to a message.
enum class Step : std::uint8_t {
    kept,        ///< it is in the store
    begun,       ///< the intent to send it is in the store
    taken_back,  ///< it has not left after all: the session was gone
    accepted,    ///< the network took it
    delivered,   ///< the network reports its arrival
    displayed,   ///< … and that it was seen
    settled,     ///< towards XMPP: the user's server has it, and has had time to store it
    put_off,     ///< refused for now
    doubted,     ///< it may have arrived or not
    refused,     ///< refused for good
    outlived,    ///< its lifetime is over
    poisoned,    ///< it has broken something too often
    cancelled,   ///< by an operator, or its account is gone
    released,    ///< by an operator: once more from the start
};
inline constexpr std::size_t kSteps = 14;

/// @return the state after `step`; nothing if `step` cannot happen in `state`, which then stays as it is
[[nodiscard]] std::optional<State> after(State state, Step step) noexcept;

}  // namespace causeway::delivery
