#pragma once
/// @file gateway/app/notify.hpp
/// NAME       Notify: tells systemd ready, stopping, status; feeds its watchdog. Silent when not run under it.
/// @source sd_notify(3), sd_watchdog_enabled(3)
#include <string>

#include "gateway/base/task.hpp"

namespace causeway::app {

class Notify {
public:
    explicit Notify(Executor loop) : timer_(std::move(loop)) {}

    void ready(const std::string& status);
    void status(const std::string& text);
    void reloading();
    void stopping();
    /// Feeds the watchdog from the loop, at a third of the interval that systemd gave: a loop that hangs starves it.
    void start_watchdog();
    void stop_watchdog() { timer_.cancel(); }

private:
    void feed(std::chrono::microseconds every);

    Timer timer_;
};

}  // namespace causeway::app
