#include "legacy-adapters/irc/codec/split.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr std::size_t kMinimum = 16;  // always room for one emoji of several code points
constexpr std::size_t kClusterSearch =
    48;  // how far back a better place than "inside an emoji" is looked for

bool has_control(std::string_view line) {
    bool found = false;
    for (const char c : line) found |= static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    return found;
}

std::string without_controls(std::string_view line) {
    std::string text;
    text.reserve(line.size());
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= 0x20 && byte != 0x7f) || c == '\t') text += c;
    }
    return text;
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// Does what begins here belong to the character before it? (joiner, variation selector, skin tone, accents)
bool extends(std::string_view rest) {
    using namespace std::string_view_literals;
    constexpr auto skin_tones = "\xf0\x9f\x8f"sv;
    if (rest.starts_with("\xe2\x80\x8d"sv) || rest.starts_with("\xef\xb8\x8e"sv) ||
        rest.starts_with("\xef\xb8\x8f"sv)) {
        return true;
    }
    if (rest.starts_with(skin_tones) && rest.size() > 3) {
        const auto last = static_cast<unsigned char>(rest[3]);
        return last >= 0xbb && last <= 0xbf;
    }
    if (rest.size() < 2) return false;
    const auto lead = static_cast<unsigned char>(rest[0]);
    const auto trail = static_cast<unsigned char>(rest[1]);
    return lead == 0xcc || (lead == 0xcd && trail <= 0xaf);  // U+0300 to U+036F
}

bool is_inside_cluster(std::string_view line, std::size_t at) {
    return extends(line.substr(at)) || line.substr(0, at).ends_with("\xe2\x80\x8d");
}

/// Where to cut so that the first part has at most `budget` bytes.
std::size_t cut_position(std::string_view line, std::size_t budget) {
    const std::size_t most = text::prefix(line, budget).size();
    const auto space = line.substr(0, most + 1).rfind(' ');  // a space right behind the budget is fine too
    if (space != std::string_view::npos && space > most - budget / 5) return space;
    std::size_t at = most;
    while (at > 0 && most - at < kClusterSearch && (is_continuation(line[at]) || is_inside_cluster(line, at)))
        --at;
    const bool found = at > 0 && !is_continuation(line[at]) && !is_inside_cluster(line, at);
    return found ? at : most;
}

}  // namespace

std::vector<std::string> split_text(std::string_view text, std::size_t budget) {
    budget = std::max(budget, kMinimum);
    std::vector<std::string> parts;
    for (const auto raw : text::lines(text)) {
        std::string cleaned;
        std::string_view rest = raw;
        if (has_control(raw)) rest = cleaned = without_controls(raw);
        while (rest.size() > budget) {
            const auto at = cut_position(rest, budget);
            parts.emplace_back(rest.substr(0, at));
            rest.remove_prefix(at);
            if (rest.starts_with(' ')) rest.remove_prefix(1);
        }
        if (rest.find_first_not_of(" \t") != std::string_view::npos) parts.emplace_back(rest);
    }
    return parts;
}

std::size_t text_budget(std::size_t line_length, std::size_t source_length, std::string_view command,
                        std::string_view target) noexcept {
    // ":" source " " command " " target " :" text CRLF
    const std::size_t overhead = 1 + source_length + 1 + command.size() + 1 + target.size() + 2 + 2;
    return line_length > overhead + kMinimum ? line_length - overhead : kMinimum;
}

}  // namespace causeway::irc
