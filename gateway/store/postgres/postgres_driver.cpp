#include "gateway/store/postgres/postgres_driver.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>
#include <utility>

#include "gateway/store/postgres/message_rows.hpp"
#include "gateway/store/postgres/migrations.hpp"

namespace causeway::store::postgres {

namespace {

constexpr log::Message kConnected{"CAUSEWAY_STORE_CONNECTED", log::Level::info, "connected to the database"};
constexpr log::Message kConnectionLost{"CAUSEWAY_STORE_CONNECTION_LOST", log::Level::error,
                                       "no connection to the database; nothing can be kept until there is"};
constexpr log::Message kNotDurable{
    "CAUSEWAY_STORE_NOT_DURABLE", log::Level::warning,
    "the database may forget what it has confirmed: fsync or full_page_writes is off"};
constexpr log::Message kCommitUnknown{
    "CAUSEWAY_STORE_COMMIT_UNKNOWN", log::Level::warning,
    "the answer to a commit was lost; the database is asked what became of it"};
constexpr log::Message kCommitFoundOut{"CAUSEWAY_STORE_COMMIT_FOUND_OUT", log::Level::info,
                                       "what became of a commit is known"};
constexpr log::Message kGaveUp{"CAUSEWAY_STORE_COMMIT_UNKNOWABLE", log::Level::error,
                               "what became of a commit cannot be found out; ending at once"};

constexpr Millis kFirstWait{100};
constexpr Millis kLongestWait{2'000};
constexpr Millis kFindOutWithin{60'000};
constexpr Millis kFindOutEvery{200};

constexpr Statement kBegin{"begin", "BEGIN"};
constexpr Statement kCommit{"commit", "COMMIT"};
constexpr Statement kRollback{"rollback", "ROLLBACK"};
// A take-over waits until this transaction has ended; when it has come first, there is no such row.
constexpr Statement kCheckLease{
    "check_lease", "SELECT 1 FROM leases WHERE component = $1 AND holder = $2 AND fence = $3 FOR KEY SHARE"};
constexpr Statement kMark{"mark", "UPDATE writers SET last_commit = $2, last_used = now() WHERE writer = $1"};

// Each used once a connection, or less.
constexpr Statement kNewWriter{
    nullptr, "INSERT INTO writers (writer, last_commit) VALUES ($1, 0) ON CONFLICT DO NOTHING"};
constexpr Statement kForgetWriters{nullptr,
                                   "DELETE FROM writers WHERE last_used < now() - interval '30 days'"};
constexpr Statement kForgetWriter{nullptr, "DELETE FROM writers WHERE writer = $1"};
constexpr Statement kReadMark{nullptr, "SELECT last_commit FROM writers WHERE writer = $1 FOR UPDATE"};

constexpr std::array kStatements{kBegin, kCommit, kRollback, kCheckLease, kMark};

}  // namespace

std::string store_application(const std::string& holder) {
    return "causeway " + holder;
}

PostgresDriver::PostgresDriver(PostgresSettings settings, Lease* lease, Context context)
    : lease_(lease), context_(context), writer_(context.random.token()) {
    settings_.uri = std::move(settings.uri);
    settings_.password = std::move(settings.password);
    settings_.application = store_application(lease != nullptr ? lease->holder() : writer_);
}

PostgresDriver::~PostgresDriver() {
    if (connection_ && !connection_->lost()) static_cast<void>(connection_->ask(kForgetWriter, writer_));
}

// ------------------------------------------------------------------------------------------------ connection
Result<Connection*> PostgresDriver::connected() {
    if (connection_) return &*connection_;
    const auto now = context_.clock.steady();
    if (now >= next_try_) return connect();
    auto error = make_error(Errc::storage, "postgres: not connected");
    error.retry = Retry::later;
    error.retry_after = std::chrono::ceil<Millis>(next_try_ - now);
    return fail(std::move(error));
}

Result<Connection*> PostgresDriver::connect() {
    auto made = Connection::open(settings_, context_.clock);
    auto ready = made ? make_ready(*made) : Result<>(fail(made.error()));
    if (!ready) {
        wait_ = std::clamp(wait_ * 2, kFirstWait, kLongestWait);
        next_try_ = context_.clock.steady() + wait_;
        dropped(ready.error());
        return fail(std::move(ready.error()));
    }
    wait_ = Millis{0};
    away_ = false;
    context_.log.event(kConnected);
    if (!made->durable()) context_.log.event(kNotDurable);
    connection_.emplace(std::move(*made));
    return &*connection_;
}

Result<> PostgresDriver::make_ready(Connection& connection) {
    if (!migrated_) {
        if (auto made = make_leases(connection); !made) return made;
        if (auto migrated = migrate(connection); !migrated) return migrated;
        if (auto tidied = connection.ask(kForgetWriters); !tidied) return fail(std::move(tidied.error()));
        migrated_ = true;
    }
    for (const auto statements :
         {std::span<const Statement>(kStatements), row_statements(), message_statements()}) {
        if (auto done = connection.prepare(statements); !done) return done;
    }
    if (auto known = connection.ask(kNewWriter, writer_); !known) return fail(std::move(known.error()));
    return {};
}

void PostgresDriver::dropped(const Error& why) {
    connection_.reset();
    if (!std::exchange(away_, true)) context_.log.event(kConnectionLost, {{"reason", why.detail}});
}

template <class T, class Work>
Result<T> PostgresDriver::on_connection(const Work& work) {
    for (bool again = connection_.has_value();; again = false) {
        const auto connection = connected();
        if (!connection) return fail(connection.error());
        auto done = work(**connection);
        if (done || !connection_ || !connection_->lost()) return done;
        // It may have died long ago, when nobody looked. Nothing was kept, or nothing was to be: a new one may do.
        if (!again) {
            dropped(done.error());
            return done;
        }
        connection_.reset();
    }
}

// ------------------------------------------------------------------------------------------------ commits
std::vector<Result<>> PostgresDriver::commit(std::span<const Batch* const> offered) {
    std::vector<Result<>> results;
    std::size_t most = offered.size();
    while (results.size() < offered.size()) {
        const auto left = offered.subspan(results.size());
        const auto part = left.first(std::min(most, left.size()));
        auto verdict =
            on_connection<Verdict>([&](Connection& connection) { return transact(connection, part); });
        if (!verdict) {
            results.resize(offered.size(), Result<>(fail(verdict.error())));
        } else if (!verdict->refused) {
            results.resize(results.size() + part.size());
            most = part.size() * 2;
        } else if (verdict->refused == 0U) {
            results.emplace_back(fail(std::move(verdict->why)));
        } else {
            most = *verdict->refused;  // first those before it: then it is judged by what they leave
        }
    }
    return results;
}

Result<PostgresDriver::Verdict> PostgresDriver::transact(Connection& connection,
                                                         std::span<const Batch* const> batches) {
    const auto leases = lease_ != nullptr ? lease_->held() : std::vector<HeldLease>{};
    if (lease_ != nullptr && leases.empty()) return fail(Errc::conflict, "the lease is not held");
    connection.send(kBegin);
    for (const auto& lease : leases)
        connection.send(kCheckLease, lease.component, lease_->holder(), lease.fence);
    connection.send(kMark, writer_, ++last_mark_);
    std::vector<Sent> sent;
    for (std::size_t i = 0; i < batches.size(); ++i) send_batch(connection, *batches[i], i, sent);
    const auto landing = connection.land();
    if (!landing) return fail(landing.error());

    auto checked = check_head(*landing, leases);
    auto verdict = checked ? judge_all(*landing, sent, leases.size() + 2) : Verdict{};
    if (checked && !verdict.refused) return end(connection);
    // If this fails, the connection is lost, and with it the transaction.
    static_cast<void>(connection.ask(kRollback));
    if (checked) return verdict;
    connection_.reset();  // a new one begins with a mark
    return fail(std::move(checked.error()));
}

/// The answers to what stands before the changes: BEGIN, lease checks, mark.
Result<> PostgresDriver::check_head(const Landing& landing, std::span<const HeldLease> leases) {
    const auto& rows = landing.rows;
    for (std::size_t i = 0; i < leases.size() && i + 1 < rows.size(); ++i) {
        if (rows[i + 1].count() == 1) continue;
        lease_->lost("a commit of " + leases[i].component + " was refused");
        return fail(Errc::conflict, "the lease of " + leases[i].component + " is lost");
    }
    const std::size_t mark = leases.size() + 1;
    if (rows.size() <= mark) return fail(*landing.failure);
    if (rows[mark].affected() == 1) return {};
    auto error = make_error(Errc::storage, "postgres: somebody has removed this process's mark");
    error.retry = Retry::later;
    return fail(std::move(error));
}

PostgresDriver::Verdict PostgresDriver::judge_all(const Landing& landing, std::span<const Sent> sent,
                                                  std::size_t head) {
    for (std::size_t i = head; i < landing.rows.size(); ++i) {
        if (auto done = judge(sent[i - head], landing.rows[i]); !done)
            return {sent[i - head].batch, std::move(done.error())};
    }
    if (!landing.failure) return {};
    return {sent[landing.rows.size() - head].batch, *landing.failure};
}

/// The durability point. If this process or the database ends before COMMIT is executed, nothing is kept, and nobody was
/// told "yes"; if after that, all of it is in the synced WAL. If the answer is lost, the database is asked.
Result<PostgresDriver::Verdict> PostgresDriver::end(Connection& connection) {
    connection.send(kCommit);
    const auto landing = connection.land();
    if (!landing) return find_out(landing.error());
    if (landing->failure) return fail(*landing->failure);
    if (landing->rows.front().tag() == "COMMIT") return Verdict{};
    return fail(Errc::storage, "postgres: the transaction was rolled back");
}

Result<PostgresDriver::Verdict> PostgresDriver::find_out(const Error& why) {
    context_.log.event(kCommitUnknown, {{"reason", why.detail}});
    connection_.reset();
    const auto until = context_.clock.steady() + kFindOutWithin;
    for (;;) {
        if (const auto connection = connect()) {
            if (const auto mark = (*connection)->ask(kReadMark, writer_)) {
                const bool kept = mark->count() == 1 && mark->number(0, 0) == last_mark_;
                context_.log.event(kCommitFoundOut, {{"outcome", kept ? "kept" : "not kept"}});
                if (kept) return Verdict{};
                return fail(why);
            }
        }
        if (context_.clock.steady() >= until) {
            context_.log.event(kGaveUp, {{"reason", why.detail}});
            std::abort();
        }
        connection_.reset();
        std::this_thread::sleep_for(kFindOutEvery);
    }
}

// ------------------------------------------------------------------------------------------------ reads
Result<NetworkRows> PostgresDriver::load(const NetworkName& network) {
    return on_connection<NetworkRows>(
        [&](Connection& connection) { return load_network(connection, network); });
}
Result<std::optional<std::string>> PostgresDriver::record(const AccountId& account, const std::string& key) {
    return on_connection<std::optional<std::string>>(
        [&](Connection& connection) { return find_record(connection, account, key); });
}
Result<std::vector<SealedValue>> PostgresDriver::all_sealed() {
    return on_connection<std::vector<SealedValue>>(find_sealed);
}
Result<std::int64_t> PostgresDriver::last_sequence() {
    std::optional<std::string> holder;
    if (lease_ != nullptr) holder = lease_->holder();
    return on_connection<std::int64_t>(
        [&](Connection& connection) { return find_last_sequence(connection, holder); });
}
Result<std::vector<OpenMessage>> PostgresDriver::open_messages(const NetworkName& network, std::int64_t after,
                                                               std::size_t most) {
    return on_connection<std::vector<OpenMessage>>(
        [&](Connection& connection) { return find_open(connection, network, after, most); });
}
Result<std::vector<MessageRow>> PostgresDriver::messages(const std::vector<std::int64_t>& sequences) {
    return on_connection<std::vector<MessageRow>>(
        [&](Connection& connection) { return find_rows(connection, sequences); });
}
Result<std::optional<MessageRow>> PostgresDriver::message_of_key(const AccountId& account,
                                                                 model::Direction direction,
                                                                 const MessageKey& key) {
    return on_connection<std::optional<MessageRow>>(
        [&](Connection& connection) { return find_key(connection, account, direction, key); });
}
Result<std::vector<FoundMessage>> PostgresDriver::find_messages(const MessageFilter& filter) {
    return on_connection<std::vector<FoundMessage>>(
        [&](Connection& connection) { return find_filtered(connection, filter); });
}
Result<std::vector<MessageCount>> PostgresDriver::count_messages() {
    return on_connection<std::vector<MessageCount>>(count_rows);
}
Result<bool> PostgresDriver::any_to_purge(WallTime before) {
    return on_connection<bool>([&](Connection& connection) { return find_purgeable(connection, before); });
}

}  // namespace causeway::store::postgres
