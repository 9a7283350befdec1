#include "gateway/app/link_outlet.hpp"

#include "gateway/base/async.hpp"

namespace causeway::app {
namespace {
constexpr Millis kFindOutEvery{1'000};
constexpr Millis kFindOutWithin{60'000};  // longer than a dead link lives

constexpr log::Message kNotSent{"CAUSEWAY_STANZA_NOT_SENT", log::Level::warning,
                                "a stanza of ours was refused before it was written"};
}  // namespace

LinkOutlet::LinkOutlet(Executor executor, xmpp::Link& link, const std::string& network, Context context)
    : executor_(std::move(executor)),
      link_(link),
      context_(context),
      network_(network),
      unsent_(context.metrics.counter("causeway_stanzas_unsent_total",
                                      "Stanzas for users that could not be written to the component stream",
                                      {{"network", network}})) {}

Result<> LinkOutlet::count(Result<> sent) {
    if (sent) {
        sent_since_ = true;
        if (!std::exchange(finding_out_, true)) spawn(executor_, find_out());
        return sent;
    }
    unsent_.Increment();
    // While the link is down this is expected, and said once by the link itself.
    if (sent.error().code != Errc::not_connected) {
        context_.log.event(kNotSent, {{"network", network_},
                                      {"error", to_string(sent.error().code)},
                                      {"detail", sent.error().detail}});
    }
    return sent;
}

Result<> LinkOutlet::send(const xml::Element& stanza) {
    return count(link_.send(stanza));
}

Result<> LinkOutlet::send_written(std::string_view stanza) {
    return count(link_.send_written(stanza));
}

Task<> LinkOutlet::find_out() {
    while (std::exchange(sent_since_, false)) {
        co_await sleep_until(context_.clock.steady() + kFindOutEvery);
        const auto now = context_.clock.steady();
        sent_since_ = false;
        if (!co_await link_.barrier(now + kFindOutWithin)) break;  // lost: what is sent next asks anew
        taken_until_ = now;
    }
    finding_out_ = false;
}

Task<> LinkOutlet::writable() {
    return link_.writable();
}

Task<Result<>> LinkOutlet::barrier(SteadyTime deadline) {
    return link_.barrier(deadline);
}

}  // namespace causeway::app
