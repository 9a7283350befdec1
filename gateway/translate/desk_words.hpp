#pragma once
/// @file gateway/translate/desk_words.hpp
/// NAME       desk_words: how it is said what became of an operator's wish, to whomever and in whatever way they asked.
/// TESTS      tests/unit/gateway/desk_test.cpp
#include <functional>
#include <string>
#include <string_view>

#include "gateway/delivery/desk.hpp"

namespace causeway::translate {

/// A key of the catalogue, with a `{}` for the message's number where it is about one.
[[nodiscard]] std::string_view sentence(delivery::Desk::Answer answer) noexcept;

/// @param say the text in the asker's language
[[nodiscard]] std::string desk_words(const delivery::Desk::Outcome& outcome,
                                     const std::function<std::string(std::string_view)>& say);

}  // namespace causeway::translate
