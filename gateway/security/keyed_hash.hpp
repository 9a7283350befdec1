#pragma once
/// @file gateway/security/keyed_hash.hpp
/// NAME       keyed_hash: an id that only we can make, and that tells nobody what it was made from. @threads any
/// TESTS      tests/unit/gateway/occupant_ids_test.cpp
#include <string>
#include <string_view>

#include "gateway/base/secret.hpp"

namespace causeway::security {

/// HMAC-SHA256, 64 hexadecimal digits. @source RFC 2104
[[nodiscard]] std::string keyed_hash(const Secret<>& secret, std::string_view what);

}  // namespace causeway::security
