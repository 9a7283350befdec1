#include "component/stream/link_probe.hpp"

#include <string>
#include <utility>
#include <vector>

#include "component/stream/link_parts.hpp"
#include "component/stream/stream.hpp"
#include "component/stream/transport.hpp"

namespace causeway::xmpp {

namespace {

constexpr std::size_t kProbeBuffer = 4 * 1024;

/// Only wants to know whether the handshake was accepted.
class ProbeListener final : public StreamListener {
public:
    bool ready = false;

    void on_ready() override { ready = true; }
    void on_stanza(Stanza) override {}
    void on_oversize(StanzaHead, std::string_view) override {}
    void on_ping_back(std::uint64_t) override {}
    void on_refused(Refusal) override {}
    void on_no_loop() override {}
};

/// The two ends that bytes are moved between.
struct Exchange {
    Transport& transport;
    ComponentStream& stream;
    const Clock& clock;

    [[nodiscard]] Task<> once();
};

/// Moves bytes both ways once; a failure ends the stream.
Task<> Exchange::once() {
    std::string output;
    stream.take_output(output, clock.steady());
    if (!output.empty()) {
        const auto written = co_await transport.write(output);
        if (!written) stream.lose(written.error());
    }
    if (stream.phase() == StreamPhase::closed) co_return;
    std::vector<char> input(kProbeBuffer);
    const auto count = co_await transport.read(input);
    if (count) {
        stream.feed({input.data(), *count}, clock.steady());
    } else {
        stream.lose(count.error());
    }
}

}  // namespace

Task<Result<>> probe_link(Executor executor, LinkSettings settings, Context context, SteadyTime deadline) {
    Transport transport(std::move(executor), context.clock);
    TransportSettings where = transport_settings(settings);
    const auto connected = co_await transport.connect(std::move(where), deadline);
    if (!connected) co_return fail(to_error(connected.error()));

    const Transport::Watchdog watchdog(transport, deadline);
    ProbeListener listener;
    ComponentStream stream(stream_settings(settings, 0), listener, context.clock.steady());
    Exchange exchange{transport, stream, context.clock};
    while (!listener.ready && stream.phase() != StreamPhase::closed) co_await exchange.once();
    if (!listener.ready) co_return fail(to_error(stream.loss()));
    stream.close();
    while (stream.phase() != StreamPhase::closed) co_await exchange.once();
    transport.close();
    co_return Result<>{};
}

}  // namespace causeway::xmpp
