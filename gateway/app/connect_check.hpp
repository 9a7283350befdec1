#pragma once
/// @file gateway/app/connect_check.hpp
/// NAME       connect_check: `causeway check --connect`: can every link and network be reached with this configuration?
#include <iosfwd>

#include "config/config.hpp"

namespace causeway::app {

/// Tries each component link (connect, handshake, close) and each network; prints a line each.
/// @return 0: all can be reached; 1: not all
[[nodiscard]] int connect_check(const config::Config& config, std::ostream& out);

}  // namespace causeway::app
