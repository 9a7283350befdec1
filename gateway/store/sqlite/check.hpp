#pragma once
/// @file gateway/store/sqlite/check.hpp
/// NAME       Checked: a store as it is, opened to be looked at.
/// INVARIANTS Writes nothing, changes nothing, may be used beside a daemon: everything it reads is of one moment.
/// TESTS      tests/e2e/test_backup.py
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store::sqlite {

class Checked {
public:
    /// @return storage: it is not there or cannot be read; bad_input: it is damaged, or no database at all
    [[nodiscard]] static Result<Checked> open(const std::string& path);

    /// What SQLite finds wrong with the file, and rows that belong to nothing. Empty: nothing.
    [[nodiscard]] std::vector<std::string> damage();
    [[nodiscard]] Result<std::int64_t> version();
    /// The newest this program knows.
    [[nodiscard]] static std::int64_t newest_version() noexcept;

    /// Shows of each message what must fit together.
    using Show =
        std::function<void(std::int64_t sequence, model::State state, std::string_view steps, bool has_text)>;
    [[nodiscard]] Result<> each_message(const Show& show);
    [[nodiscard]] Result<std::vector<SealedValue>> sealed();

private:
    explicit Checked(Database database) : database_(std::move(database)) {}

    Database database_;
};

}  // namespace causeway::store::sqlite
