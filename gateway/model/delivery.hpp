#pragma once
/// @file gateway/model/delivery.hpp
/// NAME       Direction, State, Notice: where a durable message is, and what its sender is still to be told. Values, no I/O.
/// INVARIANTS The numbers are in databases: they never change their meaning.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace causeway::model {

enum class Direction : std::uint8_t { to_network = 0, to_xmpp = 1 };

/// How far a message has come (DESIGN §5). Which moves there are: gateway/delivery/message_state.hpp.
enum class State : std::uint8_t {
    received = 0,      ///< read, not committed: never in a database
    queued = 1,        ///< kept; waits for its turn
    sending = 2,       ///< on its way since before the first byte left: after a crash nobody knows
    accepted = 3,      ///< the network has taken it
    delivered = 4,     ///< it is with the recipient; towards XMPP: with the user's server, and settled
    displayed = 5,     ///< the recipient has seen it
    deferred = 6,      ///< refused for now; the next try has a time
    ambiguous = 7,     ///< it may have arrived or not; it is not sent again by itself
    failed = 8,        ///< given up: refused for good, or cancelled
    expired = 9,       ///< given up: too old
    quarantined = 10,  ///< set aside: it broke something three times
};
inline constexpr std::size_t kStates = 11;

/// What the sender of a message to a network is to be told, and has perhaps not been told yet.
enum class Notice : std::uint8_t {
    none = 0,
    receipt = 1,    ///< XEP-0184
    displayed = 2,  ///< XEP-0333, and the receipt with it
    still_trying = 3,
    failed = 4,
    expired = 5,
    ambiguous = 6,
    quarantined = 7,
};
inline constexpr std::size_t kNotices = 8;

/// Stable lower-case names, for logs, metric labels and the command line ("queued").
[[nodiscard]] std::string_view to_string(State state) noexcept;
[[nodiscard]] std::string_view to_string(Notice notice) noexcept;
[[nodiscard]] std::string_view to_string(Direction direction) noexcept;

}  // namespace causeway::model
