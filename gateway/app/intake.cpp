#include "gateway/app/intake.hpp"

#include <utility>

namespace causeway::app {
namespace {

constexpr std::size_t kPauseAt = 1'000;
constexpr std::size_t kResumeAt = 500;
constexpr Millis kAskAgain{1'000};
constexpr std::string_view kProbe = "store-probe";

constexpr log::Message kClosed{"CAUSEWAY_INTAKE_CLOSED", log::Level::error,
                               "messages cannot be kept; the component stream is closed until they can"};
constexpr log::Message kOpen{"CAUSEWAY_INTAKE_OPEN", log::Level::info,
                             "messages can be kept again; the component stream is opened"};

}  // namespace

Intake::Intake(Executor executor, xmpp::Link& link, store::Store& store, NetworkName network, Context context)
    : executor_(std::move(executor)),
      link_(link),
      store_(store),
      network_(std::move(network)),
      context_(context),
      open_(context.metrics.gauge("causeway_intake_open",
                                  "1 while messages can be kept, 0 while the stream is closed for it",
                                  {{"network", network_.str()}})) {
    open_.Set(1);
}

void Intake::began() {
    if (++under_commit_ < kPauseAt || std::exchange(paused_, true)) return;
    link_.pause_reading();
}

void Intake::ended() {
    --under_commit_;
    if (paused_ && under_commit_ <= kResumeAt) {
        paused_ = false;
        link_.resume_reading();
    }
}

void Intake::store_failed(const Error& why) {
    if (stopping_ || std::exchange(failing_, true)) return;
    close(why.detail);
    spawn(executor_, watch());
}

void Intake::disk_is(const std::optional<std::string>& low) {
    if (stopping_ || std::exchange(disk_low_, low.has_value()) == low.has_value()) return;
    if (low) return close(*low);
    open_if_all_is_well();
}

void Intake::close(const std::string& why) {
    context_.log.event(kClosed, {{"network", network_.str()}, {"why", why}});
    open_.Set(0);
    link_.hold();
}

void Intake::open_if_all_is_well() {
    if (is_closed()) return;
    open_.Set(1);
    context_.log.event(kOpen, {{"network", network_.str()}});
    link_.release();
}

Task<> Intake::watch() {
    while (!stopping_) {
        co_await sleep_until(context_.clock.steady() + kAskAgain);
        if (stopping_) co_return;
        store::Batch probe;
        probe.emplace_back(
            store::PutNetworkRecord{network_, std::string(kProbe), format_utc(context_.clock.wall())});
        if (co_await store_.commit(std::move(probe))) break;
    }
    failing_ = false;
    open_if_all_is_well();
}

}  // namespace causeway::app
