#pragma once
/// @file legacy-adapters/irc/network.hpp
/// NAME       make_network(): IRC behind the door.
#include <memory>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/irc/options.hpp"

namespace causeway::irc {

[[nodiscard]] std::unique_ptr<adapter::Network> make_network(Executor executor, NetworkOptions options,
                                                             Context context);

}  // namespace causeway::irc
