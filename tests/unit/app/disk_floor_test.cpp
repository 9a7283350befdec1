#include "gateway/app/disk_floor.hpp"

#include <gmock/gmock.h>

namespace causeway::app {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;

class DiskFloorTest : public ::testing::Test {
protected:
    DiskFloor make(std::optional<std::uint64_t> floor) {
        return {loop.get_executor(), [this] { return space; }, floor,
                [this](const std::optional<std::string>& why) { told.push_back(why.has_value()); }, context};
    }

    asio::io_context loop;
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, log::Log{}};
    std::optional<DiskSpace> space = DiskSpace{500 * kGiB, 1000 * kGiB};
    std::vector<bool> told;  ///< whether it was low
};

TEST_F(DiskFloorTest, IsAGibibyteOfALargeDiskAndATwentiethOfASmallOne) {
    auto disk = make(std::nullopt);
    disk.look();
    EXPECT_EQ(disk.status().at("floor_bytes").to_number<std::uint64_t>(), kGiB);
    EXPECT_FALSE(disk.is_low());
    space = DiskSpace{kGiB, 10 * kGiB};
    disk.look();
    EXPECT_EQ(disk.status().at("floor_bytes").to_number<std::uint64_t>(), kGiB / 2);
    space->free = kGiB / 2 - 1;
    disk.look();
    EXPECT_TRUE(disk.is_low());
    EXPECT_THAT(told, ::testing::ElementsAre(true));
}

TEST_F(DiskFloorTest, OpensSomeWayAboveAndTellsChangesOnly) {
    auto disk = make(kGiB);
    space->free = kGiB - 1;
    disk.look();
    disk.look();
    space->free = kGiB + 1;  // it would flap here
    disk.look();
    EXPECT_TRUE(disk.is_low());
    space->free = kGiB + 64 * 1024 * 1024;
    disk.look();
    disk.look();
    EXPECT_FALSE(disk.is_low());
    EXPECT_THAT(told, ::testing::ElementsAre(true, false));
}

TEST_F(DiskFloorTest, NoneIsNone) {
    auto disk = make(0);
    space->free = 0;
    disk.look();
    EXPECT_FALSE(disk.is_low());
}

TEST_F(DiskFloorTest, ADiskThatCannotBeAskedChangesNothing) {
    auto disk = make(kGiB);
    space.reset();
    disk.look();
    EXPECT_FALSE(disk.is_low());
    EXPECT_FALSE(disk_space_at("/no/such/place"));
    EXPECT_GT(disk_space_at("/")->total, 0U);
}

TEST_F(DiskFloorTest, LooksByItself) {
    auto disk = make(kGiB);
    disk.start();
    space->free = 0;
    while (told.empty()) loop.run_one();
    EXPECT_TRUE(disk.is_low());
    disk.stop();
    loop.run();
}

}  // namespace
}  // namespace causeway::app
