#pragma once
/// @file gateway/store/sqlite/backup.hpp
/// NAME       copy_database: a copy of a store as it is at one moment, while others write to it.
/// TESTS      tests/unit/store/backup_test.cpp
#include <string>

#include "gateway/base/result.hpp"

namespace causeway::store::sqlite {

/// Into `to`, which is an empty file. Checks that what was written is a whole database.
/// @return storage: why there is no copy
[[nodiscard]] Result<> copy_database(const std::string& from, const std::string& to);

}  // namespace causeway::store::sqlite
