#pragma once
/// @file component/stream/link_report.hpp
/// NAME       LinkReport: what operators see of a link: log lines and metrics.
/// WHY        Keeps handles (looked up once) and sentences out of the code that moves bytes.
/// INVARIANTS Labels hold the network's name and constants only; no line holds a stanza or a person's address.
#include <array>
#include <cstddef>
#include <string>

#include "component/stream/link.hpp"
#include "component/stream/loss.hpp"
#include "component/stream/stream.hpp"
#include "gateway/base/context.hpp"

namespace causeway::xmpp {

class LinkReport {
public:
    LinkReport(Context& context, const LinkSettings& settings);

    void connected(const LinkSettings& settings);
    /// @param retry_in until the next connect
    void lost(const Loss& loss, bool was_up, Millis retry_in);
    void stopped(bool drained);
    void no_loop(bool server_is_known);
    void refused(Refusal refusal);
    void barrier_back(SteadyTime asked, SteadyTime now);

    void received(std::size_t bytes) { bytes_in_.Increment(static_cast<double>(bytes)); }
    void written(std::size_t bytes) { bytes_out_.Increment(static_cast<double>(bytes)); }
    void queued(std::size_t bytes) { queue_.Set(static_cast<double>(bytes)); }
    /// The counters of the stream that is going on; adds what is new since the last call.
    void count(const ComponentStream::Counters& counters);
    /// The link is down: gauges fall to zero and counters of a stream start anew.
    void down();

private:
    log::Log log_;
    std::string network_;
    std::string domain_;
    Gauge& up_;
    Gauge& queue_;
    Counter& reconnects_;
    Counter& stanzas_in_;
    Counter& stanzas_out_;
    Counter& bytes_in_;
    Counter& bytes_out_;
    Histogram& barrier_;
    std::array<Counter*, kRefusals> refused_{};
    ComponentStream::Counters counted_;
};

}  // namespace causeway::xmpp
