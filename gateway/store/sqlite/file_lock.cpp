#include "gateway/store/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace causeway::store::sqlite {

Result<FileLock> FileLock::take(const std::string& path) {
    FileLock lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (lock.file_ < 0)
        return fail(Errc::storage, "cannot open the store " + path + ": " + std::strerror(errno));
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) {
        return fail(Errc::conflict, "another Causeway serves from the store " + path +
                                        ": stop that one first, or give this one a store.path of its own");
    }
    return fail(Errc::storage, "cannot lock the store " + path + ": " + std::strerror(errno));
}

FileLock::~FileLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace causeway::store::sqlite
