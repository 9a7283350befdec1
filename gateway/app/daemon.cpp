#include "gateway/app/daemon.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/array.hpp>

#include "gateway/admin/control_socket.hpp"
#include "gateway/admin/http_server.hpp"
#include "gateway/admin/loop_lag.hpp"
#include "gateway/app/disk_floor.hpp"
#include "gateway/app/message_requests.hpp"
#include "gateway/app/notify.hpp"
#include "gateway/app/wiring.hpp"
#include "gateway/base/async.hpp"
#include "gateway/delivery/retention.hpp"
#include "gateway/store/postgres/postgres_lease.hpp"
#include "gateway/store/sqlite/sqlite_store.hpp"

// The sanitizers' leak check looks at memory from a process beside this one.
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CAUSEWAY_SANITIZED
#endif
#endif

namespace causeway::app {
namespace {

constexpr log::Message kStarted{"CAUSEWAY_STARTED", log::Level::info, "everything is started"};
constexpr log::Message kNotStarted{"CAUSEWAY_NOT_STARTED", log::Level::error, "nothing was started"};
constexpr log::Message kStopping{"CAUSEWAY_STOPPING", log::Level::info, "asked to stop"};
constexpr log::Message kStopped{"CAUSEWAY_STOPPED", log::Level::info, "stopped cleanly"};
constexpr log::Message kReloaded{"CAUSEWAY_RELOADED", log::Level::info, "the configuration was read again"};
constexpr log::Message kReloadRefused{"CAUSEWAY_RELOAD_REFUSED", log::Level::error,
                                      "the new configuration is wrong; the old one stays in force"};
constexpr log::Message kRestartNeeded{"CAUSEWAY_RESTART_NEEDED", log::Level::warning,
                                      "changed keys that only a restart takes over"};

constexpr Millis kStopWithin{5'000};
constexpr std::string_view kGoodbye = "The gateway is being shut down.";

class Daemon {
public:
    Daemon(std::string config_path, config::Config config)
        : config_path_(std::move(config_path)),
          config_(std::move(config)),
          sink_(config_.log.level, config_.log.format),
          context_{clock_, random_, metrics_, log::Log{sink_}},
          executor_(io_.get_executor()),
          notify_(executor_),
          signals_(executor_, SIGTERM, SIGINT, SIGHUP),
          lag_(executor_, context_),
          http_(executor_, pool_.get_executor(), http_sources(), context_) {}

    int run() {
        if (auto ready = open(); !ready) return not_started(ready.error());
        spawn(executor_, begin());
        io_.run();
        pool_.join();
        return exit_code_;
    }

private:
    /// What blocks and what can be wrong, before the loop runs.
    Result<> open() {
        auto vault = open_vault(config_.vault, random_);
        if (!vault) return fail(vault.error());
        vault_ = std::move(*vault);
        if (auto opened = open_store(); !opened) return opened;
        retention_.emplace(
            executor_, *store_, config_.store.keep_messages,
            [this](const std::vector<store::MessageCount>& counts) {
                for (const auto& bridge : bridges_) bridge->ledger().counted(counts);
            },
            context_);
        desk_.emplace(*store_, [this](const NetworkName& name) { return ledger_of(name); }, context_);
        control_.emplace(executor_, control_commands(), context_);
        for (const auto& network : config_.networks) {
            auto settings = bridge_settings(config_, network);
            if (!settings) return fail(settings.error());
            settings->set_log_level = [this](log::Level level) { sink_.set_level(level); };
            bridges_.push_back(std::make_unique<Bridge>(executor_, std::move(*settings),
                                                        make_network(network, executor_, context_), *store_,
                                                        sequence_, *vault_, context_));
        }
        return {};
    }

    Result<> open_store() {
        if (config_.store.driver == config::StoreDriver::sqlite) {
            auto store = store::open_sqlite(executor_, config_.store.path, context_);
            if (!store) return fail(store.error());
            store_ = std::move(*store);
            disk_.emplace(
                executor_, [this] { return disk_space_at(config_.store.path); }, config_.store.disk_floor,
                [this](const std::optional<std::string>& low) {
                    for (const auto& bridge : bridges_) bridge->disk_is(low);
                },
                context_);
            return {};
        }
        auto settings = postgres_settings(config_.store);
        if (!settings) return fail(settings.error());
        std::vector<std::string> components;
        components.reserve(config_.networks.size());
        for (const auto& network : config_.networks) components.push_back(network.jid);
        lease_ = store::make_postgres_lease(executor_, *settings, std::move(components), context_);
        store_ = store::make_postgres_store(executor_, std::move(*settings), lease_.get(), context_);
        phase_ = Phase::standby;
        return {};
    }

    Task<> begin() {
        if (auto begun = co_await begin_or_fail(); !begun) {
            if (phase_ == Phase::stopping) co_return;  // stop() sees to it
            exit_code_ = not_started(begun.error());
            co_await close_store();
            close_admin();
            io_.stop();
            co_return;
        }
        if (disk_) disk_->start();
        for (const auto& bridge : bridges_) bridge->start();
        phase_ = Phase::serving;
        retention_->start();
        lag_.start();
        admin::expose_build_info(metrics_);
        say_ready();
        if (!lease_) notify_.start_watchdog();
        context_.log.event(kStarted, {{"networks", bridges_.size()}, {"version", CAUSEWAY_VERSION}});
        if (!lease_) co_await obey_signals();
    }

    /// One that stands by answers questions and signals from then on; one that cannot need not be asked before it serves.
    Task<Result<>> begin_or_fail() {
        if (!lease_) {
            if (auto prepared = co_await prepare(); !prepared) co_return prepared;
            co_return start_admin();
        }
        if (auto started = start_admin(); !started) co_return started;
        say_ready();
        notify_.start_watchdog();
        spawn(executor_, obey_signals());
        if (auto acquired = co_await lease_->acquire(); !acquired) co_return acquired;
        auto prepared = co_await prepare();
        if (prepared && phase_ == Phase::stopping) co_return fail(Errc::cancelled, "asked to stop");
        co_return prepared;
    }

    Task<Result<>> prepare() {
        auto sealed = co_await store_->all_sealed();
        if (!sealed) co_return fail(sealed.error());
        if (auto opened = vault_->check_all(*sealed); !opened) co_return opened;
        for (const auto& bridge : bridges_) {
            if (auto prepared = co_await bridge->prepare(); !prepared) co_return prepared;
        }
        co_return co_await retention_->recount();
    }

    Result<> start_admin() {
        if (const auto& listen = config_.admin.listen) {
            if (auto listening = http_.start(listen->host, listen->port); !listening) return listening;
        }
        return control_->start(config_.admin.control_socket);
    }

    void say_ready() {
        notify_.ready(phase_ == Phase::standby
                          ? "standby"
                          : "serving " + std::to_string(bridges_.size()) + " network(s)");
    }

    Task<> close_store() {
        co_await store_->close();
        if (lease_) co_await lease_->release();
    }

    int not_started(const Error& error) {
        context_.log.event(kNotStarted, {{"error", to_string(error.code)}, {"detail", error.detail}});
        return kFailed;
    }

    Task<> obey_signals() {
        while (true) {
            boost::system::error_code error;
            const int signal = co_await signals_.async_wait(asio::redirect_error(use_awaitable, error));
            if (error) co_return;
            if (signal == SIGHUP) {
                reload();
                continue;
            }
            co_await stop();
            co_return;
        }
    }

    Task<> stop() {
        notify_.stopping();
        context_.log.event(kStopping);
        retention_->stop();
        if (disk_) disk_->stop();
        const auto served = std::exchange(phase_, Phase::stopping) == Phase::serving;
        if (served) co_await stop_bridges();
        co_await close_store();
        close_admin();
        context_.log.event(kStopped);
        io_.stop();
    }

    Task<> stop_bridges() {
        const auto deadline = clock_.steady() + kStopWithin;
        // Side by side: a network that does not say goodbye takes no time from the others.
        const auto round = std::make_shared<StopRound>(executor_, bridges_.size());
        for (const auto& bridge : bridges_) spawn(executor_, stop_one(bridge.get(), deadline, round));
        if (round->left > 0) co_await round->all_stopped.wait(deadline + kStopWithin);
    }

    /// Shared by all that stop, and by who waits for them.
    struct StopRound {
        StopRound(const Executor& executor, std::size_t count) : all_stopped(executor), left(count) {}
        Gate all_stopped;
        std::size_t left;
    };

    static Task<> stop_one(Bridge* bridge, SteadyTime deadline, std::shared_ptr<StopRound> round) {
        co_await bridge->stop(std::string(kGoodbye), deadline);
        if (--round->left == 0) round->all_stopped.open();
    }

    void close_admin() {
        signals_.cancel();
        notify_.stop_watchdog();
        lag_.stop();
        http_.stop();
        control_->stop();
    }

    void reload() {
        notify_.reloading();
        const auto protocols = known_protocols();
        auto loaded = config::load(config_path_, protocols, real_surroundings());
        if (!loaded.config) {
            context_.log.event(kReloadRefused, {{"problems", config::render(loaded.problems)}});
        } else {
            apply(std::move(*loaded.config));
        }
        say_ready();
    }

    void apply(config::Config config) {
        const auto plan = config::plan_reload(config_, config);
        sink_.set_level(config.log.level);
        for (const auto& network : config.networks) {
            for (const auto& bridge : bridges_) {
                if (bridge->name().view() != network.name) continue;
                if (auto settings = bridge_settings(config, network))
                    bridge->reconfigure(std::move(*settings));
            }
        }
        config_.log.level = config.log.level;
        config_.access = config.access;
        config_.limits = config.limits;
        for (auto& network : config_.networks) {
            const auto newer = std::ranges::find(config.networks, network.name, &config::NetworkConfig::name);
            if (newer == config.networks.end()) continue;
            network.server = newer->server;
            network.access = newer->access;
        }
        context_.log.event(kReloaded, {{"applied", joined(plan.apply)}});
        if (!plan.restart.empty()) context_.log.event(kRestartNeeded, {{"keys", joined(plan.restart)}});
    }

    static std::string joined(const std::vector<std::string>& words) {
        std::string text;
        for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
        return text;
    }

    admin::HttpSources http_sources() {
        admin::HttpSources sources;
        sources.before_metrics = [this] {
            for (const auto& bridge : bridges_) bridge->ledger().refresh_metrics();
        };
        sources.metrics_text = [this] { return metrics_.text(); };
        sources.not_ready = [this] {
            std::vector<std::string> reasons;
            if (phase_ == Phase::standby)
                return std::vector<std::string>{"standby: the lease is not held here"};
            for (const auto& bridge : bridges_) {
                if (!bridge->ready())
                    reasons.push_back("the component link of network " + bridge->name().str() + " is down");
            }
            return reasons;
        };
        return sources;
    }

    std::map<std::string, admin::Command> control_commands() {
        std::vector<std::string> networks;
        networks.reserve(config_.networks.size());
        for (const auto& network : config_.networks) networks.push_back(network.name);
        auto commands = message_requests(*desk_, std::move(networks));
        commands["status"] = [this](boost::json::object) { return status(); };
        return commands;
    }

    Task<Result<boost::json::value>> status() {
        boost::json::object status;
        status["version"] = CAUSEWAY_VERSION;
        if (lease_) status["standby"] = phase_ == Phase::standby;
        status["store_queue"] = store_->queue_depth();
        if (disk_) status["disk"].emplace_array().emplace_back(disk_->status());
        auto& networks = status["networks"].emplace_array();
        for (const auto& bridge : bridges_) networks.emplace_back(bridge->status());
        co_return boost::json::value(std::move(status));
    }

    delivery::Ledger* ledger_of(const NetworkName& name) {
        const auto found =
            std::ranges::find_if(bridges_, [&](const auto& bridge) { return bridge->name() == name; });
        return found == bridges_.end() ? nullptr : &(*found)->ledger();
    }

    std::string config_path_;
    config::Config config_;
    SystemClock clock_;
    SystemRandom random_;
    Metrics metrics_;
    log::StderrSink sink_;
    Context context_;
    asio::io_context io_{1};
    asio::thread_pool pool_{2};
    Executor executor_;
    Notify notify_;
    asio::signal_set signals_;
    std::optional<security::Vault> vault_;
    delivery::Sequence sequence_;
    std::unique_ptr<store::Lease> lease_;  ///< of a store that several may share
    std::unique_ptr<store::Store> store_;
    std::vector<std::unique_ptr<Bridge>> bridges_;
    std::optional<DiskFloor> disk_;  ///< of a store that is a file
    std::optional<delivery::Retention> retention_;
    std::optional<delivery::Desk> desk_;
    admin::LoopLag lag_;
    admin::HttpServer http_;
    std::optional<admin::ControlSocket> control_;
    enum class Phase : std::uint8_t { starting, standby, serving, stopping };
    Phase phase_ = Phase::starting;
    int exit_code_ = kOk;
};

}  // namespace

int serve(const std::string& config_path) {
    const auto protocols = known_protocols();
    auto loaded = config::load(config_path, protocols, real_surroundings());
    std::cerr << config::render(loaded.problems);
    if (!loaded.config) return kBadConfig;
    // A peer that closes its side must be an error of a write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    // The same for a file that would become larger than the process may write.
    std::signal(SIGXFSZ, SIG_IGN);
    // Memory holds keys and passwords: it is not written to a core file, nor shown to other processes of the user.
#ifndef CAUSEWAY_SANITIZED
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
    constexpr rlimit kNoCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &kNoCore);
    Daemon daemon(config_path, std::move(*loaded.config));
    return daemon.run();
}

}  // namespace causeway::app
