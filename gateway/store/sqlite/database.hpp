#pragma once
/// @file gateway/store/sqlite/database.hpp
/// NAME       Database, Statement, Transaction, Savepoint: SQLite's C API with owners and types.
/// WHY        Every handle closes itself, every return code becomes a Result, every statement is prepared
///            once.
/// INVARIANTS Used by one thread at a time. Values only ever travel as bound parameters, never inside SQL
///            text.
/// TESTS      tests/unit/store/sqlite_database_test.cpp
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace causeway::store::sqlite {

/// One use of a prepared statement: bind, then step. Going out of scope makes it ready for its next use.
class Statement {
public:
    explicit Statement(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    Statement& operator=(Statement&&) = delete;

    /// Binds the next parameter, from the first on. The bytes must live until the last step.
    Statement& bind(std::string_view text) noexcept;
    Statement& bind(std::int64_t number) noexcept;
    Statement& bind(bool flag) noexcept { return bind(std::int64_t{flag ? 1 : 0}); }
    Statement& bind(const char* text) noexcept { return bind(std::string_view(text)); }
    Statement& bind_bytes(std::string_view bytes) noexcept;
    /// Nothing becomes NULL.
    template <class T>
    Statement& bind(const std::optional<T>& value) noexcept {
        return value ? bind(*value) : bind_null();
    }
    Statement& bind_null() noexcept;

    /// @return true if there is a row to read
    [[nodiscard]] Result<bool> step();
    /// For statements that give no rows.
    [[nodiscard]] Result<> run();

    /// Values of the present row, by column from 0.
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const noexcept;

private:
    sqlite3_stmt* statement_;
    int next_parameter_ = 1;
    int bind_error_ = 0;
};

class Database {
public:
    /// Makes the file, or makes it ours alone (mode 0600), before SQLite sees it; -wal and -shm take over its mode.
    /// Not while this process has the file open: closing it once would end SQLite's locks.
    [[nodiscard]] static Result<> secure_file(const std::string& path);
    /// Opens a file that is there, with WAL, synchronous=FULL and foreign keys on.
    [[nodiscard]] static Result<Database> open(const std::string& path);

    /// Opens a file that is there as it is. Changes nothing, not even what a crash left in its log.
    [[nodiscard]] static Result<Database> open_to_read(const std::string& path);

    /// Runs one or more statements that take no parameters and give no rows.
    [[nodiscard]] Result<> execute(const char* sql);
    /// The statement for `sql`, prepared at its first use and kept.
    [[nodiscard]] Result<Statement> statement(std::string_view sql);

    /// Brings all of the log into the file proper, synced, and empties the log unless somebody reads it.
    [[nodiscard]] Result<> checkpoint();

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    [[nodiscard]] std::int64_t changes() const noexcept;
    /// False once SQLite has rolled the transaction back on its own account (disk full, I/O error).
    [[nodiscard]] bool in_transaction() const noexcept;
    /// Whether the last failure was that of an fsync.
    [[nodiscard]] bool failed_to_sync() const noexcept;
    /// Whether the last failure was that of a file that is no database, or not a whole one.
    [[nodiscard]] bool found_damage() const noexcept;

private:
    struct Closer {
        void operator()(sqlite3* handle) const noexcept;
    };
    struct Finalizer {
        void operator()(sqlite3_stmt* handle) const noexcept;
    };

    explicit Database(sqlite3* handle) : handle_(handle) {}
    [[nodiscard]] Result<> configure();

    // Statements are declared after the handle, and so finalised before it is closed.
    std::unique_ptr<sqlite3, Closer> handle_;
    std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalizer>, std::less<>> statements_;
};

/// BEGIN IMMEDIATE … COMMIT. Rolls back unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Transaction& operator=(Transaction&&) = delete;

    [[nodiscard]] Result<> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

/// Runs `work` so that it happens whole or not at all inside the surrounding transaction.
[[nodiscard]] Result<> in_savepoint(Database& database, const std::function<Result<>()>& work);

}  // namespace causeway::store::sqlite
