#pragma once
/// @file gateway/store/sqlite/file_lock.hpp
/// NAME       FileLock: this process is the only one that serves a store.
/// WHY        SQLite lets several processes write in turns; two gateways would send the same messages.
/// INVARIANTS It is the kernel's lock on the file itself, so it ends with the process and leaves nothing behind. Readers
///            (fsck, backup) do not take it. Closing it ends SQLite's own locks of this process on the file: it outlives
///            every connection.
/// TESTS      tests/unit/store/sqlite_store_test.cpp
#include <string>
#include <utility>

#include "gateway/base/result.hpp"

namespace causeway::store::sqlite {

class FileLock {
public:
    /// @return conflict: another process has it; storage: the file cannot be opened
    [[nodiscard]] static Result<FileLock> take(const std::string& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    FileLock& operator=(FileLock&&) = delete;

private:
    explicit FileLock(int file) noexcept : file_(file) {}
    int file_;
};

}  // namespace causeway::store::sqlite
