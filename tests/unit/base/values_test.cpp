// Small values of base: results, secrets, time, chance.
#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "gateway/base/assert.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/time.hpp"

namespace causeway {
namespace {

/// Gives the bytes it was told, over and over.
class Scripted final : public Random {
public:
    explicit Scripted(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
    void fill(std::span<std::uint8_t> out) noexcept override {
        for (auto& byte : out) byte = bytes_[at_++ % bytes_.size()];
    }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

TEST(Result, EveryCodeHasItsOwnName) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Errc::internal); ++code) {
        names.insert(to_string(static_cast<Errc>(code)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Errc::internal) + 1);
    EXPECT_EQ(to_string(Errc::not_connected), "not_connected");
}

TEST(Result, FailCarriesCodeAndDetail) {
    const Result<int> failed = fail(Errc::refused, "why");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::refused);
    EXPECT_EQ(failed.error().detail, "why");
    EXPECT_EQ(failed.error().retry, Retry::never);
    EXPECT_EQ(failed.error().ambiguous, Ambiguous::no);
}

TEST(Secret, WipesMemory) {
    std::array<char, 8> memory{'s', 'e', 'c', 'r', 'e', 't', '!', '!'};
    wipe(memory.data(), memory.size());
    EXPECT_EQ(memory, (std::array<char, 8>{}));
    wipe(nullptr, 0);
}

TEST(Secret, RevealsOnlyOnRequest) {
    const Secret<std::string> secret(std::string("hunter2"));
    EXPECT_EQ(secret.reveal(), "hunter2");
    EXPECT_FALSE(secret.empty());
    EXPECT_TRUE(Secret<std::string>().empty());
}

TEST(Random, TokensAreBase32) {
    // RFC 4648 §10, in lower case and without padding.
    EXPECT_EQ(Scripted({'f', 'o', 'o', 'b', 'a', 'r'}).token(6), "mzxw6ytboi");
    EXPECT_EQ(Scripted({'f'}).token(1), "my");
    EXPECT_EQ(Scripted({'f', 'o', 'o', 'b', 'a'}).token(5), "mzxw6ytb");
    EXPECT_EQ(Scripted({0}).token(0), "");
}

TEST(Random, BelowDrawsAgainWhereARemainderWouldBeUnfair) {
    // The first eight bytes are at the limit and are thrown away, the next are 7.
    Scripted random({255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 7});
    EXPECT_EQ(random.below(10), 7U);
    EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, SystemTokensDiffer) {
    SystemRandom random;
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i) tokens.insert(random.token());
    EXPECT_EQ(tokens.size(), 1000U);
    EXPECT_EQ(tokens.begin()->size(), 16U);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(3), 3U);
}

TEST(Time, FormatsXep0082) {
    using namespace std::chrono;
    EXPECT_EQ(format_utc(WallTime{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_utc(WallTime{milliseconds{1'795'230'245'999}}), "2026-11-21T03:04:05Z");
    EXPECT_EQ(format_utc(WallTime{milliseconds{-1}}), "1969-12-31T23:59:59Z");
}

TEST(Time, SystemClockMoves) {
    const SystemClock clock;
    EXPECT_GT(clock.wall(), WallTime{std::chrono::milliseconds{1'700'000'000'000}});
    EXPECT_LE(clock.steady(), clock.steady());
}

TEST(AssertDeathTest, SaysWhatWasBelieved) {
    const int cards = 51;
    EXPECT_DEATH(CAUSEWAY_ASSERT(cards == 52), "CAUSEWAY_ASSERT failed: cards == 52");
}

}  // namespace
}  // namespace causeway
