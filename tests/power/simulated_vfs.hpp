#pragma once
/// @file tests/power/simulated_vfs.hpp
/// NAME       SimulatedVfs: SQLite on simulated disks, below the store's own code.
/// WHY        The store opens its file as always; this is SQLite's default file system as long as it is there.
/// INVARIANTS A disk serves the files of one directory. One connection at a time uses a disk, so locks are always had.
/// THREADS    Several may use a disk of their own each.
#include <memory>
#include <string>

#include "tests/power/simulated_disk.hpp"

struct sqlite3_vfs;

namespace causeway::power {

class SimulatedVfs {
public:
    SimulatedVfs();
    ~SimulatedVfs();
    SimulatedVfs(const SimulatedVfs&) = delete;
    SimulatedVfs& operator=(const SimulatedVfs&) = delete;

    /// From now on the files of `directory` are those of `disk`, which outlives its use.
    void mount(const std::string& directory, SimulatedDisk& disk);

private:
    std::unique_ptr<sqlite3_vfs> vfs_;
    sqlite3_vfs* real_;
};

}  // namespace causeway::power
