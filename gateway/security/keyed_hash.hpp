#pragma once
/// @file gateway/security/keyed_hash.hpp
/// NAME       keyed_hash: an id that only we can make, and that tells nobody what it was made from; and hash_of, which
///            anybody can make. @threads any
/// TESTS      tests/unit/gateway/occupant_ids_test.cpp
#include <string>
#include <string_view>

#include "gateway/base/secret.hpp"

namespace causeway::security {

/// HMAC-SHA256, 64 hexadecimal digits. @source RFC 2104
[[nodiscard]] std::string keyed_hash(const Secret<>& secret, std::string_view what);
/// SHA-256, 64 hexadecimal digits: a name of fixed length for what may be long. @source FIPS 180-4
[[nodiscard]] std::string hash_of(std::string_view what);

}  // namespace causeway::security
