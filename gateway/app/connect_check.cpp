#include "gateway/app/connect_check.hpp"

#include <ostream>

#include "gateway/app/wiring.hpp"
#include "gateway/base/async.hpp"

namespace causeway::app {
namespace {

constexpr Millis kTryWithin{15'000};

/// A link that is only tried hears no stanzas.
class Nobody final : public xmpp::LinkHandler {
public:
    void on_stanza(xmpp::Stanza) override {}
    void on_oversize(xmpp::StanzaHead, std::string_view) override {}
    void on_up() override {}
    void on_down(const Error&) override {}
};

class Checker {
public:
    Checker(const config::Config& config, std::ostream& out) : config_(config), out_(out) {}

    int run() {
        spawn(io_.get_executor(), try_all());
        io_.run();
        return failures_ == 0 ? 0 : 1;
    }

private:
    Task<> try_all() {
        for (const auto& network : config_.networks) {
            const auto to = network.server.host + ":" + std::to_string(network.server.port);
            print("component link of " + network.jid + " to " + to, co_await try_link(network));
            print("network " + network.name, co_await try_network(network));
        }
    }

    Task<Result<>> try_link(config::NetworkConfig network) {
        auto settings = bridge_settings(config_, network);
        if (!settings) co_return fail(settings.error());
        Nobody nobody;
        xmpp::Link link(io_.get_executor(), std::move(settings->link), nobody, context_);
        co_return co_await link.probe(clock_.steady() + kTryWithin);
    }

    Task<Result<>> try_network(config::NetworkConfig network) {
        const auto legacy = make_network(network, io_.get_executor(), context_);
        co_return co_await legacy->check(clock_.steady() + kTryWithin);
    }

    void print(const std::string& what, const Result<>& result) {
        if (result) {
            out_ << "ok      " << what << '\n';
            return;
        }
        ++failures_;
        out_ << "FAILED  " << what << ": " << to_string(result.error().code);
        if (!result.error().detail.empty()) out_ << " (" << result.error().detail << ")";
        out_ << '\n';
    }

    const config::Config& config_;
    std::ostream& out_;
    asio::io_context io_{1};
    SystemClock clock_;
    SystemRandom random_;
    Metrics metrics_;
    Context context_{clock_, random_, metrics_, log::Log{}};
    int failures_ = 0;
};

}  // namespace

int connect_check(const config::Config& config, std::ostream& out) {
    return Checker(config, out).run();
}

}  // namespace causeway::app
