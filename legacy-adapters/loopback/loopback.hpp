#pragma once
/// @file legacy-adapters/loopback/loopback.hpp
/// NAME       loopback: the reference adapter, to copy from: everybody answers with your own words.
/// TESTS      tests/conformance
#include "gateway/adapter/adapter.hpp"

namespace causeway::loopback {
[[nodiscard]] std::unique_ptr<adapter::Network> make_network(Executor executor, std::string display_name,
                                                             Context context);
}  // namespace causeway::loopback
