#pragma once
/// @file gateway/store/postgres/connection.hpp
/// NAME       Connection, Value, Rows: libpq in pipeline mode, with owners and types.
/// WHY        All statements of a group travel together and are answered together: one round trip, however many.
/// INVARIANTS Used by one thread at a time. Values only ever travel as parameters, never inside SQL text. No answer is
///            waited for longer than its deadline: a connection that does not answer counts as lost.
/// TRUST      What the server says of an error is kept without its DETAIL, which may quote values.
/// TESTS      tests/unit/store/postgres/
#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/time.hpp"

struct pg_conn;
struct pg_result;

namespace causeway::store::postgres {

struct ConnectionSettings {
    std::string uri;          ///< postgresql://user@host/database?sslmode=verify-full; holds no password
    Secret<> password;        ///< "" = none, or as ~/.pgpass and the server have it
    std::string application;  ///< how the server calls our sessions, at most 63 bytes
    Millis answer_within{20'000};
};

/// A statement of ours. Without a name it is not prepared.
struct Statement {
    const char* name;
    const char* sql;
};

/// A parameter in the binary format. Texts and bytes must live until they are sent.
class Value {
public:
    Value(std::string_view text) noexcept
        : data_(text.data() != nullptr ? text.data() : ""), size_(text.size()) {}
    Value(const std::string& text) noexcept : Value(std::string_view(text)) {}
    Value(const char* text) noexcept : Value(std::string_view(text)) {}
    Value(std::int64_t number) noexcept;
    template <std::same_as<bool> Flag>
    Value(Flag flag) noexcept : size_(1) {
        small_[0] = flag ? 1 : 0;
    }
    template <class T>
    Value(const std::optional<T>& value) noexcept : Value(value ? Value(*value) : null()) {}

    /// Null for SQL's NULL.
    [[nodiscard]] const char* data() const noexcept {
        return data_ != nullptr || null_ ? data_ : small_.data();
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    Value() = default;
    [[nodiscard]] static Value null() noexcept {
        Value value;
        value.null_ = true;
        return value;
    }

    const char* data_ = nullptr;
    std::size_t size_ = 0;
    std::array<char, 8> small_{};
    bool null_ = false;
};

/// Numbers as one parameter of type bigint[].
[[nodiscard]] std::string number_array(std::span<const std::int64_t> numbers);

/// What a statement gave. Rows and columns from 0.
class Rows {
public:
    explicit Rows(pg_result* result) : result_(result) {}
    [[nodiscard]] int count() const noexcept;
    /// Rows that were inserted, updated or deleted.
    [[nodiscard]] std::int64_t affected() const noexcept;
    /// "COMMIT", "ROLLBACK", "UPDATE 1".
    [[nodiscard]] std::string_view tag() const noexcept;
    [[nodiscard]] std::string text(int row, int column) const;
    [[nodiscard]] std::int64_t number(int row, int column) const noexcept;
    [[nodiscard]] bool flag(int row, int column) const noexcept { return number(row, column) != 0; }
    [[nodiscard]] const pg_result* raw() const noexcept { return result_.get(); }

private:
    struct Clearer {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Clearer> result_;
};

/// What became of the statements that travelled together.
struct Landing {
    std::vector<Rows> rows;        ///< of those that succeeded, in order
    std::optional<Error> failure;  ///< of the one after them; the others were not run
};

class Connection {
public:
    /// Blocks. @return storage: why it could not be made
    [[nodiscard]] static Result<Connection> open(const ConnectionSettings& settings, const Clock& clock);

    /// Prepares statements for this connection, all at once.
    [[nodiscard]] Result<> prepare(std::span<const Statement> statements);
    /// Puts one statement beside those that wait for land().
    template <class... Values>
    void send(const Statement& statement, const Values&... values) {
        const std::array<Value, sizeof...(Values)> list{Value(values)...};
        send_values(statement, list);
    }
    /// Sends what waits and reads every answer. Outside of BEGIN … COMMIT, all of it is one transaction.
    /// @return storage if the connection was lost: what became of the statements is not known
    [[nodiscard]] Result<Landing> land();
    /// One statement by itself.
    template <class... Values>
    [[nodiscard]] Result<Rows> ask(const Statement& statement, const Values&... values) {
        send(statement, values...);
        return only(land());
    }
    /// Several statements in one text, without parameters: migrations.
    [[nodiscard]] Result<> run_script(const char* sql);

    [[nodiscard]] bool lost() const noexcept { return lost_; }
    /// False if the server may forget what it has confirmed (fsync or full_page_writes are off).
    [[nodiscard]] bool durable() const noexcept { return durable_; }

private:
    struct Closer {
        void operator()(pg_conn* connection) const noexcept;
    };
    Connection(pg_conn* handle, const Clock& clock, Millis answer_within)
        : handle_(handle), clock_(&clock), answer_within_(answer_within) {}

    [[nodiscard]] Result<> begin(const ConnectionSettings& settings);
    void send_values(const Statement& statement, std::span<const Value> values);
    [[nodiscard]] static Result<Rows> only(Result<Landing> landing);
    [[nodiscard]] bool flush(SteadyTime deadline);
    [[nodiscard]] bool wait(short events, SteadyTime deadline);
    [[nodiscard]] std::unexpected<Error> lose(std::string_view doing);

    std::unique_ptr<pg_conn, Closer> handle_;
    const Clock* clock_;
    Millis answer_within_;
    bool lost_ = false;
    bool durable_ = true;
};

}  // namespace causeway::store::postgres
