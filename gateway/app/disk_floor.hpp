#pragma once
/// @file gateway/app/disk_floor.hpp
/// NAME       DiskFloor: nothing new is taken in while the store's disk is nearly full.
/// WHY        What was accepted must be carried on and settled: that takes room too, which must be left when the intake stops.
/// INVARIANTS Opens again by itself, a tenth of the floor above it (64 MiB at most): it does not flap. Writes nothing.
/// TESTS      tests/unit/app/disk_floor_test.cpp, tests/e2e/test_disk.py
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "gateway/base/async.hpp"
#include "gateway/base/context.hpp"

namespace causeway::app {

struct DiskSpace {
    std::uint64_t free = 0;  ///< for us: what is reserved for root is not counted
    std::uint64_t total = 0;
};

/// Of the file system that holds `path`; nothing if it cannot be asked.
[[nodiscard]] std::optional<DiskSpace> disk_space_at(const std::string& path);

class DiskFloor {
public:
    using Measure = std::function<std::optional<DiskSpace>()>;
    /// The reason while the disk is too full; nothing when it is not any more.
    using Changed = std::function<void(const std::optional<std::string>& why)>;
    static constexpr Millis kEvery{500};

    /// @param floor bytes; nothing: 5 % of the disk or 1 GiB, whichever is less; 0: there is none
    DiskFloor(Executor executor, Measure measure, std::optional<std::uint64_t> floor, Changed changed,
              Context context);
    DiskFloor(const DiskFloor&) = delete;
    DiskFloor& operator=(const DiskFloor&) = delete;

    /// Looks at once, and again and again.
    void start();
    void stop();
    void look();

    [[nodiscard]] bool is_low() const noexcept { return low_; }
    /// For `causeway status`.
    [[nodiscard]] boost::json::object status() const;

private:
    void arm();
    [[nodiscard]] std::uint64_t floor_of(const DiskSpace& space) const noexcept;

    Executor executor_;
    Measure measure_;
    std::optional<std::uint64_t> floor_;
    Changed changed_;
    Context context_;
    Gauge& free_gauge_;
    Gauge& floor_gauge_;
    Timer timer_;
    DiskSpace seen_;
    bool low_ = false;
    bool stopped_ = true;
};

}  // namespace causeway::app
