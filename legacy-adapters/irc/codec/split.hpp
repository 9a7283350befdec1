#pragma once
/// @file legacy-adapters/irc/codec/split.hpp
/// NAME       split_text(): a message of any length into the bodies of PRIVMSGs.
/// INVARIANTS No part is empty, longer than the budget, or holds a control character but TAB; parts in order hold
///            all words of the text; no part begins or ends inside a character, nor where avoidable inside an emoji.
/// TESTS      tests/unit/irc/text_test.cpp
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::irc {

/// `text` is valid UTF-8; `budget` at least 16. Lines become parts; what is over the budget is cut, at a space if
/// one is in the last fifth.
[[nodiscard]] std::vector<std::string> split_text(std::string_view text, std::size_t budget);

/// Bytes that are left for text in `:nick!user@host COMMAND target :text` as others receive it.
/// @param line_length LINELEN of the server, with CRLF  @param source_length bytes of `nick!user@host`
[[nodiscard]] std::size_t text_budget(std::size_t line_length, std::size_t source_length,
                                      std::string_view command, std::string_view target) noexcept;

}  // namespace causeway::irc
