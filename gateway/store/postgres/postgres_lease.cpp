#include "gateway/store/postgres/postgres_lease.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "gateway/base/async.hpp"
#include "gateway/store/postgres/connection.hpp"
#include "gateway/store/postgres/migrations.hpp"
#include "gateway/store/postgres/postgres_driver.hpp"

namespace causeway::store {

namespace {

using postgres::Connection;
using postgres::Statement;

constexpr log::Message kStandby{"CAUSEWAY_LEASE_STANDBY", log::Level::info,
                                "another instance serves this; standing by"};
constexpr log::Message kTaken{"CAUSEWAY_LEASE_TAKEN", log::Level::info, "the lease is held"};
constexpr log::Message kUnreachable{"CAUSEWAY_LEASE_UNREACHABLE", log::Level::warning,
                                    "the database cannot be asked about the lease"};
constexpr log::Message kLost{"CAUSEWAY_LEASE_LOST", log::Level::error, "the lease is lost; ending at once"};

constexpr Millis kAnswerWithin{2'000};
constexpr Millis kRenewAgain{300};
constexpr int kExitCode = 1;

constexpr Statement kLook{nullptr,
                          "SELECT holder, expires < clock_timestamp() FROM leases WHERE component = $1"};
// A holder that was stopped in the middle of a transaction would keep the row locked for as long as it is stopped.
constexpr Statement kEndSessions{
    nullptr,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
    " AND usename = current_user AND datname = current_database()"};
constexpr Statement kTake{
    nullptr,
    "INSERT INTO leases AS l (component, holder, fence, expires)"
    " VALUES ($1, $2, 1, clock_timestamp() + $3::bigint * interval '1 millisecond')"
    " ON CONFLICT (component) DO UPDATE SET holder = excluded.holder, fence = l.fence + 1,"
    " expires = clock_timestamp() + $3::bigint * interval '1 millisecond'"
    " WHERE l.expires < clock_timestamp() OR l.holder = excluded.holder RETURNING fence"};
constexpr Statement kRenew{
    nullptr,
    "UPDATE leases SET expires = clock_timestamp() + $4::bigint * interval '1 millisecond'"
    " WHERE component = $1 AND holder = $2 AND fence = $3"};
constexpr Statement kGiveUp{nullptr,
                            "UPDATE leases SET expires = '-infinity'"
                            " WHERE component = $1 AND holder = $2 AND fence = $3"};
constexpr Statement kBegin{nullptr, "BEGIN"};
constexpr Statement kCommit{nullptr, "COMMIT"};
constexpr Statement kRollback{nullptr, "ROLLBACK"};

/// For operators: machine and process; the rest makes it unique. Sessions are named by it, in 63 bytes at most.
[[nodiscard]] std::string new_holder(Random& random) {
    std::array<char, 25> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + "-" + std::to_string(::getpid()) + "-" + random.token(8);
}

class PostgresLease final : public Lease {
public:
    PostgresLease(Executor loop, PostgresSettings settings, std::vector<std::string> components,
                  Context context, LeaseTimes times, std::function<void(std::string_view)> on_lost)
        : loop_(std::move(loop)),
          context_(context),
          times_(times),
          on_lost_(std::move(on_lost)),
          components_(std::move(components)),
          holder_(new_holder(context.random)) {
        connection_settings_.uri = std::move(settings.uri);
        connection_settings_.password = std::move(settings.password);
        connection_settings_.application = "causeway lease " + holder_;
        connection_settings_.answer_within = kAnswerWithin;
        std::ranges::sort(components_);  // two that try at once wait for each other in the same order
    }
    ~PostgresLease() override { stop(); }
    PostgresLease(const PostgresLease&) = delete;
    PostgresLease& operator=(const PostgresLease&) = delete;

    Task<Result<>> acquire() override {
        auto answer = std::make_shared<Answer>(loop_);
        keeper_ = std::jthread([this, answer] { keep(answer); });
        co_await answer->ready.wait();
        co_return answer->result;
    }

    Task<> release() override {
        stop();
        // Its last words may take as long as the database has for an answer.
        auto answer = std::make_shared<Answer>(loop_);
        ender_ = std::jthread([this, answer] {
            if (keeper_.joinable()) keeper_.join();
            open(answer, {});
        });
        co_await answer->ready.wait();
    }

    const std::string& holder() const noexcept override { return holder_; }

    std::vector<HeldLease> held() const override {
        const std::scoped_lock lock(mutex_);
        return held_;
    }

    void lost(std::string_view how) override {
        if (lost_.exchange(true)) return;
        context_.log.event(kLost, {{"holder", holder_}, {"reason", how}});
        if (!on_lost_) std::_Exit(kExitCode);
        {
            const std::scoped_lock lock(mutex_);
            held_.clear();
            wake_.notify_all();
        }
        on_lost_(how);
    }

private:
    struct Answer {
        explicit Answer(const Executor& loop) : ready(loop) {}
        Gate ready;
        Result<> result;
    };
    void open(std::shared_ptr<Answer> answer, Result<> result) {
        asio::post(loop_, [answer = std::move(answer), result = std::move(result)]() mutable {
            answer->result = std::move(result);
            answer->ready.open();
        });
    }

    void stop() {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    /// @return true if it is time to stop
    [[nodiscard]] bool stopped_within(Millis time) {
        std::unique_lock lock(mutex_);
        return wake_.wait_for(lock, time, [this] { return stopping_; });
    }

    // ---- the keeper's thread
    void keep(const std::shared_ptr<Answer>& answer);
    [[nodiscard]] bool try_take();
    [[nodiscard]] bool is_free(Connection& connection);
    [[nodiscard]] bool take(Connection& connection);
    void renew();
    [[nodiscard]] Result<bool> renew_once();
    void give_up();
    void watch();
    [[nodiscard]] Result<Connection*> connected();
    /// @return false, for whoever gives up for now
    bool failed(const Error& why) {
        connection_.reset();
        if (!std::exchange(told_, true)) context_.log.event(kUnreachable, {{"reason", why.detail}});
        return false;
    }

    Executor loop_;
    Context context_;
    LeaseTimes times_;
    std::function<void(std::string_view)> on_lost_;
    std::vector<std::string> components_;
    std::string holder_;
    postgres::ConnectionSettings connection_settings_;

    // The keeper's own.
    std::optional<Connection> connection_;
    bool made_ = false;
    bool told_ = false;     ///< that the database cannot be asked
    bool standby_ = false;  ///< was told

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::vector<HeldLease> held_;
    SteadyTime renewed_{};  ///< when the last renewal that succeeded was begun
    std::atomic<bool> lost_ = false;
    std::jthread keeper_;
    std::jthread ender_;
};

void PostgresLease::keep(const std::shared_ptr<Answer>& answer) {
    while (!try_take()) {
        if (!stopped_within(times_.tried_every)) continue;
        open(answer, fail(Errc::cancelled, "asked to stop"));
        return;
    }
    open(answer, {});
    const std::jthread watch_thread([this] { watch(); });
    while (!lost_ && !stopped_within(times_.renewed_every)) renew();
    if (!lost_) give_up();
}

/// Ends the process in time, whatever the keeper waits for: the name of a host, an answer.
void PostgresLease::watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && !lost_) {
        const auto until = renewed_ + times_.lasts;
        if (context_.clock.steady() >= until) {
            lock.unlock();
            return lost("it was not renewed in time");
        }
        wake_.wait_until(lock, until);
    }
}

Result<Connection*> PostgresLease::connected() {
    if (connection_) return &*connection_;
    auto made = Connection::open(connection_settings_, context_.clock);
    if (!made) return fail(std::move(made.error()));
    if (!made_) {
        if (auto table = postgres::make_leases(*made); !table) return fail(std::move(table.error()));
        made_ = true;
    }
    connection_.emplace(std::move(*made));
    return &*connection_;
}

bool PostgresLease::try_take() {
    const auto connection = connected();
    if (!connection) return failed(connection.error());
    return is_free(**connection) && take(**connection);
}

bool PostgresLease::is_free(Connection& connection) {
    for (const auto& component : components_) connection.send(kLook, component);
    const auto seen = connection.land();
    if (!seen) return failed(seen.error());
    if (seen->failure) return failed(*seen->failure);
    told_ = false;
    std::vector<std::string> expired;
    for (std::size_t i = 0; i < components_.size(); ++i) {
        if (seen->rows[i].count() == 0) continue;
        auto other = seen->rows[i].text(0, 0);
        if (other == holder_) continue;
        if (!seen->rows[i].flag(0, 1)) {
            if (!std::exchange(standby_, true))
                context_.log.event(kStandby, {{"domain", components_[i]}, {"holder", other}});
            return false;
        }
        expired.push_back(std::move(other));
    }
    for (const auto& other : expired) {
        if (auto ended = connection.ask(kEndSessions, postgres::store_application(other)); !ended)
            return failed(ended.error());
    }
    return true;
}

bool PostgresLease::take(Connection& connection) {
    const auto begun = context_.clock.steady();
    connection.send(kBegin);
    for (const auto& component : components_)
        connection.send(kTake, component, holder_, std::int64_t{times_.lasts.count()});
    const auto taken = connection.land();
    if (!taken) return failed(taken.error());
    std::vector<HeldLease> held;
    for (std::size_t i = 1; i < taken->rows.size(); ++i) {
        if (taken->rows[i].count() == 1) held.push_back({components_[i - 1], taken->rows[i].number(0, 0)});
    }
    const bool all = held.size() == components_.size();
    const auto ended = connection.ask(all ? kCommit : kRollback);
    if (!ended) return failed(ended.error());
    if (taken->failure) return failed(*taken->failure);
    if (!all) return false;
    context_.log.event(kTaken, {{"holder", holder_}, {"domains", components_.size()}});
    const std::scoped_lock lock(mutex_);
    held_ = std::move(held);
    renewed_ = begun;
    return true;
}

void PostgresLease::renew() {
    do {
        const auto begun = context_.clock.steady();
        const auto renewed = renew_once();
        if (renewed && *renewed) {
            const std::scoped_lock lock(mutex_);
            renewed_ = begun;
            told_ = false;
            return;
        }
        if (renewed) return lost("another instance has taken it over");
        failed(renewed.error());
    } while (!lost_ && !stopped_within(kRenewAgain));
}

/// @return false if it is somebody else's
Result<bool> PostgresLease::renew_once() {
    const auto connection = connected();
    if (!connection) return fail(connection.error());
    const auto leases = held();
    for (const auto& lease : leases) {
        (*connection)
            ->send(kRenew, lease.component, holder_, lease.fence, std::int64_t{times_.lasts.count()});
    }
    auto landing = (*connection)->land();
    if (!landing) return fail(std::move(landing.error()));
    if (landing->failure) return fail(std::move(*landing->failure));
    return std::ranges::all_of(landing->rows, [](const auto& rows) { return rows.affected() == 1; });
}

void PostgresLease::give_up() {
    const auto leases = held();
    const auto connection = connected();
    if (!connection) return;
    for (const auto& lease : leases) (*connection)->send(kGiveUp, lease.component, holder_, lease.fence);
    static_cast<void>((*connection)->land());  // if it fails, it expires
    connection_.reset();
}

}  // namespace

std::unique_ptr<Lease> make_postgres_lease(Executor loop, PostgresSettings settings,
                                           std::vector<std::string> components, Context context,
                                           LeaseTimes times, std::function<void(std::string_view)> on_lost) {
    return std::make_unique<PostgresLease>(std::move(loop), std::move(settings), std::move(components),
                                           context, times, std::move(on_lost));
}

}  // namespace causeway::store
