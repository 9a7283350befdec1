#include "gateway/base/metrics.hpp"

#include <map>

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "gateway/base/assert.hpp"

namespace causeway {

struct Metrics::Impl {
    // Merge: asking again for a family or for its labels gives the one that is there.
    prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};

    static prometheus::Labels labels(Metrics::Labels labels) { return {labels.begin(), labels.end()}; }
};

namespace {

const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
    static const prometheus::Histogram::BucketBoundaries kBuckets{
        // immutable
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
        0.1,    0.25,    0.5,    1.0,   2.5,    5.0,   10.0, 30.0,  60.0};
    return kBuckets;
}

void expect_our_name(const std::string& name) {
    CAUSEWAY_ASSERT(name.starts_with("causeway_"));
}

}  // namespace

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, Labels labels) {
    expect_our_name(name);
    return prometheus::BuildCounter()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(Impl::labels(labels));
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, Labels labels) {
    expect_our_name(name);
    return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(Impl::labels(labels));
}

Histogram& Metrics::seconds(const std::string& name, const std::string& help, Labels labels) {
    expect_our_name(name);
    return prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(Impl::labels(labels), seconds_buckets());
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace causeway
