#pragma once
/// @file gateway/base/async.hpp
/// NAME       Gate, sleep_until, spawn: the three things that coroutines of the loop need from each other.
/// INVARIANTS One loop thread; nothing here locks.
#include <cstdint>

#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"

namespace causeway {

/// A flag that coroutines can wait for. Opening wakes every waiter, in the order in which they came; it stays open until
/// closed.
/// @threads loop. Must outlive its waiters.
class Gate {
public:
    explicit Gate(const Executor& executor) : executor_(executor) {}
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    [[nodiscard]] bool is_open() const noexcept { return open_; }
    void open();
    void close() noexcept { open_ = false; }

    /// Returns when the gate is open (true) or the deadline has passed (false).
    [[nodiscard]] Task<bool> wait(SteadyTime deadline = SteadyTime::max());

private:
    /// One that waits, in its own frame. At shutdown frames may go after the gate: whoever goes first lets go.
    class Waiter {
    public:
        Waiter(Gate& gate, SteadyTime deadline);
        ~Waiter();
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;

        Timer timer;  ///< its deadline; cancelled by open()

    private:
        friend class Gate;
        void unlink() noexcept;
        Gate* gate_;
        Waiter* next_ = nullptr;
        Waiter** link_;  ///< what points to this one
    };

    Executor executor_;
    Waiter* first_ = nullptr;
    Waiter** end_ = &first_;  ///< where the next one is put: who waits longest is woken first
    std::uint32_t openings_ = 0;
    bool open_ = false;
};

/// Suspends until `when`, or earlier if cancelled. Never throws.
[[nodiscard]] Task<> sleep_until(SteadyTime when);

/// Starts `task` on its own. An exception that leaves it is a bug of ours: it ends the process
/// with the exception's text on stderr, because state is unknown from then on.
void spawn(const Executor& executor, Task<> task);

}  // namespace causeway
