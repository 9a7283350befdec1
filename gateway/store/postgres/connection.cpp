#include "gateway/store/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace causeway::store::postgres {

namespace {

constexpr int kBinary = 1;
constexpr std::int32_t kBigintOid = 20;

template <std::integral Number>
void put_number(char* at, Number number) noexcept {
    if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
    std::memcpy(at, &number, sizeof(number));
}

template <std::integral Number>
[[nodiscard]] std::int64_t get_number(const char* at) noexcept {
    Number number{};
    std::memcpy(&number, at, sizeof(number));
    if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
    return number;
}

/// The first line of what libpq or the server says; the lines after it may quote values.
[[nodiscard]] std::string first_line(const char* text) {
    const std::string_view all(text != nullptr ? text : "");
    return std::string(all.substr(0, all.find('\n')));
}

/// Nothing was kept, and the same may work later.
[[nodiscard]] Error storage(std::string detail) {
    auto error = make_error(Errc::storage, "postgres: " + std::move(detail));
    error.retry = Retry::later;
    return error;
}

[[nodiscard]] Error failure_of(const PGresult* result) {
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return storage(first_line(message != nullptr ? message : PQresultErrorMessage(result)) + " (" +
                   (state != nullptr ? state : "no SQLSTATE") + ")");
}

}  // namespace

// ------------------------------------------------------------------------------------------------ values
Value::Value(std::int64_t number) noexcept : size_(sizeof(number)) {
    put_number(small_.data(), number);
}

std::string number_array(std::span<const std::int64_t> numbers) {
    // Dimensions, has nulls, type; then for each dimension length and first index; then each value with its length.
    const bool empty = numbers.empty();
    std::string bytes(empty ? 12 : 20 + numbers.size() * 12, '\0');
    char* at = bytes.data();
    const auto put = [&at](auto number) {
        put_number(at, number);
        at += sizeof(number);
    };
    put(std::int32_t{empty ? 0 : 1});
    put(std::int32_t{0});
    put(kBigintOid);
    if (empty) return bytes;
    put(static_cast<std::int32_t>(numbers.size()));
    put(std::int32_t{1});
    for (const std::int64_t number : numbers) {
        put(std::int32_t{sizeof(number)});
        put(number);
    }
    return bytes;
}

// ------------------------------------------------------------------------------------------------ rows
void Rows::Clearer::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

int Rows::count() const noexcept {
    return PQntuples(result_.get());
}

std::int64_t Rows::affected() const noexcept {
    const std::string_view digits(PQcmdTuples(result_.get()));
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count;
}

std::string_view Rows::tag() const noexcept {
    return PQcmdStatus(result_.get());
}

std::string Rows::text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::number(int row, int column) const noexcept {
    const char* bytes = PQgetvalue(result_.get(), row, column);
    switch (PQgetlength(result_.get(), row, column)) {
        case 1:
            return *bytes;
        case 2:
            return get_number<std::int16_t>(bytes);
        case 4:
            return get_number<std::int32_t>(bytes);
        case 8:
            return get_number<std::int64_t>(bytes);
        default:
            return 0;  // NULL
    }
}

// ------------------------------------------------------------------------------------------------ connection
void Connection::Closer::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

Result<Connection> Connection::open(const ConnectionSettings& settings, const Clock& clock) {
    // Those before `dbname` are defaults that the URI may change; those after it are not up to it.
    constexpr std::array kKeys{"connect_timeout",  "tcp_user_timeout",
                               "keepalives_idle",  "keepalives_interval",
                               "keepalives_count", "target_session_attrs",
                               "dbname",           "application_name",
                               "client_encoding",  "password"};
    const bool secret = !settings.password.empty();
    const std::array<const char*, kKeys.size() + 1> values{
        "4",
        "10000",
        "10",
        "3",
        "3",
        "read-write",
        settings.uri.c_str(),
        settings.application.c_str(),
        "UTF8",
        secret ? settings.password.reveal().c_str() : nullptr,
        nullptr};
    std::array<const char*, kKeys.size() + 1> keys{};
    std::ranges::copy(kKeys, keys.begin());
    Connection connection(PQconnectdbParams(keys.data(), values.data(), 1), clock, settings.answer_within);
    if (PQstatus(connection.handle_.get()) != CONNECTION_OK) return connection.lose("connect");
    if (auto begun = connection.begin(settings); !begun) return fail(std::move(begun.error()));
    return connection;
}

