#include "gateway/admin/loop_lag.hpp"

#include "tests/unit/admin/admin_fixture.hpp"

namespace causeway::admin {
namespace {

TEST(BuildInfoTest, SaysVersionAndCompiler) {
    Metrics metrics;
    expose_build_info(metrics);
    const auto text = metrics.text();
    EXPECT_THAT(text, ::testing::HasSubstr("causeway_build_info{"));
    EXPECT_THAT(text, ::testing::HasSubstr("version=\"" CAUSEWAY_VERSION "\""));
}

TEST(LoopLagTest, MeasuresOnceASecondUntilStopped) {
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    asio::io_context loop;
    LoopLag lag(loop.get_executor(), Context{clock, random, metrics, log::Log{}});
    lag.start();
    loop.run_one();
    lag.stop();
    loop.run();  // returns: nothing is armed any more
    EXPECT_EQ(metrics.seconds("causeway_loop_lag_seconds", "").Collect().histogram.sample_count, 1U);
}

}  // namespace
}  // namespace causeway::admin
