#pragma once
/// @file gateway/model/translation.hpp
/// NAME       Language, Translation: a text for people, and how it is said elsewhere. Values, no I/O.
#include <cstdint>
#include <string_view>

namespace causeway::model {

enum class Language : std::uint8_t { english, german, chinese };

/// The English text is the key. A translation has as many `{}` as its key.
struct Translation {
    std::string_view english;
    std::string_view german;
    std::string_view chinese;
};

}  // namespace causeway::model
