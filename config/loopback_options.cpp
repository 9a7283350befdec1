#include "config/loopback_options.hpp"

#include <tuple>

#include "config/section.hpp"

namespace causeway::config {

namespace {

using namespace std::chrono_literals;

[[nodiscard]] std::shared_ptr<const ProtocolOptions> read_loopback(Section& section) {
    auto options = std::make_shared<LoopbackOptions>();
    options->durable = section.flag("durable", false);
    if (!options->durable) return options;
    options->journal = section.required("journal", "journal: /tmp/journal");
    options->script = section.text("script", "");
    options->offers = section.text("offers", "");
    options->idempotent = section.flag("idempotent", false);
    options->keeps_order = section.flag("keeps_order", false);
    options->delivery_reports = section.flag("delivery_reports", false);
    options->resend_on_doubt =
        section.choice<bool>("on_ambiguous", false, {{"hold", false}, {"resend", true}});
    options->poison = section.flag("poison", false);
    options->max_in_flight = static_cast<std::size_t>(section.number("max_in_flight", 16, 1, 1024));
    options->latency = section.duration("latency", options->latency, 0ms, 1h);
    options->report_after = section.duration("report_after", options->report_after, 0ms, 1h);
    options->retry_after = section.duration("retry_after", options->retry_after, 0ms, 1h);
    options->send_timeout = section.duration("send_timeout", options->send_timeout, 1ms, 5min);
    options->reconnect_first = section.duration("reconnect_first", options->reconnect_first, 1ms, 1h);
    options->reconnect_max = section.duration("reconnect_max", options->reconnect_max, 1ms, 24h);
    return options;
}

}  // namespace

bool operator==(const LoopbackOptions& a, const LoopbackOptions& b) noexcept {
    const auto all = [](const LoopbackOptions& o) {
        return std::tie(o.durable, o.journal, o.script, o.offers, o.idempotent, o.keeps_order,
                        o.delivery_reports, o.resend_on_doubt, o.poison, o.max_in_flight, o.latency,
                        o.report_after, o.retry_after, o.send_timeout, o.reconnect_first, o.reconnect_max);
    };
    return all(a) == all(b);
}

void LoopbackOptions::compare(const ProtocolOptions& newer_options, const std::string& path,
                              ReloadPlan& plan) const {
    const auto& newer = dynamic_cast<const LoopbackOptions&>(newer_options);
    if (!(*this == newer)) plan.restart.push_back(path);
}

Protocol loopback_protocol() {
    return {"loopback", read_loopback};
}

}  // namespace causeway::config
