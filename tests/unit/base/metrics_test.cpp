#include "gateway/base/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway {
namespace {

using testing::HasSubstr;

TEST(Metrics, SameNameAndLabelsGiveTheSameHandle) {
    Metrics metrics;
    Counter& a = metrics.counter("causeway_test_total", "help", {{"network", "irc"}});
    Counter& b = metrics.counter("causeway_test_total", "help", {{"network", "irc"}});
    Counter& other = metrics.counter("causeway_test_total", "help", {{"network", "sms"}});
    EXPECT_EQ(&a, &b);
    EXPECT_NE(&a, &other);
    EXPECT_EQ(&metrics.gauge("causeway_test", "help"), &metrics.gauge("causeway_test", "help"));
    EXPECT_EQ(&metrics.seconds("causeway_test_seconds", "help"),
              &metrics.seconds("causeway_test_seconds", "help"));
}

TEST(Metrics, TextIsThePrometheusFormat) {
    Metrics metrics;
    metrics.counter("causeway_test_total", "What it counts", {{"network", "irc"}}).Increment();
    metrics.gauge("causeway_test", "What it shows").Set(2.5);
    metrics.seconds("causeway_test_seconds", "How long").Observe(0.003);
    const std::string text = metrics.text();
    EXPECT_THAT(text,
                HasSubstr("# HELP causeway_test_total What it counts\n# TYPE causeway_test_total counter\n"));
    EXPECT_THAT(text, HasSubstr("causeway_test_total{network=\"irc\"} 1"));
    EXPECT_THAT(text, HasSubstr("causeway_test 2.5"));
    EXPECT_THAT(text, HasSubstr("causeway_test_seconds_bucket{le=\"0.0025\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("causeway_test_seconds_bucket{le=\"0.005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("causeway_test_seconds_bucket{le=\"60\"} 1\n"));
}

TEST(Metrics, LabelsAreEscaped) {
    Metrics metrics;
    metrics.counter("causeway_test_total", "help", {{"name", "a\"b\nc\\d"}}).Increment();
    EXPECT_THAT(metrics.text(), HasSubstr(R"({name="a\"b\nc\\d"} 1)"));
}

TEST(MetricsDeathTest, NamesAreOurs) {
    Metrics metrics;
    EXPECT_DEATH(static_cast<void>(metrics.counter("other_total", "help")), "causeway_");
}

}  // namespace
}  // namespace causeway
