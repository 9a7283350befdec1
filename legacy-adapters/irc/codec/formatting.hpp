#pragma once
/// @file legacy-adapters/irc/codec/formatting.hpp
/// NAME       What a person wrote on IRC as text that XML can carry: encoding guessed, colours stripped.
/// TRUST      Strangers' bytes; the result is always well-formed and free of controls but TAB.
/// TESTS      tests/unit/irc/text_test.cpp
/// @source    modern.ircdocs.horse/formatting
#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::irc {

/// What bytes are when they are not UTF-8.
enum class Encoding : std::uint8_t {
    latin1,        ///< ISO 8859-1; the C1 area, which nobody means, as Windows-1252
    cp1252,        ///< the same here: Windows-1252
    utf8_replace,  ///< nothing: broken sequences become U+FFFD
};

/// Removes bold, italic, underline, strike, monospace, reverse, reset and both kinds of colours.
[[nodiscard]] std::string strip_formatting(std::string_view text);

/// The body of a message for people's eyes.
[[nodiscard]] std::string decode_text(std::string_view bytes, Encoding encoding);

}  // namespace causeway::irc
