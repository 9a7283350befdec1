#pragma once
/// @file legacy-adapters/irc/codec/casemap.hpp
/// NAME       CaseMapping: which names are the same name on a server.
/// WHY        On `rfc1459` servers `Foo[]` and `foo{}` are one nick; comparing bytes loses track of people.
/// TESTS      tests/unit/irc/names_test.cpp
#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::irc {

enum class CaseMapping : std::uint8_t {
    ascii,
    rfc1459,         ///< {|}~ are the lower case of [\]^
    rfc1459_strict,  ///< {|} of [\]
};

/// Unknown names (rfc7613, precis, …) are treated as ascii, the part that all agree on.
[[nodiscard]] CaseMapping casemapping_of(std::string_view name) noexcept;

[[nodiscard]] char fold(char c, CaseMapping mapping) noexcept;
[[nodiscard]] std::string fold(std::string_view name, CaseMapping mapping);
[[nodiscard]] bool same_name(std::string_view a, std::string_view b, CaseMapping mapping) noexcept;

}  // namespace causeway::irc
