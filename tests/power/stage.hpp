#pragma once
/// @file tests/power/stage.hpp
/// NAME       Stage: a disk, a store on it, traffic, and the record of what was acknowledged when.
/// TESTS      power_cut_test.cpp and disk_faults_test.cpp stand on it
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/store/sqlite/sqlite_driver.hpp"
#include "tests/power/simulated_disk.hpp"
#include "tests/power/simulated_vfs.hpp"
#include "tests/power/traffic.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace causeway::power {

/// Stands still, so that no group is cut short by its time.
class StoppedClock final : public Clock {
public:
    [[nodiscard]] SteadyTime steady() const noexcept override { return {}; }
    [[nodiscard]] WallTime wall() const noexcept override { return {}; }
};

/// What every stage needs of its surroundings.
struct Surroundings {
    StoppedClock clock;
    SystemRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, log::Log{}};
};

using Commit = std::function<std::vector<Result<>>(std::span<const store::Batch* const>)>;

/// Two moments of the journal between which a group was committed.
struct Moment {
    std::size_t begun = 0;  ///< steps that were done before
    std::size_t ended = 0;  ///< steps that were done when the answer came
    Contents before;
    Contents after;
};

/// Commits `groups` groups of `traffic`.
[[nodiscard]] std::vector<Moment> commit_groups(SimulatedDisk& disk, Traffic& traffic, std::size_t groups,
                                                const Commit& commit);

/// The store's own way, kept open by the function.
[[nodiscard]] Commit driver_on(const std::string& path, Context context);

/// Opens what is there as a start does. @return why it is wrong, "" if it is right
[[nodiscard]] std::string wrong_with(const std::string& path, const std::vector<const Contents*>& allowed);

}  // namespace causeway::power
