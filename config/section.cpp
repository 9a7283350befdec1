#include "config/section.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace causeway::config {

namespace {

/// How a value is shown in a message: short, and on one line.
[[nodiscard]] std::string shown(const std::string& value) {
    constexpr std::size_t kLongest = 40;
    std::string text = value.substr(0, kLongest);
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, ' ');
    return "'" + text + (value.size() > kLongest ? "…'" : "'");
}

[[nodiscard]] const char* kind_of(const YAML::Node& node) {
    if (node.IsMap()) return "a section";
    if (node.IsSequence()) return "a list";
    return "a value";
}

}  // namespace

Section::Section(YAML::Node node, std::string path, YAML::Mark mark, Reading& reading)
    : node_(std::move(node)), path_(std::move(path)), mark_(mark), reading_(&reading) {
    if (node_.IsDefined() && !node_.IsNull() && !node_.IsMap()) {
        add(node_.Mark(), path_, place() + " is " + kind_of(node_), "a section with keys");
        node_.reset();
    }
    report_duplicates();
}

std::string Section::place() const {
    return path_.empty() ? "the top level" : path_;
}

std::string Section::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Section::report_duplicates() {
    if (!node_.IsMap()) return;
    std::set<std::string> seen;
    for (const auto& entry : node_) {
        if (!entry.first.IsScalar()) {
            add(entry.first.Mark(), path_, "a key of " + place() + " is not a word", "a word");
        } else if (!seen.insert(entry.first.Scalar()).second) {
            add(entry.first.Mark(), path_of(entry.first.Scalar()),
                "key " + shown(entry.first.Scalar()) + " appears twice in " + place());
        }
    }
}

std::optional<YAML::Node> Section::find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
    if (!node_.IsMap()) return std::nullopt;
    for (const auto& entry : node_) {
        if (entry.first.IsScalar() && entry.first.Scalar() == key) {
            if (entry.second.IsNull()) return std::nullopt;
            return entry.second;
        }
    }
    return std::nullopt;
}

bool Section::has(std::string_view key) const {
    if (!node_.IsMap()) return false;
    return std::any_of(node_.begin(), node_.end(), [key](const auto& entry) {
        return entry.first.IsScalar() && entry.first.Scalar() == key && !entry.second.IsNull();
    });
}

std::optional<std::string> Section::text(std::string_view key) {
    const auto node = find(key);
    if (!node) return std::nullopt;
    if (!node->IsScalar()) {
        problem(key, path_of(key) + " is " + kind_of(*node), "one value");
        return std::nullopt;
    }
    return node->Scalar();
}

std::string Section::text(std::string_view key, std::string fallback) {
    return text(key).value_or(std::move(fallback));
}

std::string Section::required(std::string_view key, std::string example) {
    auto found = text(key);
    if (found && !found->empty()) return std::move(*found);
    if (!found && has(key)) return {};  // reported as being of the wrong kind
    problem(key, "missing key '" + std::string(key) + "' in " + place()).example = std::move(example);
    return {};
}

bool Section::flag(std::string_view key, bool fallback) {
    return choice<bool>(key, fallback, {{"true", true}, {"false", false}, {"yes", true}, {"no", false}});
}

