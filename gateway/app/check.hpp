#pragma once
/// @file gateway/app/check.hpp
/// NAME       check: `causeway check`: is this configuration fit to start with?
/// TESTS      tests/unit/app/init_test.cpp
#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "config/config.hpp"

namespace causeway::app {

struct CheckOptions {
    std::string config_path;
    config::Surroundings surroundings;
    /// What `--connect` adds; runs only if the file is right, prints for itself, returns the exit code. May be empty.
    std::function<int(const config::Config&)> connect;
};

/// Prints every problem, or what the configuration amounts to.
/// @return 0; 2 if the configuration is wrong; else what `connect` said
[[nodiscard]] int check(const CheckOptions& options, std::span<const config::Protocol> protocols,
                        std::ostream& out);

}  // namespace causeway::app
