#pragma once
/// @file tests/bench/traffic.hpp
/// NAME       What both sides of the driver agree on: who is who, and what a numbered message looks like.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::bench {

inline constexpr std::size_t kBodySize = 75;
inline constexpr std::string_view kMark = "bench:";

/// `bench:0000000042 the quick …`, 75 characters, in one buffer that is used again.
class Body {
public:
    std::string_view operator()(std::uint32_t sequence) {
        auto at = kMark.size() + 10;
        for (auto rest = sequence; at > kMark.size(); rest /= 10)
            text_[--at] = static_cast<char>('0' + rest % 10);
        return text_;
    }

private:
    std::string text_ = "bench:0000000000 the quick brown fox jumps over the lazy dog again and ever";
};

/// The number of the first body in `bytes`, if there is one.
inline std::optional<std::uint32_t> sequence_in(std::string_view bytes) {
    const auto mark = bytes.find(kMark);
    if (mark == std::string_view::npos || bytes.size() < mark + kMark.size() + 10) return std::nullopt;
    std::uint32_t sequence = 0;
    for (const char c : bytes.substr(mark + kMark.size(), 10))
        sequence = sequence * 10 + static_cast<std::uint32_t>(c - '0');
    return sequence;
}

/// `user7` -> 7, `#c7%…` -> 7: the number after the first `prefix`.
inline std::uint32_t number_after(std::string_view text, std::size_t from) {
    std::uint32_t number = 0;
    for (; from < text.size() && text[from] >= '0' && text[from] <= '9'; ++from) {
        number = number * 10 + static_cast<std::uint32_t>(text[from] - '0');
    }
    return number;
}

}  // namespace causeway::bench
