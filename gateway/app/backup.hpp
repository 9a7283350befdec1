#pragma once
/// @file gateway/app/backup.hpp
/// NAME       backup: `causeway backup FILE`: a copy of the store as it is at one moment, while the daemon runs.
/// WHY        Copying the files of a database that is written to gives something that may not open.
/// TESTS      tests/e2e/test_backup.py
#include <ostream>
#include <string>

#include "config/config.hpp"
#include "gateway/store/backup_file.hpp"

namespace causeway::app {

struct BackupOptions {
    const config::Config& config;
    std::string file;
    store::Replace replace = store::Replace::no;
};

/// @return 0: the copy is there, whole and synced; 1: there is none
[[nodiscard]] int backup(const BackupOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace causeway::app
