#pragma once
/// @file config/yaml_tree.hpp
/// NAME       parse_yaml: text to a tree, within limits.
/// INVARIANTS Refused before a tree is built: over 1 MiB, deeper than 20, anchors and aliases (they make small files
///            large), tags, more than one document.
/// TRUST      A mistaken or generated file; the fuzzer's bytes.
/// TESTS      tests/unit/config/loader_test.cpp, tests/fuzz/fuzz_config.cpp
#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <optional>
#include <string>

#include "config/section.hpp"

namespace causeway::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;
inline constexpr int kMaxDepth = 20;

/// @return nothing if it is no YAML or over a limit; `reading` says why
[[nodiscard]] std::optional<YAML::Node> parse_yaml(const std::string& text, Reading& reading);

}  // namespace causeway::config
