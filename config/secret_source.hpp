#pragma once
/// @file config/secret_source.hpp
/// NAME       SecretSource: where a secret is kept. The configuration holds places, never secrets.
/// INVARIANTS A file that others can read is refused; a systemd credential is guarded by systemd.
/// TESTS      tests/unit/config/secret_source_test.cpp
#include <cstdint>
#include <string>

#include "config/section.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"

namespace causeway::config {

struct SecretSource {
    enum class Kind : std::uint8_t { file, credential };
    Kind kind = Kind::file;
    std::string place;  ///< path of the file, or the credential's name
    friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

/// What the loader may look at besides the text.
struct Surroundings {
    std::string credentials_directory;  ///< value of $CREDENTIALS_DIRECTORY; "" = not started by systemd
    bool check_files = true;            ///< false: do not look at the secret files (fuzzing, `init`)
};

/// The file that holds it.
[[nodiscard]] std::string path_of(const SecretSource& source, const std::string& credentials_directory);

/// Reads the secret; the line end after it does not belong to it. At most 4 KiB. Blocks: for start and reload.
[[nodiscard]] Result<Secret<>> read_secret(const SecretSource& source,
                                           const std::string& credentials_directory);

/// Who else may read a secret's file. The vault key is stricter: its owner alone.
enum class Readers : std::uint8_t { owner_and_group, owner };

/// Reads `<prefix>_file` or `<prefix>_credential` of a section: exactly one. `<prefix>: value` is refused.
[[nodiscard]] SecretSource read_secret_source(Section& section, const std::string& prefix, Readers readers,
                                              const Surroundings& surroundings);

}  // namespace causeway::config
