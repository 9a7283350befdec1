#include "gateway/app/notify.hpp"

#include <systemd/sd-daemon.h>
#include <time.h>

namespace causeway::app {

void Notify::ready(const std::string& status) {
    sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str());
}

void Notify::status(const std::string& text) {
    sd_notifyf(0, "STATUS=%s", text.c_str());
}

void Notify::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", microseconds);
}

void Notify::stopping() {
    sd_notify(0, "STOPPING=1");
}

void Notify::start_watchdog() {
    std::uint64_t interval = 0;
    if (sd_watchdog_enabled(0, &interval) > 0) feed(std::chrono::microseconds{interval / 3});
}

void Notify::feed(std::chrono::microseconds every) {
    sd_notify(0, "WATCHDOG=1");
    timer_.expires_after(every);
    timer_.async_wait([this, every](const boost::system::error_code& error) {
        if (!error) feed(every);
    });
}

}  // namespace causeway::app