std::int64_t Section::number(std::string_view key, std::int64_t fallback, std::int64_t least,
                             std::int64_t most) {
    const auto found = text(key);
    if (!found) return fallback;
    std::int64_t value = 0;
    const auto* const end = found->data() + found->size();
    const auto [rest, error] = std::from_chars(found->data(), end, value);
    if (error == std::errc{} && rest == end && value >= least && value <= most) return value;
    problem(key, path_of(key) + " is " + shown(*found),
            "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return fallback;
}

std::uint16_t Section::port(std::string_view key, std::uint16_t fallback) {
    return static_cast<std::uint16_t>(number(key, fallback, 1, 65535));
}

Millis Section::duration(std::string_view key, Millis fallback, Millis least, Millis most) {
    const auto found = text(key);
    if (!found) return fallback;
    const auto value = parse_duration(*found);
    if (value && *value >= least && *value <= most) return *value;
    auto& reported = problem(key, path_of(key) + " is " + shown(*found),
                             "a duration with unit (ms, s, m, h, d) from " + std::to_string(least.count()) +
                                 "ms to " + std::to_string(most.count()) + "ms");
    reported.example = std::string(key) + ": 30s";
    return fallback;
}

std::uint64_t Section::size(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                            std::uint64_t most) {
    const auto found = text(key);
    if (!found) return fallback;
    const auto value = parse_size(*found);
    if (value && *value >= least && *value <= most) return *value;
    auto& reported = problem(
        key, path_of(key) + " is " + shown(*found),
        "a size in bytes, KiB, MiB or GiB from " + std::to_string(least) + " to " + std::to_string(most));
    reported.example = std::string(key) + ": 64KiB";
    return fallback;
}

std::vector<std::string> Section::texts(std::string_view key) {
    const auto node = find(key);
    if (!node) return {};
    if (node->IsScalar()) return {node->Scalar()};
    std::vector<std::string> values;
    if (!node->IsSequence()) {
        problem(key, path_of(key) + " is " + kind_of(*node), "a list").example =
            std::string(key) + ": [a, b]";
        return values;
    }
    for (const auto& item : *node) {
        if (item.IsScalar()) {
            values.push_back(item.Scalar());
        } else {
            add(item.Mark(), path_of(key), "an entry of " + path_of(key) + " is " + kind_of(item),
                "one value");
        }
    }
    return values;
}

Section Section::child(std::string_view key) {
    const auto node = find(key);
    return {node ? *node : YAML::Node(), path_of(key), node ? node->Mark() : mark_, *reading_};
}

std::vector<Section> Section::children(std::string_view key) {
    std::vector<Section> sections;
    const auto node = find(key);
    if (!node) return sections;
    if (!node->IsSequence()) {
        problem(key, path_of(key) + " is " + kind_of(*node), "a list of sections, each begun with '-'");
        return sections;
    }
    for (const auto& item : *node) {
        auto path = path_of(key) + "[" + std::to_string(sections.size()) + "]";
        sections.emplace_back(item, std::move(path), item.Mark(), *reading_);
    }
    return sections;
}

void Section::not_one_of(std::string_view key, const std::string& found,
                         const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    auto& reported = problem(key, path_of(key) + " is " + shown(found), "one of: " + list);
    reported.suggestion = nearest(found, names);
}

Problem& Section::problem(std::string_view key, std::string what, std::string expected) {
    const auto node = find(key);
    return add(node ? node->Mark() : mark_, path_of(key), std::move(what), std::move(expected));
}

void Section::finish() {
    if (!node_.IsMap()) return;
    std::set<std::string> reported;
    for (const auto& entry : node_) {
        if (!entry.first.IsScalar()) continue;
        const auto& key = entry.first.Scalar();
        if (std::ranges::find(known_, key) != known_.end() || !reported.insert(key).second) continue;
        auto& problem = add(entry.first.Mark(), path_of(key), "unknown key " + shown(key) + " in " + place());
        problem.suggestion = nearest(key, known_);
        if (!problem.suggestion.empty()) continue;
        for (const auto& known : known_)
            problem.expected += (problem.expected.empty() ? "one of: " : ", ") + known;
    }
}

Problem& Section::add(YAML::Mark mark, std::string path, std::string what, std::string expected) {
    Problem problem;
    problem.file = reading_->file;
    problem.line = mark.line + 1;  // yaml-cpp counts from 0
    problem.column = mark.column + 1;
    problem.path = std::move(path);
    problem.what = std::move(what);
    problem.expected = std::move(expected);
    return reading_->problems.emplace_back(std::move(problem));
}

}  // namespace causeway::config