Result<> Connection::begin(const ConnectionSettings& settings) {
    auto* handle = handle_.get();
    PQsetNoticeProcessor(handle, [](void*, const char*) {}, nullptr);
    if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) return lose("begin");
    // A session that waits in a transaction holds locks: the server ends it, should this process be stopped there.
    constexpr Statement kSettings{
        nullptr,
        "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
        " WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),"
        " set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),"
        " set_config('idle_in_transaction_session_timeout', $1, false),"
        " (current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean)"};
    const auto timeout = std::to_string(settings.answer_within.count() / 2) + "ms";
    auto set = ask(kSettings, timeout);
    if (!set) return fail(std::move(set.error()));
    durable_ = set->flag(0, 4);
    return {};
}

Result<> Connection::prepare(std::span<const Statement> statements) {
    for (const auto& statement : statements) {
        if (!lost_ && PQsendPrepare(handle_.get(), statement.name, statement.sql, 0, nullptr) != 1)
            return lose("prepare");
    }
    auto landing = land();
    if (!landing) return fail(std::move(landing.error()));
    if (landing->failure) return fail(std::move(*landing->failure));
    return {};
}

void Connection::send_values(const Statement& statement, std::span<const Value> values) {
    constexpr std::size_t kMost = 32;
    std::array<const char*, kMost> data{};
    std::array<int, kMost> sizes{};
    std::array<int, kMost> formats{};
    formats.fill(kBinary);
    for (std::size_t i = 0; i < values.size(); ++i) {
        data.at(i) = values[i].data();
        sizes.at(i) = static_cast<int>(values[i].size());
    }
    if (lost_) return;
    const int count = static_cast<int>(values.size());
    const int sent = statement.name != nullptr
                         ? PQsendQueryPrepared(handle_.get(), statement.name, count, data.data(),
                                               sizes.data(), formats.data(), kBinary)
                         : PQsendQueryParams(handle_.get(), statement.sql, count, nullptr, data.data(),
                                             sizes.data(), formats.data(), kBinary);
    if (sent != 1) static_cast<void>(lose("send"));
}

Result<Landing> Connection::land() {
    if (lost_) return fail(storage("the connection is lost"));
    const auto deadline = clock_->steady() + answer_within_;
    auto* handle = handle_.get();
    if (PQpipelineSync(handle) != 1 || !flush(deadline)) return lose("send");
    Landing landing;
    for (bool between = false;;) {
        while (PQisBusy(handle) != 0) {
            if (!wait(POLLIN, deadline) || PQconsumeInput(handle) != 1) return lose("answer");
        }
        auto* result = PQgetResult(handle);
        if (result == nullptr) {  // the end of one statement's results; two of them: there is no more
            if (std::exchange(between, true) || PQstatus(handle) != CONNECTION_OK) return lose("answer");
            continue;
        }
        between = false;
        Rows rows(result);
        switch (PQresultStatus(result)) {
            case PGRES_PIPELINE_SYNC:
                return landing;
            case PGRES_PIPELINE_ABORTED:
                break;
            case PGRES_COMMAND_OK:
            case PGRES_TUPLES_OK:
                landing.rows.push_back(std::move(rows));
                break;
            default:
                if (!landing.failure) landing.failure = failure_of(result);
                if (PQstatus(handle) != CONNECTION_OK) return lose("answer");
        }
    }
}

Result<Rows> Connection::only(Result<Landing> landing) {
    if (!landing) return fail(std::move(landing.error()));
    if (landing->failure) return fail(std::move(*landing->failure));
    return std::move(landing->rows.front());
}

Result<> Connection::run_script(const char* sql) {
    if (lost_) return fail(storage("the connection is lost"));
    auto* handle = handle_.get();
    if (PQexitPipelineMode(handle) != 1 || PQsetnonblocking(handle, 0) != 0) return lose("script");
    const Rows rows(PQexec(handle, sql));
    Result<> done;
    if (const auto* result = rows.raw();
        PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        done = fail(failure_of(result));
    }
    if (PQstatus(handle) != CONNECTION_OK || PQsetnonblocking(handle, 1) != 0 ||
        PQenterPipelineMode(handle) != 1) {
        return lose("script");
    }
    return done;
}

bool Connection::flush(SteadyTime deadline) {
    for (;;) {
        const int left = PQflush(handle_.get());
        if (left <= 0) return left == 0;
        // The server may be waiting for us to read before it reads on.
        if (!wait(POLLIN | POLLOUT, deadline) || PQconsumeInput(handle_.get()) != 1) return false;
    }
}

/// @return false if nothing came before the deadline
bool Connection::wait(short events, SteadyTime deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<Millis>(deadline - clock_->steady()).count();
        if (left <= 0) return false;
        pollfd entry{PQsocket(handle_.get()), events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

std::unexpected<Error> Connection::lose(std::string_view doing) {
    lost_ = true;
    auto why = first_line(PQerrorMessage(handle_.get()));
    if (why.empty()) why = "no answer in time";
    return fail(storage(std::string(doing) + ": " + why));
}

}  // namespace causeway::store::postgres
