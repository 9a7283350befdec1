#include "gateway/base/async.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

namespace causeway {
namespace {

Task<> note(Gate& gate, SteadyTime deadline, std::vector<bool>& results) {
    results.push_back(co_await gate.wait(deadline));
}

const SteadyTime kLongAgo = SteadyTime{};

TEST(Gate, OpeningWakesEveryWaiter) {
    asio::io_context loop;
    Gate gate(loop.get_executor());
    std::vector<bool> results;
    for (int i = 0; i < 3; ++i) spawn(loop.get_executor(), note(gate, SteadyTime::max(), results));
    loop.poll();
    EXPECT_TRUE(results.empty());
    gate.open();
    loop.poll();
    EXPECT_EQ(results, (std::vector<bool>{true, true, true}));
}

Task<> take_turns(Gate* gate, int who, std::vector<int>* woken) {
    for (int i = 0; i < 2; ++i) {
        co_await gate->wait();
        gate->close();  // there is room for one
        woken->push_back(who);
    }
}

// Else who waits longest would never be served: the newest comes back, waits last, and would be first again.
TEST(Gate, WhoWaitsLongestIsWokenFirst) {
    asio::io_context loop;
    Gate gate(loop.get_executor());
    std::vector<int> woken;
    for (int who = 0; who < 3; ++who) spawn(loop.get_executor(), take_turns(&gate, who, &woken));
    loop.poll();
    for (int i = 0; i < 2; ++i) {
        gate.open();
        loop.poll();
    }
    EXPECT_EQ(woken, (std::vector<int>{0, 1, 2, 0, 1, 2}));
}

TEST(Gate, OpenGateDoesNotSuspend) {
    asio::io_context loop;
    Gate gate(loop.get_executor());
    gate.open();
    std::vector<bool> results;
    spawn(loop.get_executor(), note(gate, kLongAgo, results));
    loop.poll();
    EXPECT_EQ(results, std::vector<bool>{true});
}

TEST(Gate, DeadlineOfOneWaiterConcernsOnlyIt) {
    asio::io_context loop;
    Gate gate(loop.get_executor());
    std::vector<bool> early;
    std::vector<bool> late;
    spawn(loop.get_executor(), note(gate, kLongAgo, early));
    spawn(loop.get_executor(), note(gate, SteadyTime::max(), late));
    loop.poll();
    EXPECT_EQ(early, std::vector<bool>{false});
    EXPECT_TRUE(late.empty());
    gate.open();
    loop.poll();
    EXPECT_EQ(late, std::vector<bool>{true});
}

TEST(Gate, OpenedAndClosedAtOnceWasOpenForThoseWhoWaited) {
    asio::io_context loop;
    Gate gate(loop.get_executor());
    std::vector<bool> waited;
    std::vector<bool> came_later;
    spawn(loop.get_executor(), note(gate, SteadyTime::max(), waited));
    loop.poll();
    gate.open();
    gate.close();
    EXPECT_FALSE(gate.is_open());
    spawn(loop.get_executor(), note(gate, kLongAgo, came_later));
    loop.poll();
    EXPECT_EQ(waited, std::vector<bool>{true});
    EXPECT_EQ(came_later, std::vector<bool>{false});
}

TEST(Gate, MayDieBeforeTheLoopThatHoldsItsWaiters) {
    asio::io_context loop;
    std::vector<bool> results;
    {
        Gate gate(loop.get_executor());
        spawn(loop.get_executor(), note(gate, SteadyTime::max(), results));
        loop.poll();
    }
    EXPECT_TRUE(results.empty());  // the frame is destroyed with the loop: nothing of the gate is touched
}

Task<> sleep_then(SteadyTime when, bool& done) {
    co_await sleep_until(when);
    done = true;
}

TEST(Sleep, PastTimesReturn) {
    asio::io_context loop;
    bool done = false;
    spawn(loop.get_executor(), sleep_then(kLongAgo, done));
    loop.run();
    EXPECT_TRUE(done);
}

Task<> throws() {
    throw std::runtime_error("a bug of ours");
    co_return;
}

TEST(SpawnDeathTest, AnExceptionEndsTheProcess) {
    EXPECT_DEATH(
        {
            asio::io_context loop;
            spawn(loop.get_executor(), throws());
            loop.run();
        },
        "an exception left a coroutine: a bug of ours");
}

}  // namespace
}  // namespace causeway
