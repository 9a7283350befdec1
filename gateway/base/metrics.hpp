#pragma once
/// @file gateway/base/metrics.hpp
/// NAME       Metrics: the process's registry, on prometheus-cpp's core.
/// INVARIANTS Handles are looked up once (300 ns) and kept; no label ever holds an address of a person.
///            Every metric's name starts with `causeway_`.
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace causeway {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;

class Metrics {
public:
    using Labels = std::initializer_list<std::pair<const std::string, std::string>>;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The same name and labels give the same handle; handles live as long as the registry. @threads any
    [[nodiscard]] Counter& counter(const std::string& name, const std::string& help, Labels labels = {});
    [[nodiscard]] Gauge& gauge(const std::string& name, const std::string& help, Labels labels = {});
    /// Buckets are for seconds: 0.1 ms to 60 s.
    [[nodiscard]] Histogram& seconds(const std::string& name, const std::string& help, Labels labels = {});

    /// Prometheus text format 0.0.4. Slow when large: call it on the pool. @threads any
    [[nodiscard]] std::string text() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace causeway
