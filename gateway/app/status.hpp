#pragma once
/// @file gateway/app/status.hpp
/// NAME       status: `causeway status`: asks the running daemon over its control socket.
#include <iosfwd>
#include <string>

namespace causeway::app {

enum class StatusFormat { text, json };

/// @return 0; 1: no daemon answered (said on `errors`)
[[nodiscard]] int print_status(const std::string& control_socket, StatusFormat format, std::ostream& out,
                               std::ostream& errors);

}  // namespace causeway::app
