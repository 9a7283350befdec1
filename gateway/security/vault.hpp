#pragma once
/// @file gateway/security/vault.hpp
/// NAME       Vault: seals credentials with AES-256-GCM under a key that is not in the database.
/// WHY        A stolen database or backup gives nobody's password away; a value moved to another row does not
///            open.
/// INVARIANTS A fresh random 96-bit nonce per seal; the owner (store::sealed_owner) is authenticated with it;
///            the form is `v1:<key id>:<base64 of nonce, ciphertext, tag>`.
/// TRUST      Sealed values come from the database: anything but what this key sealed for this owner is
///            refused.
/// TESTS      tests/unit/store/vault_test.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"

namespace causeway::security {

using store::sealed_owner;

class Vault {
public:
    static constexpr std::size_t kKeyBytes = 32;

    /// `key` is exactly 32 bytes. `random` outlives the vault.
    [[nodiscard]] static Result<Vault> from_key(Secret<> key, Random& random);
    /// Reads the key: 32 raw bytes, 64 hexadecimal digits, or base64. The file's mode must be 0600 or 0400.
    [[nodiscard]] static Result<Vault> from_file(const std::string& path, Random& random);
    /// Reads `$CREDENTIALS_DIRECTORY/<name>`, which systemd guards; `directory` is that variable's value.
    [[nodiscard]] static Result<Vault> from_credential(const std::string& directory, const std::string& name,
                                                       Random& random);

    [[nodiscard]] Result<std::string> seal(const Secret<>& plain, std::string_view owner) const;
    /// @return bad_credentials if another key sealed it; bad_input if it is damaged or belongs to another
    /// owner
    [[nodiscard]] Result<Secret<>> open(std::string_view sealed, std::string_view owner) const;

    /// The start-up check: every value can be opened. The error counts, and names no owner.
    [[nodiscard]] Result<> check_all(std::span<const store::SealedValue> values) const;

    /// First 8 hexadecimal digits of the key's SHA-256: says which key, tells nothing about it.
    [[nodiscard]] const std::string& key_id() const noexcept { return key_id_; }

private:
    Vault(Secret<> key, std::string key_id, Random& random);

    Secret<> key_;
    std::string key_id_;
    Random* random_;
};

/// Makes a new key and writes it as hexadecimal to `path`, mode 0600. Never overwrites. @return conflict if
/// it exists
[[nodiscard]] Result<> generate_key_file(const std::string& path, Random& random);

}  // namespace causeway::security
