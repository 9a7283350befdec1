#pragma once
/// @file gateway/delivery/trace.hpp
/// NAME       steps_of: what a kept message has gone through, read from its row; and how times and ages are written. Pure.
/// TESTS      tests/unit/gateway/desk_test.cpp
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace causeway::delivery {

struct TraceStep {
    std::string state;
    WallTime at{};
    Millis after{};  ///< since the step before it; negative if the clock was set back
};

/// "queued@1790000000000 sending@1790000000007": what is not of this form is left out.
[[nodiscard]] std::vector<TraceStep> steps_of(std::string_view steps);

/// The network's ids of a message: they are kept with a line feed between them.
[[nodiscard]] std::vector<std::string> ids_of(std::string_view network_ids);

/// `2026-11-21T03:04:05.678Z`
[[nodiscard]] std::string format_utc_millis(WallTime time);
/// `+0.007 s`
[[nodiscard]] std::string format_difference(Millis difference);
/// `7 s`, `12 min`, `3 h`, `2 d`: the greatest unit of which there are two, so that a column stays narrow.
[[nodiscard]] std::string format_age(Millis age);

}  // namespace causeway::delivery
