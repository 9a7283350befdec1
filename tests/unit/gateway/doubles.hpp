#pragma once
/// @file tests/unit/gateway/doubles.hpp
/// NAME       What stands in for the world in tests of the gateway's core: loop, clock, chance, outlet, store.
/// INVARIANTS Nothing here sleeps: a loop runs until it is idle, and time passes when a test says so.
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "component/stanza/stanza.hpp"
#include "component/xml/element.hpp"
#include "gateway/base/assert.hpp"
#include "gateway/base/async.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"
#include "gateway/translate/outlet.hpp"

namespace causeway::test {

/// The loop, turned by hand.
class Loop {
public:
    [[nodiscard]] Executor executor() noexcept { return io_.get_executor(); }
    /// Runs everything that is ready, and what becomes ready by that.
    void settle();
    /// Runs until `holds`, for things that wait for a timer of a few milliseconds. @return false after five seconds
    [[nodiscard]] bool until(const std::function<bool()>& holds);
    /// Starts a task and settles; the result must be there then.
    template <class T>
    T await(Task<T> task);

private:
    asio::io_context io_;
};

/// Stands still unless it is moved. Timers of the loop run on the machine's clock, so it starts there.
class FakeClock final : public Clock {
public:
    [[nodiscard]] SteadyTime steady() const noexcept override { return steady_; }
    [[nodiscard]] WallTime wall() const noexcept override { return wall_; }
    void advance(Millis span) noexcept {
        steady_ += span;
        wall_ += span;
    }
    /// From now on every deadline that is made from this clock lies in the past.
    void let_deadlines_pass() noexcept { steady_ -= std::chrono::hours(24); }

private:
    SteadyTime steady_ = std::chrono::steady_clock::now();
    WallTime wall_ = WallTime{std::chrono::seconds(1'700'000'000)};
};

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) noexcept override {
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
    }

private:
    std::mt19937_64 engine_;
};

/// Keeps what was sent, as trees.
class RecordingOutlet final : public translate::Outlet {
public:
    Result<> send(const xml::Element& stanza) override;
    Result<> send_written(std::string_view stanza) override;
    [[nodiscard]] Task<> writable() override { co_return; }
    [[nodiscard]] Task<Result<>> barrier(SteadyTime deadline) override;
    [[nodiscard]] SteadyTime taken_until() const noexcept override { return taken; }

    /// What was sent since the last call.
    [[nodiscard]] std::vector<xml::Element> take() { return std::exchange(sent_, {}); }
    [[nodiscard]] bool empty() const noexcept { return sent_.empty(); }
    bool down = false;
    SteadyTime taken = SteadyTime::max();  ///< nothing is in doubt, unless a test says so

private:
    std::vector<xml::Element> sent_;
};

/// A store in memory. `failing`: every commit fails and keeps nothing. `held`: none is done before that is open.
class MemoryStore final : public store::Store {
public:
    [[nodiscard]] Task<Result<>> commit(store::Batch batch) override;
    [[nodiscard]] Task<Result<store::NetworkRows>> load(NetworkName network) override;
    [[nodiscard]] Task<Result<std::optional<std::string>>> record(AccountId account,
                                                                  std::string key) override;
    [[nodiscard]] Task<Result<std::vector<store::SealedValue>>> all_sealed() override;
    // It keeps no messages: who needs them takes a store on a file. What is found is what a test says.
    [[nodiscard]] Task<Result<std::int64_t>> last_sequence() override;
    [[nodiscard]] Task<Result<std::vector<store::OpenMessage>>> open_messages(NetworkName network,
                                                                              std::int64_t after,
                                                                              std::size_t most) override;
    [[nodiscard]] Task<Result<std::vector<store::MessageRow>>> messages(
        std::vector<std::int64_t> sequences) override;
    [[nodiscard]] Task<Result<std::optional<store::MessageRow>>> message_of_key(AccountId account,
                                                                                model::Direction direction,
                                                                                MessageKey key) override;
    [[nodiscard]] Task<Result<std::vector<store::FoundMessage>>> find_messages(
        store::MessageFilter filter) override;
    [[nodiscard]] Task<Result<std::vector<store::MessageCount>>> count_messages() override;
    [[nodiscard]] Task<> close() override { co_return; }
    [[nodiscard]] std::size_t queue_depth() const noexcept override { return 0; }

    bool failing = false;
    Gate* held = nullptr;
    std::size_t commits = 0;
    store::NetworkRows rows;
    std::vector<store::FoundMessage> found;
    store::MessageFilter asked_for;  ///< when messages were last looked for

private:
    void apply(const store::Change& change);
    std::vector<std::pair<std::pair<AccountId, std::string>, std::string>> records_;
};

/// The stanza that a piece of XML is, as the link would hand it over.
[[nodiscard]] xml::Element parse_element(std::string_view text);
[[nodiscard]] xmpp::Stanza parse_stanza(std::string_view text);
[[nodiscard]] xmpp::Jid jid(std::string_view text);

/// One line that says what matters of a stanza, so that a test reads as a conversation:
/// `presence:unavailable #hall@net.test/romeo > romeo@home.test/a (110) status="bye"`.
[[nodiscard]] std::string brief(const xml::Element& stanza);
[[nodiscard]] std::vector<std::string> brief(const std::vector<xml::Element>& stanzas);

template <class T>
T Loop::await(Task<T> task) {
    if constexpr (std::is_void_v<T>) {
        bool done = false;
        asio::co_spawn(io_, std::move(task), [&](const std::exception_ptr&) { done = true; });
        CAUSEWAY_ASSERT(until([&] { return done; }));
    } else {
        std::optional<T> result;
        asio::co_spawn(io_, std::move(task),
                       [&](const std::exception_ptr&, T value) { result = std::move(value); });
        CAUSEWAY_ASSERT(until([&] { return result.has_value(); }));
        return std::move(*result);
    }
}

}  // namespace causeway::test
