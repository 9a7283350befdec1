#include "config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace causeway::config {

std::string render(const Problem& problem) {
    std::string text = problem.file;
    if (problem.line > 0) text += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
    text += problem.severity == Severity::warning ? ": warning: " : ": ";
    text += problem.what;
    if (!problem.expected.empty()) text += "; expected " + problem.expected;
    if (!problem.suggestion.empty()) text += "; did you mean '" + problem.suggestion + "'?";
    if (!problem.example.empty()) text += "\n    for example: " + problem.example;
    return text;
}

std::string render(std::vector<Problem> problems) {
    std::ranges::sort(problems, {}, [](const Problem& p) { return std::tuple(p.line, p.column, p.what); });
    std::string text;
    for (const auto& problem : problems) text += render(problem) + "\n";
    return text;
}

bool has_errors(const std::vector<Problem>& problems) {
    return std::ranges::any_of(problems, [](const Problem& p) { return p.severity == Severity::error; });
}

}  // namespace causeway::config
