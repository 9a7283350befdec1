#pragma once
/// @file gateway/base/utf8.hpp
/// NAME       UTF-8 one character at a time: for code that has to look at each.
/// INVARIANTS decode() always makes progress: an ill-formed sequence is its "maximal subpart" (Unicode §3.9,
///            U+FFFD Substitution), so C0 AF is two faults, E2 82 before something else is one.
/// TESTS      tests/unit/base/text_test.cpp
#include <cstddef>
#include <string>
#include <string_view>

namespace causeway::utf8 {

struct Decoded {
    char32_t code_point = 0xFFFD;
    std::size_t length = 1;
    bool well_formed = false;
};

/// The character at `at`, which must be less than bytes.size().
[[nodiscard]] Decoded decode(std::string_view bytes, std::size_t at) noexcept;

/// `code_point` must be a Unicode scalar value.
void append(std::string& out, char32_t code_point);

/// XML 1.0 §2.2 Char.
[[nodiscard]] constexpr bool is_xml_char(char32_t c) noexcept {
    return (c >= 0x20 && c <= 0xD7FF) || c == '\t' || c == '\n' || c == '\r' ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

}  // namespace causeway::utf8
