#pragma once
/// @file gateway/translate/texts.hpp
/// NAME       Texts: what the gateway says to people, in their language.
/// WHY        The English text is the key, so code reads as it speaks, and a text without a translation is English.
/// INVARIANTS A translation has as many `{}` as its key.
/// TESTS      tests/unit/gateway/texts_test.cpp
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "gateway/model/translation.hpp"

namespace causeway::translate {

using model::Language;
using model::Translation;

/// By the first part of an xml:lang ("de-AT" is German); English for what is not known.
[[nodiscard]] Language language_of(std::string_view xml_lang) noexcept;
[[nodiscard]] std::string_view text(Language language, std::string_view english) noexcept;
/// The same for texts of which some are a network's own. A sentence with somebody's own words behind it in brackets,
/// "You are banned. (spam)", is translated up to them.
[[nodiscard]] std::string in_language(Language language, std::string_view english,
                                      std::span<const Translation> of_network);
/// The text with each `{}` replaced by the next value.
[[nodiscard]] std::string fill(std::string_view pattern, std::initializer_list<std::string_view> values);
[[nodiscard]] std::span<const Translation> all_texts() noexcept;

}  // namespace causeway::translate
