#pragma once
/// @file gateway/model/presence.hpp
/// NAME       Availability, Presence: who is there. Values, no I/O.
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/base/time.hpp"

namespace causeway::model {

enum class Availability : std::uint8_t { offline, online, chat, away, extended_away, busy };

struct Presence {
    Availability show = Availability::offline;
    std::string status;                  ///< a person's own words; may be empty
    std::optional<WallTime> idle_since;  ///< last seen doing something, where the network tells it (XEP-0319)

    friend bool operator==(const Presence&, const Presence&) = default;
};

}  // namespace causeway::model
