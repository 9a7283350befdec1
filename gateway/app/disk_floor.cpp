#include "gateway/app/disk_floor.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

namespace causeway::app {
namespace {

constexpr std::uint64_t kMiB = 1024ULL * 1024;
constexpr std::uint64_t kGreatestDefault = 1024 * kMiB;
constexpr std::uint64_t kDefaultPart = 20;  // 5 %
constexpr std::uint64_t kGreatestMargin = 64 * kMiB;

constexpr log::Message kLow{"CAUSEWAY_DISK_LOW", log::Level::error,
                            "the store's disk is nearly full; nothing new is taken in"};
constexpr log::Message kEnough{"CAUSEWAY_DISK_ENOUGH", log::Level::info,
                               "the store's disk has room again; messages are taken in"};

}  // namespace

std::optional<DiskSpace> disk_space_at(const std::string& path) {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) return std::nullopt;
    const std::uint64_t block = status.f_frsize;
    return DiskSpace{block * status.f_bavail, block * status.f_blocks};
}

DiskFloor::DiskFloor(Executor executor, Measure measure, std::optional<std::uint64_t> floor, Changed changed,
                     Context context)
    : executor_(std::move(executor)),
      measure_(std::move(measure)),
      floor_(floor),
      changed_(std::move(changed)),
      context_(context),
      free_gauge_(
          context.metrics.gauge("causeway_store_disk_free_bytes", "Room left on the store's file system")),
      floor_gauge_(context.metrics.gauge("causeway_store_disk_floor_bytes",
                                         "With less room than this nothing new is taken in")),
      timer_(executor_) {}

void DiskFloor::start() {
    stopped_ = false;
    look();
    arm();
}

void DiskFloor::stop() {
    stopped_ = true;
    timer_.cancel();
}

void DiskFloor::arm() {
    timer_.expires_after(kEvery);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopped_) return;
        look();
        arm();
    });
}

std::uint64_t DiskFloor::floor_of(const DiskSpace& space) const noexcept {
    return floor_ ? *floor_ : std::min(space.total / kDefaultPart, kGreatestDefault);
}

void DiskFloor::look() {
    const auto space = measure_();
    if (!space) return;  // the store itself tells when its disk is gone
    seen_ = *space;
    const auto floor = floor_of(seen_);
    free_gauge_.Set(static_cast<double>(seen_.free));
    floor_gauge_.Set(static_cast<double>(floor));
    const auto margin = low_ ? std::min(floor / 10, kGreatestMargin) : 0;
    if (const bool low = seen_.free < floor + margin; low == std::exchange(low_, low)) return;
    context_.log.event(low_ ? kLow : kEnough, {{"free_mib", seen_.free / kMiB}, {"floor_mib", floor / kMiB}});
    if (low_) {
        changed_("the store's disk is nearly full");
    } else {
        changed_(std::nullopt);
    }
}

boost::json::object DiskFloor::status() const {
    boost::json::object status;
    status["free_bytes"] = seen_.free;
    status["floor_bytes"] = floor_of(seen_);
    status["low"] = low_;
    return status;
}

}  // namespace causeway::app
