#include "gateway/store/backup_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace causeway::store {

namespace {

[[nodiscard]] std::unexpected<Error> failed(std::string_view doing, const std::string& path, int reason) {
    return fail(Errc::storage,
                std::string("cannot ") + std::string(doing) + " " + path + ": " + std::strerror(reason));
}

[[nodiscard]] std::unexpected<Error> is_there(const std::string& path) {
    return fail(Errc::conflict, path + " is there already: name another file, or say --force");
}

[[nodiscard]] std::string directory_of(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    return directory.empty() ? "." : directory.string();
}

[[nodiscard]] Result<> sync(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) return failed("open", path, errno);
    const int synced = ::fsync(file);
    const int reason = errno;
    ::close(file);
    if (synced != 0) return failed("sync", path, reason);
    return {};
}

}  // namespace

Result<BackupFile> BackupFile::begin(std::string path, Replace replace) {
    std::error_code ignored;
    if (replace == Replace::no && std::filesystem::exists(path, ignored)) return is_there(path);
    // A log belongs to what is there now: with another file beside it, SQLite would read it into that.
    if (std::filesystem::exists(path + "-wal", ignored)) {
        return fail(Errc::conflict, path + " is a database in use, or was when its program died (" + path +
                                        "-wal is there): name another file");
    }
    std::string temporary = path + ".part-XXXXXX";
    const int file = ::mkstemp(temporary.data());  // mode 0600
    if (file < 0) return failed("make", temporary, errno);
    ::close(file);
    return BackupFile(std::move(path), std::move(temporary), replace);
}

BackupFile::~BackupFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<std::uintmax_t> BackupFile::finish() {
    std::error_code error;
    const auto size = std::filesystem::file_size(temporary_, error);
    if (error) return failed("read", temporary_, error.value());
    if (auto synced = sync(temporary_, O_RDWR); !synced) return fail(std::move(synced.error()));
    if (replace_ == Replace::yes) {
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failed("write", path_, errno);
        temporary_.clear();
    } else if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) {
        temporary_.clear();
    } else if (errno == EEXIST) {
        return is_there(path_);
    } else if (::link(temporary_.c_str(), path_.c_str()) != 0) {  // where there is no such rename, as on NFS
        const int reason = errno;
        if (reason == EEXIST) return is_there(path_);
        return failed("write", path_, reason);
    }
    if (!temporary_.empty()) ::unlink(std::exchange(temporary_, {}).c_str());
    if (auto synced = sync(directory_of(path_), O_RDONLY | O_DIRECTORY); !synced)
        return fail(std::move(synced.error()));
    return size;
}

}  // namespace causeway::store
