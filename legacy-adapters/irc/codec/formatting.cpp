#include "legacy-adapters/irc/codec/formatting.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

using Predicate = bool (*)(char);

std::size_t run_of(std::string_view text, std::size_t from, std::size_t most, Predicate is_member) {
    std::size_t length = 0;
    while (length < most && from + length < text.size() && is_member(text[from + length])) ++length;
    return length;
}

/// Length of `fg[,bg]` at `from`: colours are `most` digits at most; a comma without digits is text.
std::size_t colour_length(std::string_view text, std::size_t from, std::size_t most, Predicate is_member) {
    const auto foreground = run_of(text, from, most, is_member);
    if (foreground == 0) return 0;
    const auto comma = from + foreground;
    if (comma >= text.size() || text[comma] != ',') return foreground;
    const auto background = run_of(text, comma + 1, most, is_member);
    return background == 0 ? foreground : foreground + 1 + background;
}

bool is_plain(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::string strip_formatting(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
            case '\x02':
            case '\x0f':
            case '\x11':
            case '\x16':
            case '\x1d':
            case '\x1e':
            case '\x1f':
                break;
            case '\x03':
                i += colour_length(text, i + 1, 2, is_digit);
                break;
            case '\x04':
                i += colour_length(text, i + 1, 6, is_hex);
                break;
            default:
                plain += text[i];
        }
    }
    return plain;
}

std::string decode_text(std::string_view bytes, Encoding encoding) {
    if (is_plain(bytes)) return std::string(bytes);  // nearly every line
    std::string plain = strip_formatting(bytes);
    for (char& c : plain) {
        if (c == '\r' || c == '\n') c = ' ';  // a bare CR inside a line
    }
    if (encoding != Encoding::utf8_replace && !text::is_utf8(plain)) plain = text::from_latin1(plain);
    return text::repair(plain);
}

}  // namespace causeway::irc
