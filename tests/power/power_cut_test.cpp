// The power is cut at every write of 1,000 commits: what was acknowledged is there, nothing is half.
// Which of the unsynced writes stay is drawn by chance from the seed and the step: a step that fails, fails again.
#include <gmock/gmock.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "gateway/store/sqlite/migrations.hpp"
#include "gateway/store/sqlite/rows.hpp"
#include "tests/power/stage.hpp"

namespace causeway::power {
namespace {

using Leaves = PowerCut::Leaves;
using store::sqlite::Database;
using store::testing::TemporaryDirectory;

constexpr std::uint64_t kSeed = 20'261'127;

// The sanitizers look for other things, and would take minutes.
#if __has_feature(address_sanitizer)
constexpr std::size_t kCommits = 100;
#else
constexpr std::size_t kCommits = 1'000;
#endif

/// POWER_CUT_ALL=1: every kind of cut at every step, for the long run.
bool all_cuts() {
    return std::getenv("POWER_CUT_ALL") != nullptr;
}

/// Everything that was done, and what was acknowledged when.
struct Record {
    std::vector<Step> journal;
    std::vector<Moment> moments;
};

class PowerCutTest : public ::testing::Test {
protected:
    /// Images are made and dropped by the thousand: their memory is kept instead of given back each time.
    static void SetUpTestSuite() {
        ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
        ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    }

    struct Place {
        TemporaryDirectory directory;
        std::string path = directory.file("causeway.db");
        [[nodiscard]] std::string folder() const { return directory.file(""); }
    };

    void mount(const Place& place, SimulatedDisk& disk) {
        ASSERT_TRUE(Database::secure_file(place.path));
        auto folder = place.folder();
        folder.pop_back();  // without its slash
        vfs.mount(folder, disk);
    }

    /// `open` gives what commits on the disk.
    template <class Open>
    Record record(SimulatedDisk& disk, std::size_t groups, const Open& open) {
        const Place place;
        mount(place, disk);
        Traffic traffic(kSeed);
        auto commit = open(place.path);
        Record record;
        record.moments = commit_groups(disk, traffic, groups, commit);
        record.journal = disk.journal();
        return record;
    }
    Record record_driver(SimulatedDisk& disk, std::size_t groups) {
        return record(disk, groups,
                      [this](const std::string& path) { return driver_on(path, surroundings.context); });
    }

    struct Verdict {
        std::size_t cuts = 0;
        std::vector<std::string> wrong;
    };
    /// Cuts at every step; two threads share them. Ends early when something is wrong.
    Verdict cut_everywhere(const Record& record);
    void cut_every_second(const Record& record, std::size_t first, Verdict& verdict);
    std::string cut(const PowerCut& cut, std::size_t step, Leaves leaves, const Place& place,
                    const std::vector<const Contents*>& allowed);

