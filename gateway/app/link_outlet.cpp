#include "gateway/app/link_outlet.hpp"

namespace causeway::app {
namespace {
constexpr log::Message kNotSent{"CAUSEWAY_STANZA_NOT_SENT", log::Level::warning,
                                "a stanza of ours was refused before it was written"};
}

LinkOutlet::LinkOutlet(xmpp::Link& link, const std::string& network, Context context)
    : link_(link),
      context_(context),
      network_(network),
      unsent_(context.metrics.counter("causeway_stanzas_unsent_total",
                                      "Stanzas for users that could not be written to the component stream",
                                      {{"network", network}})) {}

Result<> LinkOutlet::count(Result<> sent) {
    if (sent) return sent;
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

Task<> LinkOutlet::writable() {
    return link_.writable();
}

bool LinkOutlet::is_writable() const noexcept {
    return link_.is_writable();
}

Task<Result<>> LinkOutlet::barrier(SteadyTime deadline) {
    return link_.barrier(deadline);
}

}  // namespace causeway::app
