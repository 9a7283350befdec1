#pragma once
/// @file gateway/store/checked.hpp
/// NAME       Checked: a store as it is at one moment, opened to be looked at (`causeway fsck`).
/// INVARIANTS Writes nothing, changes nothing, may be used beside a daemon: everything it reads is of one moment.
/// TESTS      tests/e2e/test_backup.py, tests/unit/store/backup_test.cpp
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/store/store.hpp"

namespace causeway::store {

class Checked {
public:
    virtual ~Checked() = default;
    /// What the database itself finds wrong. Empty: nothing.
    [[nodiscard]] virtual std::vector<std::string> damage() = 0;
    [[nodiscard]] virtual Result<std::int64_t> version() = 0;
    /// The newest this program knows.
    [[nodiscard]] virtual std::int64_t newest_version() const noexcept = 0;

    /// What of a message must fit together.
    using Show =
        std::function<void(std::int64_t sequence, model::State state, std::string_view steps, bool has_text)>;
    /// Shows them all, in order of their sequence.
    [[nodiscard]] virtual Result<> each_message(const Show& show) = 0;
    [[nodiscard]] virtual Result<std::vector<SealedValue>> sealed() = 0;
};

}  // namespace causeway::store
