#pragma once
/// @file gateway/base/text.hpp
/// NAME       Rules for text from strangers: UTF-8, characters that XML may carry, cutting, case.
/// TRUST      Every argument may be hostile; every function is linear and bounded by its input.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::text {

/// True if `bytes` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// True if `bytes` is well-formed UTF-8 made only of characters that XML 1.0 can carry
/// (no U+0000-001F but TAB, LF, CR; no U+FFFE, U+FFFF). @source XML 1.0 §2.2
[[nodiscard]] bool is_xml_text(std::string_view bytes) noexcept;

/// `bytes` with every maximal ill-formed subsequence, and every character that XML cannot carry, replaced by
/// U+FFFD. Text that is already fine comes back unchanged.
[[nodiscard]] std::string repair(std::string_view bytes);

/// ISO 8859-1 (with the C1 area read as Windows-1252) to UTF-8.
[[nodiscard]] std::string from_latin1(std::string_view bytes);

/// The longest prefix of `utf8` of at most `max_bytes` bytes that does not end inside a character.
[[nodiscard]] std::string_view prefix(std::string_view utf8, std::size_t max_bytes) noexcept;

/// Splits into lines at CRLF, LF or CR. A trailing line end makes no empty last line.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);

/// Unicode normalisation form C (ICU); ASCII comes back at once. Ill-formed input is repaired first.
[[nodiscard]] std::string nfc(std::string_view utf8);

/// ASCII lower case; other bytes unchanged.
[[nodiscard]] std::string ascii_lower(std::string_view text);

/// True if any byte is CR, LF or NUL: what must never reach a line protocol.
[[nodiscard]] bool has_line_break(std::string_view text) noexcept;

/// Names that people chose, made safe to show: controls and bidirectional overrides removed, spaces collapsed.
[[nodiscard]] std::string display_name(std::string_view name);

}  // namespace causeway::text
