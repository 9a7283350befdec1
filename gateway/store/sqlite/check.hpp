#pragma once
/// @file gateway/store/sqlite/check.hpp
/// NAME       open_to_check: a SQLite store, or a copy of one, to be looked at.
/// TESTS      tests/e2e/test_backup.py, tests/unit/store/backup_test.cpp
#include <memory>
#include <string>

#include "gateway/store/checked.hpp"

namespace causeway::store::sqlite {

/// @return storage: it is not there or cannot be read; bad_input: it is damaged, or no database at all
[[nodiscard]] Result<std::unique_ptr<Checked>> open_to_check(const std::string& path);

}  // namespace causeway::store::sqlite
