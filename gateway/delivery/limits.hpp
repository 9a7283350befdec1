#pragma once
/// @file gateway/delivery/limits.hpp
/// NAME       within_limits: no adapter ever sees more than its network declared.
#include "gateway/adapter/adapter.hpp"

namespace causeway::delivery {

/// @return too_large, and what is over which limit
[[nodiscard]] Result<> within_limits(const adapter::Limits& limits, std::string_view text);

}  // namespace causeway::delivery
