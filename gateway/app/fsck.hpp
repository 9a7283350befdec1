#pragma once
/// @file gateway/app/fsck.hpp
/// NAME       fsck: `causeway fsck`: is the store whole, does this program understand it, and does the vault's key fit?
/// INVARIANTS Only looks. Shows numbers of messages, never what is in them.
/// TESTS      tests/e2e/test_backup.py
#include <ostream>
#include <string>

#include "config/config.hpp"

namespace causeway::app {

struct FsckOptions {
    const config::Config& config;
    std::string file;  ///< a backup instead of the store; "" = the store
};

/// Prints what it found, and the verdict.
/// @return 0: all is well; kDamaged: something is not; 1: it could not be looked at
[[nodiscard]] int fsck(const FsckOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace causeway::app
