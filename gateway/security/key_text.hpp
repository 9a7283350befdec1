#pragma once
/// @file gateway/security/key_text.hpp
/// NAME       Hexadecimal and base64, as the vault and its key file use them.
/// TRUST      Decoders take anything and accept only the exact form (RFC 4648 §4 with padding, no white
///            space).
/// TESTS      tests/unit/store/vault_test.cpp
#include <optional>
#include <string>
#include <string_view>

namespace causeway::security {

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace causeway::security