    SimulatedVfs vfs;
    Surroundings surroundings;
    std::mutex mutex;
    std::atomic<bool> enough = false;
};

/// What may be there after a cut before `step`: what was acknowledged, with or without what was under way.
std::vector<const Contents*> allowed_at(const Record& record, std::size_t& moment, std::size_t step) {
    static const Contents kNothing;
    while (moment < record.moments.size() && record.moments[moment].ended <= step) ++moment;
    if (moment == record.moments.size()) return {&record.moments.back().after};
    const auto& next = record.moments[moment];
    if (step < next.begun) return {&next.before};
    return {&next.before, &next.after};
}

std::string PowerCutTest::cut(const PowerCut& cut, std::size_t step, Leaves leaves, const Place& place,
                              const std::vector<const Contents*>& allowed) {
    std::mt19937_64 random(kSeed + step * 4 + static_cast<std::size_t>(leaves));
    SimulatedDisk disk(cut.image(leaves, random));
    mount(place, disk);
    auto why = wrong_with(place.path, allowed);
    if (!why.empty()) {
        why = "cut before step " + std::to_string(step) + ", leaves " +
              std::to_string(static_cast<int>(leaves)) + ": " + why;
    }
    return why;
}

void PowerCutTest::cut_every_second(const Record& record, std::size_t first, Verdict& verdict) {
    constexpr std::array kLeaves{Leaves::nothing, Leaves::all, Leaves::torn_end, Leaves::some};
    const Place place;
    PowerCut power(record.journal);
    std::size_t moment = 0;
    for (std::size_t step = first; step <= record.journal.size() && !enough; step += 2) {
        power.move_to(step);
        const auto allowed = allowed_at(record, moment, step);
        const bool is_sync = step < record.journal.size() && record.journal[step].kind == Step::Kind::sync;
        for (std::size_t i = 0; i < kLeaves.size(); ++i) {
            if (!is_sync && !all_cuts() && (step / 2) % kLeaves.size() != i) continue;
            auto why = cut(power, step, kLeaves[i], place, allowed);
            const std::scoped_lock lock(mutex);
            ++verdict.cuts;
            if (why.empty()) continue;
            verdict.wrong.push_back(std::move(why));
            enough = true;
        }
    }
}

PowerCutTest::Verdict PowerCutTest::cut_everywhere(const Record& record) {
    Verdict verdict;
    enough = false;
    {
        const std::jthread other([&] { cut_every_second(record, 1, verdict); });
        cut_every_second(record, 0, verdict);
    }
    return verdict;
}

TEST_F(PowerCutTest, NothingAcknowledgedIsLostAndNothingIsHalf) {
    SimulatedDisk disk;
    const auto record = record_driver(disk, kCommits);
    const auto verdict = cut_everywhere(record);
    EXPECT_THAT(verdict.wrong, ::testing::IsEmpty());
    std::cout << record.moments.size() << " commits, " << record.journal.size() << " steps, " << verdict.cuts
              << " cuts\n";
    EXPECT_GE(record.moments.size(), kCommits);
    EXPECT_GT(verdict.cuts, record.journal.size());
}

/// The power is cut again while the store is brought up after a cut.
TEST_F(PowerCutTest, RecoveryMayBeCutToo) {
    SimulatedDisk disk;
    const auto record = record_driver(disk, 60);
    PowerCut power(record.journal);
    std::mt19937_64 random(kSeed);
    std::size_t moment = 0;
    std::size_t cuts = 0;
    const Place place;
    for (std::size_t step = 0; step < record.journal.size(); step += 97) {
        power.move_to(step);
        const auto allowed = allowed_at(record, moment, step);
        SimulatedDisk cut_disk(power.image(Leaves::some, random), SimulatedDisk::Journal::kept);
        mount(place, cut_disk);
        ASSERT_TRUE(driver_on(place.path, surroundings.context)) << "cut before step " << step;
        PowerCut again(cut_disk.journal());
        for (std::size_t second = cut_disk.made(); second <= cut_disk.journal().size(); ++second) {
            again.move_to(second);
            const auto why = cut(again, second, Leaves::some, place, allowed);
            ASSERT_EQ(why, "") << "after a cut before step " << step;
            ++cuts;
        }
    }
    EXPECT_GT(cuts, 100U);
}

// ------------------------------------------------------------------------------------------------ the judge is tried
TEST_F(PowerCutTest, JudgeSeesADiskThatLiesAboutSync) {
    SimulatedDisk disk;
    disk.lies_about_sync = true;
    EXPECT_THAT(cut_everywhere(record_driver(disk, 50)).wrong, ::testing::Not(::testing::IsEmpty()));
}

/// Commits as the driver does, but after `pragma`.
Commit with_pragma(const std::string& path, const char* pragma) {
    auto database = std::make_shared<Database>(Database::open(path).value());
    EXPECT_TRUE(store::sqlite::migrate(*database));
    EXPECT_TRUE(database->execute(pragma));
    return [database](std::span<const store::Batch* const> offered) {
        auto transaction = store::sqlite::Transaction::begin(*database).value();
        std::vector<Result<>> results;
        for (const auto* batch : offered) {
            results.push_back(store::sqlite::in_savepoint(
                *database, [&] { return store::sqlite::apply(*database, *batch); }));
        }
        EXPECT_TRUE(transaction.commit());
        return results;
    };
}

TEST_F(PowerCutTest, JudgeSeesASyncThatIsLeftOut) {
    for (const char* pragma : {"PRAGMA synchronous = OFF", "PRAGMA synchronous = NORMAL"}) {
        SimulatedDisk disk;
        const auto recorded =
            record(disk, 50, [&](const std::string& path) { return with_pragma(path, pragma); });
        EXPECT_THAT(cut_everywhere(recorded).wrong, ::testing::Not(::testing::IsEmpty())) << pragma;
    }
    SimulatedDisk disk;
    const auto recorded = record(
        disk, 50, [&](const std::string& path) { return with_pragma(path, "PRAGMA synchronous = FULL"); });
    EXPECT_THAT(cut_everywhere(recorded).wrong, ::testing::IsEmpty()) << "it is the pragma that was seen";
}

TEST_F(PowerCutTest, JudgeSeesAnEarlyAcknowledgement) {
    SimulatedDisk disk;
    auto recorded = record_driver(disk, 50);
    for (auto& moment : recorded.moments) moment.ended = std::max(moment.begun, moment.ended - 1);
    EXPECT_THAT(cut_everywhere(recorded).wrong, ::testing::Not(::testing::IsEmpty()));
}

TEST_F(PowerCutTest, JudgeSeesHalfABatch) {
    SimulatedDisk disk;
    auto recorded = record_driver(disk, 50);
    // As if each group had been told of one message more than it had.
    for (auto& moment : recorded.moments) moment.after.emplace(1'000'000, "queued||");
    EXPECT_THAT(cut_everywhere(recorded).wrong, ::testing::Not(::testing::IsEmpty()));
}

}  // namespace
}  // namespace causeway::power
