#pragma once
/// @file config/section.hpp
/// NAME       Section: one mapping of the file, read key by key with types.
/// WHY        Every reader says which keys it knows by reading them; finish() then finds what nobody asked for.
/// INVARIANTS Reading never fails: a wrong value becomes a Problem and the fallback is given, so that reading goes on.
/// TRUST      The file is the operator's; limits (yaml_tree) were checked before.
/// TESTS      tests/unit/config/loader_test.cpp, tests/fuzz/fuzz_config.cpp
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problem.hpp"
#include "config/values.hpp"
#include "gateway/base/time.hpp"

namespace causeway::config {

/// What all sections of one file share.
struct Reading {
    std::string file;
    std::vector<Problem> problems;
};

class Section {
public:
    /// `node` is a mapping, null or undefined; anything else is reported and read as empty.
    Section(YAML::Node node, std::string path, YAML::Mark mark, Reading& reading);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path_of(std::string_view key) const;

    /// True if the key is there with a value.
    [[nodiscard]] bool has(std::string_view key) const;

    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::string text(std::string_view key, std::string fallback);
    /// Reports if it is missing. @return "" then
    [[nodiscard]] std::string required(std::string_view key, std::string example);
    [[nodiscard]] bool flag(std::string_view key, bool fallback);
    [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t least,
                                      std::int64_t most);
    [[nodiscard]] std::uint16_t port(std::string_view key, std::uint16_t fallback);
    [[nodiscard]] Millis duration(std::string_view key, Millis fallback, Millis least, Millis most);
    [[nodiscard]] std::uint64_t size(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                                     std::uint64_t most);
    /// A sequence of words; one word alone is taken as a sequence of one.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);

    /// One of a few words.
    template <class Value>
    [[nodiscard]] Value choice(std::string_view key, Value fallback,
                               const std::vector<std::pair<std::string, Value>>& words) {
        const auto found = text(key);
        if (!found) return fallback;
        std::vector<std::string> names;
        for (const auto& [name, value] : words) {
            if (name == *found) return value;
            names.push_back(name);
        }
        not_one_of(key, *found, names);
        return fallback;
    }

    [[nodiscard]] Section child(std::string_view key);
    [[nodiscard]] std::vector<Section> children(std::string_view key);

    /// Reports a problem at the key's value, or at the section if the key is not there.
    Problem& problem(std::string_view key, std::string what, std::string expected = {});
    /// Names the key as known although nobody reads it here.
    void know(std::string_view key) { static_cast<void>(find(key)); }
    /// Reports the keys that were not asked for. Call once, after the last read.
    void finish();

private:
    [[nodiscard]] std::optional<YAML::Node> find(std::string_view key);
    void not_one_of(std::string_view key, const std::string& found, const std::vector<std::string>& names);
    void report_duplicates();
    [[nodiscard]] std::string place() const;
    Problem& add(YAML::Mark mark, std::string path, std::string what, std::string expected = {});

    YAML::Node node_;
    std::string path_;
    YAML::Mark mark_;
    Reading* reading_;
    std::vector<std::string> known_;
};

}  // namespace causeway::config
