#pragma once
/// @file config/problem.hpp
/// NAME       Problem: one thing that is wrong in the configuration, and what to write instead.
/// WHY        All problems are collected, so that an operator mends a file once and not one line per start.
/// INVARIANTS Never holds a secret's text.
/// TESTS      tests/unit/config/problem_test.cpp
#include <cstdint>
#include <string>
#include <vector>

namespace causeway::config {

enum class Severity : std::uint8_t { error, warning };

struct Problem {
    Severity severity = Severity::error;
    std::string file;
    int line = 0;            ///< from 1; 0 = the file as a whole
    int column = 0;          ///< from 1
    std::string path;        ///< where in the tree: "networks[0].server.port"
    std::string what;        ///< "unknown key 'secert_file' in networks[0].server"
    std::string expected;    ///< "a port from 1 to 65535"; may be empty
    std::string suggestion;  ///< the word that was probably meant; may be empty
    std::string example;     ///< a line to copy; may be empty
};

/// `causeway.yaml:12:5: unknown key 'secert_file' in networks[0].server; did you mean 'secret_file'?`
[[nodiscard]] std::string render(const Problem& problem);
/// All of them, one a line, examples below; by line.
[[nodiscard]] std::string render(std::vector<Problem> problems);

[[nodiscard]] bool has_errors(const std::vector<Problem>& problems);

}  // namespace causeway::config
