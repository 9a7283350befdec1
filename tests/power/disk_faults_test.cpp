// A disk that is full, writes half, or fails, at every change of 40 commits: who was told "no" has nothing kept, who was told
// "yes" everything, and the store goes on by itself.
#include <gmock/gmock.h>

#include "tests/power/stage.hpp"

namespace causeway::power {
namespace {

constexpr std::uint64_t kSeed = 4'711;
constexpr std::size_t kGroups = 40;

struct Trouble {
    std::string name;
    Fault fault;
    std::size_t count;  ///< changes that fail, one after the other
};

class DiskFaultsTest : public ::testing::TestWithParam<Trouble> {
protected:
    void SetUp() override {
        ASSERT_TRUE(store::sqlite::Database::secure_file(path));
        auto folder = directory.file("");
        folder.pop_back();  // without its slash
        folder_ = folder;
    }
    void mount(SimulatedDisk& disk) { vfs.mount(folder_, disk); }

    SimulatedVfs vfs;
    Surroundings surroundings;
    store::testing::TemporaryDirectory directory;
    std::string path = directory.file("causeway.db");

private:
    std::string folder_;
};

TEST_P(DiskFaultsTest, ARefusedCommitLeavesNothingAndTheNextOnesWork) {
    std::size_t refused = 0;
    std::size_t changes = 1'000'000;
    for (std::size_t at = 0; at < changes; at += 3) {
        SimulatedDisk disk;
        mount(disk);
        Traffic traffic(kSeed);
        auto commit = driver_on(path, surroundings.context);
        disk.changes = 0;
        disk.fault = GetParam().fault;
        disk.fault_count = GetParam().count;
        disk.fault_at = at;
        const auto with_refusals = [&](std::span<const store::Batch* const> offered) {
            auto results = commit(offered);
            for (const auto& result : results) refused += !result && result.error().code == Errc::storage;
            return results;
        };
        static_cast<void>(commit_groups(disk, traffic, kGroups, with_refusals));
        disk.fault = Fault::none;
        changes = disk.changes;
        static_cast<void>(commit_groups(disk, traffic, 3, commit));
        commit = {};  // closed
        ASSERT_EQ(wrong_with(path, {&traffic.now()}), "") << "change " << at << " failed";
    }
    EXPECT_GT(refused, 100U);
}

INSTANTIATE_TEST_SUITE_P(Disk, DiskFaultsTest,
                         ::testing::Values(Trouble{"io_error", Fault::io_error, 1},
                                           Trouble{"io_errors", Fault::io_error, 25},
                                           Trouble{"full", Fault::full, 1},
                                           Trouble{"full_for_long", Fault::full, 25},
                                           Trouble{"short_write", Fault::short_write, 1}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace causeway::power
