#include "gateway/store/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "gateway/base/assert.hpp"

namespace causeway::store::sqlite {

namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr int kBusyTimeoutMs = 2'000;
/// As many of the log make a checkpoint.
constexpr int kCheckpointPages = 1'000;

[[nodiscard]] bool is_damage(int code) noexcept {
    return (code & 0xff) == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

[[nodiscard]] std::unexpected<Error> sqlite_failure(sqlite3* handle, int code, std::string_view doing) {
    // The message names tables and constraints, never the values.
    std::string detail = "sqlite: " + std::string(doing) + ": " + sqlite3_errstr(code);
    if (handle != nullptr) detail += std::string(" (") + sqlite3_errmsg(handle) + ")";
    if (is_damage(code)) {
        const char* path = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
        detail +=
            std::string("; the store ") + (path != nullptr ? path : "") +
            " is damaged: `causeway fsck` tells how much, a copy that `causeway backup` made takes its place";
    }
    return fail(Errc::storage, std::move(detail));
}

[[nodiscard]] bool is_failed_sync(int code) noexcept {
    return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

/// A new file's name is as durable as its directory.
[[nodiscard]] Result<> sync_directory(const std::string& path) {
    const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = directory >= 0 && ::fsync(directory) == 0;
    const int reason = errno;
    if (directory >= 0) ::close(directory);
    if (synced) return {};
    return fail(Errc::storage, "cannot sync the store's directory " + path + ": " + std::strerror(reason));
}

/// SQLite calls it after each commit. Its own checkpoints would keep a failed fsync to themselves; that code makes
/// the commit fail. Whatever else went wrong is no matter of the commit: the log just stays longer.
int checkpoint_when_due(void* /*none*/, sqlite3* handle, const char* schema, int pages) {
    if (pages < kCheckpointPages) return SQLITE_OK;
    const int code = sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return is_failed_sync(code) ? code : SQLITE_OK;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ Statement
Statement::~Statement() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      next_parameter_(other.next_parameter_),
      bind_error_(other.bind_error_) {}

Statement& Statement::bind(std::string_view text) noexcept {
    // SQLite takes a null pointer for NULL; an empty string is a value.
    const char* data = text.data() != nullptr ? text.data() : "";
    const int code =
        sqlite3_bind_text64(statement_, next_parameter_++, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) bind_error_ = code;
    return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) noexcept {
    const char* data = bytes.data() != nullptr ? bytes.data() : "";
    const int code = sqlite3_bind_blob64(statement_, next_parameter_++, data, bytes.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) bind_error_ = code;
    return *this;
}

Statement& Statement::bind(std::int64_t number) noexcept {
    const int code = sqlite3_bind_int64(statement_, next_parameter_++, number);
    if (code != SQLITE_OK) bind_error_ = code;
    return *this;
}

Statement& Statement::bind_null() noexcept {
    const int code = sqlite3_bind_null(statement_, next_parameter_++);
    if (code != SQLITE_OK) bind_error_ = code;
    return *this;
}

Result<bool> Statement::step() {
    sqlite3* handle = sqlite3_db_handle(statement_);
    if (bind_error_ != 0) return sqlite_failure(nullptr, bind_error_, "bind");
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_failure(handle, code, "step");
}

Result<> Statement::run() {
    if (auto row = step(); !row) return fail(std::move(row.error()));
    return {};
}

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes != nullptr ? std::string(bytes, size) : std::string{};
}

std::int64_t Statement::number(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

// ------------------------------------------------------------------------------------------------ Database
void Database::Closer::operator()(sqlite3* handle) const noexcept {
    sqlite3_close(handle);
}
void Database::Finalizer::operator()(sqlite3_stmt* handle) const noexcept {
    sqlite3_finalize(handle);
}

Result<> Database::secure_file(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (!directory.empty() && !std::filesystem::is_directory(directory, ignored)) {
        return fail(Errc::storage, "the store's directory does not exist: " + directory.string());
    }
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
    if (file < 0) return fail(Errc::storage, "cannot open the store " + path + ": " + std::strerror(errno));
    const int changed = ::fchmod(file, kOwnerOnly);
    const int reason = errno;
    ::close(file);
    if (changed != 0) {
        return fail(Errc::storage,
                    "cannot set mode 0600 on the store " + path + ": " + std::strerror(reason));
    }
    return sync_directory(directory.empty() ? "." : directory.string());
}

Result<Database> Database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);  // SQLite gives a handle even when it fails, and it must be closed
    if (code != SQLITE_OK) return sqlite_failure(handle, code, "open " + path);
    if (auto configured = database.configure(); !configured) return fail(std::move(configured.error()));
    return database;
}

Result<Database> Database::open_to_read(const std::string& path) {
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (code != SQLITE_OK) return sqlite_failure(handle, code, "open " + path);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (auto configured = database.execute("PRAGMA trusted_schema = OFF"); !configured)
        return fail(std::move(configured.error()));
    return database;
}

Result<> Database::configure() {
    sqlite3_extended_result_codes(handle_.get(), 1);
    sqlite3_busy_timeout(handle_.get(), kBusyTimeoutMs);
    sqlite3_wal_hook(handle_.get(), checkpoint_when_due, nullptr);
    return execute(
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF;");
}

Result<> Database::execute(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_failure(handle_.get(), code, "execute");
    return {};
}

Result<> Database::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY) return sqlite_failure(handle_.get(), code, "checkpoint");
    return {};
}

Result<Statement> Database::statement(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end())
        return Statement(known->second.get());
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) return sqlite_failure(handle_.get(), code, "prepare");
    statements_.emplace(std::string(sql), handle);
    return Statement(handle);
}

std::int64_t Database::changes() const noexcept {
    return sqlite3_changes64(handle_.get());
}
bool Database::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}
bool Database::failed_to_sync() const noexcept {
    return is_failed_sync(sqlite3_extended_errcode(handle_.get()));
}
bool Database::found_damage() const noexcept {
    return is_damage(sqlite3_extended_errcode(handle_.get()));
}

// ------------------------------------------------------------------------------------------------ transactions
namespace {

/// These run for every batch: prepared once, unlike with execute().
[[nodiscard]] Result<> control(Database& database, std::string_view sql) {
    auto statement = database.statement(sql);
    if (!statement) return fail(std::move(statement.error()));
    return statement->run();
}

}  // namespace

Result<Transaction> Transaction::begin(Database& database) {
    if (auto begun = control(database, "BEGIN IMMEDIATE"); !begun) return fail(std::move(begun.error()));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ == nullptr || !database_->in_transaction()) return;
    // If even this fails, SQLite has rolled back already or will at close.
    static_cast<void>(control(*database_, "ROLLBACK"));
}

Result<> Transaction::commit() {
    auto committed = control(*database_, "COMMIT");
    if (committed) database_ = nullptr;
    return committed;
}

Result<> in_savepoint(Database& database, const std::function<Result<>()>& work) {
    CAUSEWAY_ASSERT(database.in_transaction());
    if (auto opened = control(database, "SAVEPOINT batch"); !opened) return opened;
    auto done = work();
    if (done) return control(database, "RELEASE batch");
    if (database.in_transaction()) {
        if (auto undone = control(database, "ROLLBACK TO batch"); !undone) return undone;
        if (auto released = control(database, "RELEASE batch"); !released) return released;
    }
    return done;
}

}  // namespace causeway::store::sqlite
