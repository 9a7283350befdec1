#include "gateway/store/sqlite/backup.hpp"

#include <sqlite3.h>

#include <memory>

namespace causeway::store::sqlite {

namespace {

constexpr int kBusyTimeoutMs = 10'000;

struct Closer {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, Closer>;

[[nodiscard]] std::unexpected<Error> failed(std::string_view doing, sqlite3* handle, int code) {
    std::string detail(doing);
    detail += std::string(": ") + sqlite3_errstr(code);
    if (handle != nullptr) detail += std::string(" (") + sqlite3_errmsg(handle) + ")";
    return fail(Errc::storage, std::move(detail));
}

[[nodiscard]] Result<Handle> open(const std::string& path) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Handle handle(raw);
    if (code != SQLITE_OK) return failed("open " + path, raw, code);
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    // The log is the daemon's to bring in: a copy leaves everything as it is.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return handle;
}

/// One step: of a copy in several, SQLite begins anew whenever somebody has written in between.
[[nodiscard]] Result<> copy(sqlite3* from, sqlite3* to) {
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == nullptr) return failed("copy", to, sqlite3_errcode(to));
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) return failed("copy", nullptr, stepped);
    if (finished != SQLITE_OK) return failed("copy", to, finished);
    return {};
}

[[nodiscard]] Result<> expect_word(sqlite3* handle, const char* sql, std::string_view word) {
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(raw);
    const auto* text =
        code == SQLITE_ROW ? reinterpret_cast<const char*>(sqlite3_column_text(raw, 0)) : nullptr;
    const std::string found = text != nullptr ? text : "";
    sqlite3_finalize(raw);
    if (code != SQLITE_ROW) return failed("check the copy", handle, code);
    if (found == word) return {};
    return fail(Errc::storage, "the store is damaged, and so would its copy be (" + found +
                                   "): `causeway fsck` tells how much");
}

}  // namespace

Result<> copy_database(const std::string& from, const std::string& to) {
    auto source = open(from);
    if (!source) return fail(std::move(source.error()));
    auto target = open(to);
    if (!target) return fail(std::move(target.error()));
    if (auto copied = copy(source->get(), target->get()); !copied) return copied;
    // A copy is one file, without a log beside it.
    if (auto plain = expect_word(target->get(), "PRAGMA journal_mode = DELETE", "delete"); !plain)
        return plain;
    return expect_word(target->get(), "PRAGMA integrity_check(1)", "ok");
}

}  // namespace causeway::store::sqlite
