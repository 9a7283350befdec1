#include "component/stream/link_report.hpp"

#include <utility>

namespace causeway::xmpp {

namespace {

using log::Level;

constexpr log::Message kUp{"CAUSEWAY_LINK_UP", Level::info, "component link is up"};
constexpr log::Message kClosed{"CAUSEWAY_LINK_CLOSED", Level::info, "component link closed on our own wish"};
constexpr log::Message kLost{"CAUSEWAY_LINK_LOST", Level::warning, "component link lost, will reconnect"};
constexpr log::Message kConnectFailed{"CAUSEWAY_LINK_CONNECT_FAILED", Level::warning,
                                      "component link could not be made, will try again"};
constexpr log::Message kNotAuthorized{
    "CAUSEWAY_LINK_NOT_AUTHORIZED", Level::error,
    "the XMPP server did not accept the component's name and secret: check both"};
constexpr log::Message kConflict{"CAUSEWAY_LINK_CONFLICT", Level::warning,
                                 "the XMPP server says that another connection holds this component's name, "
                                 "perhaps our own half-dead old one; will keep trying"};
constexpr log::Message kHostUnknown{"CAUSEWAY_LINK_HOST_UNKNOWN", Level::error,
                                    "the XMPP server does not know this component's name: check domain"};
constexpr log::Message kInvalidFrom{"CAUSEWAY_LINK_INVALID_FROM", Level::error,
                                    "the XMPP server closed the link because of a stanza's sender address"};
constexpr log::Message kTlsRefused{"CAUSEWAY_LINK_TLS_REFUSED", Level::error,
                                   "TLS to the XMPP server failed or its certificate is not accepted"};
constexpr log::Message kPlaintextRefused{"CAUSEWAY_LINK_PLAINTEXT_REFUSED", Level::error,
                                         "refused to send the secret in plain text to another machine"};
constexpr log::Message kNoLoop{"CAUSEWAY_LINK_NO_LOOP", Level::warning,
                               "the XMPP server does not return our ping to ourselves"};
constexpr log::Message kNotDrained{"CAUSEWAY_LINK_NOT_DRAINED", Level::warning,
                                   "stopping before everything the XMPP server had for us was read"};
constexpr log::Message kRefusedOut{"CAUSEWAY_LINK_STANZA_REFUSED", Level::warning,
                                   "a stanza of ours would have closed the link and was not sent"};
constexpr log::Message kDroppedIn{"CAUSEWAY_LINK_STANZA_DROPPED", Level::debug,
                                  "a stanza from the XMPP server was dropped"};

const log::Message& message_for(const Loss& loss, bool was_up) noexcept {
    if (loss.kind == LossKind::tls) return kTlsRefused;
    if (loss.kind == LossKind::plaintext_refused) return kPlaintextRefused;
    if (loss.condition == "not-authorized") return kNotAuthorized;
    if (loss.condition == "conflict") return kConflict;
    if (loss.condition == "host-unknown") return kHostUnknown;
    if (loss.condition == "invalid-from") return kInvalidFrom;
    return was_up ? kLost : kConnectFailed;
}

bool is_outgoing(Refusal refusal) noexcept {
    return refusal == Refusal::out_bad_address || refusal == Refusal::out_foreign_from ||
           refusal == Refusal::out_too_large;
}

}  // namespace

LinkReport::LinkReport(Context& context, const LinkSettings& settings)
    : log_(context.log),
      network_(settings.network),
      domain_(settings.domain),
      up_(context.metrics.gauge("causeway_link_up", "1 while the component link is up",
                                {{"network", network_}})),
      queue_(context.metrics.gauge("causeway_link_output_queue_bytes", "Bytes queued for the XMPP server",
                                   {{"network", network_}})),
      reconnects_(context.metrics.counter("causeway_link_reconnects_total",
                                          "Times the component link was lost or could not be made",
                                          {{"network", network_}})),
      stanzas_in_(context.metrics.counter("causeway_link_stanzas_total", "Stanzas on the component link",
                                          {{"network", network_}, {"direction", "in"}})),
      stanzas_out_(context.metrics.counter("causeway_link_stanzas_total", "Stanzas on the component link",
                                           {{"network", network_}, {"direction", "out"}})),
      bytes_in_(context.metrics.counter("causeway_link_bytes_total", "Bytes on the component link",
                                        {{"network", network_}, {"direction", "in"}})),
      bytes_out_(context.metrics.counter("causeway_link_bytes_total", "Bytes on the component link",
                                         {{"network", network_}, {"direction", "out"}})),
      barrier_(context.metrics.seconds("causeway_link_barrier_seconds",
                                       "From asking for a barrier until the XMPP server returned it",
                                       {{"network", network_}})) {
    for (std::size_t i = 0; i < kRefusals; ++i) {
        refused_.at(i) = &context.metrics.counter(
            "causeway_link_stanzas_refused_total", "Stanzas that were neither sent nor handed on",
            {{"network", network_}, {"reason", std::string(to_string(static_cast<Refusal>(i)))}});
    }
}

void LinkReport::connected(const LinkSettings& settings) {
    up_.Set(1);
    log_.event(kUp, {{"network", network_},
                     {"domain", domain_},
                     {"host", settings.host},
                     {"port", settings.port},
                     {"tls", settings.security == LinkSecurity::tls ? "yes" : "no"}});
}

void LinkReport::lost(const Loss& loss, bool was_up, Millis retry_in) {
    reconnects_.Increment();
    log_.event(message_for(loss, was_up), {{"network", network_},
                                           {"domain", domain_},
                                           {"reason", to_string(loss.kind)},
                                           {"condition", loss.condition},
                                           {"text", loss.text},
                                           {"retry_in_ms", retry_in.count()}});
}

void LinkReport::stopped(bool drained) {
    log_.event(drained ? kClosed : kNotDrained, {{"network", network_}, {"domain", domain_}});
}

void LinkReport::no_loop(bool server_is_known) {
    log_.event(kNoLoop,
               {{"network", network_},
                {"domain", domain_},
                {"instead", server_is_known ? "pinging the server's domain" : "no dead-link detection"}});
}

void LinkReport::refused(Refusal refusal) {
    refused_.at(static_cast<std::size_t>(refusal))->Increment();
    log_.event(is_outgoing(refusal) ? kRefusedOut : kDroppedIn,
               {{"network", network_}, {"reason", to_string(refusal)}});
}

void LinkReport::barrier_back(SteadyTime asked, SteadyTime now) {
    barrier_.Observe(std::chrono::duration<double>(now - asked).count());
}

void LinkReport::count(const ComponentStream::Counters& counters) {
    const auto in = counters.stanzas_in - std::exchange(counted_.stanzas_in, counters.stanzas_in);
    const auto out = counters.stanzas_out - std::exchange(counted_.stanzas_out, counters.stanzas_out);
    if (in != 0) stanzas_in_.Increment(static_cast<double>(in));
    if (out != 0) stanzas_out_.Increment(static_cast<double>(out));
}

void LinkReport::down() {
    up_.Set(0);
    queue_.Set(0);
    counted_ = {};
}

}  // namespace causeway::xmpp
