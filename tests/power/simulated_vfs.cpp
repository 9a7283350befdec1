#include "tests/power/simulated_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <new>

namespace causeway::power {

namespace {

/// As Unix does it: SQLite counts on no more than that a write touches nothing beside it.
constexpr int kSectorSize = 4096;
constexpr int kCharacteristics = SQLITE_IOCAP_POWERSAFE_OVERWRITE;

std::mutex mounted_mutex;
std::map<std::string, SimulatedDisk*>& mounted() {
    static std::map<std::string, SimulatedDisk*> disks;
    return disks;
}

/// The disk of a path, and its name there.
struct Place {
    SimulatedDisk* disk = nullptr;
    std::string name;
};
Place place_of(const char* path) {
    const std::filesystem::path whole(path);
    const std::scoped_lock lock(mounted_mutex);
    const auto found = mounted().find(whole.parent_path());
    return {found != mounted().end() ? found->second : nullptr, whole.filename()};
}

struct SimulatedFile {
    sqlite3_file base;  // first: SQLite knows no more of it
    SimulatedDisk* disk;
    std::size_t number;
};
SimulatedFile& of(sqlite3_file* file) {
    return *reinterpret_cast<SimulatedFile*>(file);
}
SimulatedDisk::File& content_of(sqlite3_file* file) {
    return of(file).disk->file(of(file).number);
}

int code_of(Fault fault, int io_error) {
    switch (fault) {
        case Fault::none:
            return SQLITE_OK;
        case Fault::io_error:
            return io_error;
        case Fault::full:
        case Fault::short_write:
            return SQLITE_FULL;
    }
    return SQLITE_INTERNAL;
}

int close_file(sqlite3_file* /*file*/) {
    return SQLITE_OK;
}
int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
    const auto& content = content_of(file).content;
    const auto at = std::min(static_cast<std::size_t>(offset), content.size());
    const auto wanted = static_cast<std::size_t>(amount);
    const auto there = std::min(content.size() - at, wanted);
    std::memcpy(to, content.data() + at, there);
    if (there == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
}
int write_file(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
    const std::string_view what(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
    return code_of(of(file).disk->write(of(file).number, static_cast<std::size_t>(offset), what),
                   SQLITE_IOERR_WRITE);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return code_of(of(file).disk->truncate(of(file).number, static_cast<std::size_t>(size)),
                   SQLITE_IOERR_TRUNCATE);
}
int sync_file(sqlite3_file* file, int /*flags*/) {
    of(file).disk->sync(of(file).number);
    return SQLITE_OK;
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(content_of(file).content.size());
    return SQLITE_OK;
}
int lock_file(sqlite3_file* /*file*/, int /*level*/) {
    return SQLITE_OK;
}
int is_reserved(sqlite3_file* /*file*/, int* answer) {
    *answer = 0;
    return SQLITE_OK;
}
int control_file(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file* /*file*/) {
    return kSectorSize;
}
int characteristics(sqlite3_file* /*file*/) {
    return kCharacteristics;
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
    auto& regions = content_of(file).shared;
    if (!regions.contains(region) && extend == 0) {
        *at = nullptr;
        return SQLITE_OK;
    }
    auto& memory = regions[region];
    if (memory == nullptr) memory = std::make_unique<std::vector<char>>(static_cast<std::size_t>(size));
    *at = memory->data();
    return SQLITE_OK;
}
int lock_shared(sqlite3_file* /*file*/, int /*offset*/, int /*count*/, int /*flags*/) {
    return SQLITE_OK;
}
void barrier_shared(sqlite3_file* /*file*/) {}
/// The connection is the only one, so what it closes is gone.
int unmap_shared(sqlite3_file* file, int /*removed*/) {
    content_of(file).shared.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods table = [] {
        sqlite3_io_methods made{};
        made.iVersion = 2;
        made.xClose = close_file;
        made.xRead = read_file;
        made.xWrite = write_file;
        made.xTruncate = truncate_file;
        made.xSync = sync_file;
        made.xFileSize = size_of_file;
        made.xLock = lock_file;
        made.xUnlock = lock_file;
        made.xCheckReservedLock = is_reserved;
        made.xFileControl = control_file;
        made.xSectorSize = sector_size;
        made.xDeviceCharacteristics = characteristics;
        made.xShmMap = map_shared;
        made.xShmLock = lock_shared;
        made.xShmBarrier = barrier_shared;
        made.xShmUnmap = unmap_shared;
        return made;
    }();
    return table;
}

sqlite3_vfs* real_of(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    const auto place = name != nullptr ? place_of(name) : Place{};
    if (place.disk == nullptr) return real_of(vfs)->xOpen(real_of(vfs), name, file, flags, given);
    auto number = place.disk->find(place.name);
    if (!number) {
        // The database itself is made by the store, before SQLite sees it: with its name on the disk.
        const bool main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
        if (!main && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
        number = place.disk->create(place.name);
        if (main) place.disk->sync(*number);
    }
    auto* simulated = new (file) SimulatedFile{};
    simulated->base.pMethods = &methods();
    simulated->disk = place.disk;
    simulated->number = *number;
    if (given != nullptr) *given = flags;
    return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    const auto place = place_of(name);
    if (place.disk == nullptr) return real_of(vfs)->xDelete(real_of(vfs), name, sync_directory);
    if (!place.disk->find(place.name)) return SQLITE_IOERR_DELETE_NOENT;
    place.disk->remove(place.name, sync_directory != 0);
    return SQLITE_OK;
}
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* answer) {
    const auto place = place_of(name);
    if (place.disk == nullptr) return real_of(vfs)->xAccess(real_of(vfs), name, flags, answer);
    const auto number = place.disk->find(place.name);
    // As Unix does it: an empty file is as good as none.
    *answer = number && (flags != SQLITE_ACCESS_EXISTS || !place.disk->file(*number).content.empty()) ? 1 : 0;
    return SQLITE_OK;
}

}  // namespace

SimulatedVfs::SimulatedVfs() : vfs_(std::make_unique<sqlite3_vfs>()), real_(sqlite3_vfs_find(nullptr)) {
    *vfs_ = *real_;
    vfs_->zName = "simulated";
    vfs_->pAppData = real_;
    vfs_->szOsFile = std::max(real_->szOsFile, static_cast<int>(sizeof(SimulatedFile)));
    vfs_->xOpen = open_file;
    vfs_->xDelete = delete_file;
    vfs_->xAccess = access_file;
    sqlite3_vfs_register(vfs_.get(), 1);
}

SimulatedVfs::~SimulatedVfs() {
    sqlite3_vfs_unregister(vfs_.get());
    sqlite3_vfs_register(real_, 1);
    const std::scoped_lock lock(mounted_mutex);
    mounted().clear();
}

void SimulatedVfs::mount(const std::string& directory, SimulatedDisk& disk) {
    const std::scoped_lock lock(mounted_mutex);
    mounted()[directory] = &disk;
}

}  // namespace causeway::power
