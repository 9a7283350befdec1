#pragma once
/// @file tests/conformance/conformance.hpp
/// NAME       Conformance: the fixture: one adapter, one loop, and ways to wait that cannot hang.
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/conformance/adapter_under_test.hpp"
#include "tests/conformance/recording_host.hpp"

namespace causeway::conformance {

using namespace adapter;

class Conformance : public testing::TestWithParam<Instance> {
protected:
    Conformance();
    ~Conformance() override;

    /// Runs the loop until `done`. @return false after ten seconds, which no test needs
    bool run_until(const std::function<bool()>& done);
    /// Runs the loop for a number of turns: to see that nothing happens.
    void turns(int count);

    /// What `task` gives. A task that throws fails the test, for nothing may throw out of the door.
    template <class T>
    T await(Task<T> task) {
        struct State {
            std::optional<T> value;
            bool ended = false;
        };
        auto state = std::make_shared<State>();
        asio::co_spawn(loop_, std::move(task), [state](const std::exception_ptr& error, T value) {
            EXPECT_FALSE(error) << "an exception left the door";
            state->ended = true;
            state->value.emplace(std::move(value));
        });
        EXPECT_TRUE(run_until([&] { return state->ended; })) << "the call did not return";
        return state->value ? std::move(*state->value) : T{};
    }
    void await(Task<> task);

    /// A rule about what this adapter does not declare holds by having no case here; the report says so.
    static void does_not_apply(const std::string& why) { RecordProperty("does_not_apply", why); }

    [[nodiscard]] static SteadyTime soon(int milliseconds = 5'000) {
        return std::chrono::steady_clock::now() + Millis(milliseconds);
    }

    // ---- the usual steps
    [[nodiscard]] SessionSettings settings();
    void open_session();
    void start_run();                  ///< run() in the background; `ended_` when it returns
    void connect();                    ///< open_session(), start_run(), until connected
    void close_all();                  ///< session, network, far side
    model::RoomSnapshot enter_room();  ///< nothing where there are no rooms
    [[nodiscard]] Address address(const std::string& typed);
    [[nodiscard]] model::Conversation contact();
    [[nodiscard]] model::Conversation conversation(const std::string& typed);
    [[nodiscard]] RoomId room();
    [[nodiscard]] bool has_rooms() const { return !subject_->room().empty(); }
    /// The contact's, and the room's where there are rooms.
    [[nodiscard]] std::vector<model::Conversation> conversations();
    [[nodiscard]] std::vector<std::string> typed_addresses() const;
    [[nodiscard]] model::OutgoingMessage message(const model::Conversation& to, std::string text);
    /// Starts send() without waiting; its result goes to `into`.
    void start_send(model::OutgoingMessage message, SteadyTime deadline,
                    std::optional<Result<SendOutcome>>& into);
    /// Texts that have reached the contact: where that cannot be seen, those that came back from it.
    [[nodiscard]] std::vector<std::string> arrived();

    asio::io_context loop_;
    SystemClock clock_;
    SystemRandom random_;
    Metrics metrics_;
    RecordingSink sink_;
    RecordingHost host_;
    std::unique_ptr<AdapterUnderTest> subject_;
    std::unique_ptr<Session> session_;
    std::optional<Error> ended_;
    int keys_ = 0;
};

}  // namespace causeway::conformance
