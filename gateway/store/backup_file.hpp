#pragma once
/// @file gateway/store/backup_file.hpp
/// NAME       BackupFile: a copy that is there whole or not at all.
/// WHY        Half a backup beside a broken database is worse than none: it is written under another name, synced, and
///            renamed when it is whole.
/// INVARIANTS Readable by its owner only (mode 0600). What is there already is replaced only if that was asked for, and never
///            a database that is in use. A copy that did not become whole is removed.
/// TESTS      tests/unit/store/backup_test.cpp
#include <cstdint>
#include <string>
#include <utility>

#include "gateway/base/result.hpp"

namespace causeway::store {

enum class Replace : bool { no = false, yes = true };

class BackupFile {
public:
    /// Makes an empty file beside `path`.
    /// @return conflict: there is something already; storage: it cannot be made
    [[nodiscard]] static Result<BackupFile> begin(std::string path, Replace replace);
    ~BackupFile();
    BackupFile(BackupFile&& other) noexcept
        : path_(std::move(other.path_)),
          temporary_(std::exchange(other.temporary_, {})),
          replace_(other.replace_) {}
    BackupFile(const BackupFile&) = delete;
    BackupFile& operator=(const BackupFile&) = delete;
    BackupFile& operator=(BackupFile&&) = delete;

    /// Where to write the copy.
    [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }
    /// Puts it into its place, synced. @return its size; conflict or storage: there is no copy
    [[nodiscard]] Result<std::uintmax_t> finish();

private:
    BackupFile(std::string path, std::string temporary, Replace replace)
        : path_(std::move(path)), temporary_(std::move(temporary)), replace_(replace) {}

    std::string path_;
    std::string temporary_;  ///< "" = it has been renamed
    Replace replace_;
};

}  // namespace causeway::store
