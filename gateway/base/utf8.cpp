#include "gateway/base/utf8.hpp"

#include <cstdint>

namespace causeway::utf8 {

namespace {

/// What a lead byte promises: how many bytes follow, its own bits, and the range of the first that follows
/// (Unicode table 3-7; the range is what excludes overlong forms, surrogates and values above U+10FFFF).
struct Lead {
    unsigned follow = 0;
    unsigned bits = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
};

constexpr Lead lead_of(unsigned byte) noexcept {
    if (byte >= 0xC2 && byte <= 0xDF) return {1, byte & 0x1FU};
    if (byte == 0xE0) return {2, 0, 0xA0, 0xBF};
    if (byte == 0xED) return {2, 0x0D, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF) return {2, byte & 0x0FU};
    if (byte == 0xF0) return {3, 0, 0x90, 0xBF};
    if (byte >= 0xF1 && byte <= 0xF3) return {3, byte & 0x07U};
    if (byte == 0xF4) return {3, 4, 0x80, 0x8F};
    return {};
}

}  // namespace

Decoded decode(std::string_view bytes, std::size_t at) noexcept {
    const unsigned first = static_cast<unsigned char>(bytes[at]);
    if (first < 0x80) return {first, 1, true};
    const Lead lead = lead_of(first);
    if (lead.follow == 0) return {};
    char32_t value = lead.bits;
    for (std::size_t i = 1; i <= lead.follow; ++i) {
        const unsigned byte = at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
        const unsigned low = i == 1 ? lead.low : 0x80U;
        const unsigned high = i == 1 ? lead.high : 0xBFU;
        if (byte < low || byte > high) return {0xFFFD, i, false};
        value = (value << 6) | (byte & 0x3FU);
    }
    return {value, lead.follow + 1, true};
}

void append(std::string& out, char32_t c) {
    const auto byte = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0U | (c >> 6));
        byte(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        byte(0xE0U | (c >> 12));
        byte(0x80U | ((c >> 6) & 0x3FU));
        byte(0x80U | (c & 0x3FU));
    } else {
        byte(0xF0U | (c >> 18));
        byte(0x80U | ((c >> 12) & 0x3FU));
        byte(0x80U | ((c >> 6) & 0x3FU));
        byte(0x80U | (c & 0x3FU));
    }
}

}  // namespace causeway::utf8
