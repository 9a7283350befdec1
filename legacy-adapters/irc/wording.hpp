#pragma once
/// @file legacy-adapters/irc/wording.hpp
/// NAME       wording: what this adapter says to people (labels of forms, what is wrong with an answer), in their
///            languages.
/// TESTS      tests/unit/irc/wording_test.cpp: everything that is said is here
#include <span>

#include "gateway/model/translation.hpp"

namespace causeway::irc {

[[nodiscard]] std::span<const model::Translation> wording() noexcept;

}  // namespace causeway::irc
