#pragma once
/// @file gateway/app/intake.hpp
/// NAME       Intake: lets in only what can be kept.
/// WHY        A component's stream acknowledges nothing: what was read and cannot be written down would be lost in silence.
///            So the stream is read only as fast as the store commits, and closed while it cannot: then the XMPP server itself
///            answers senders with errors (DESIGN §5).
/// TESTS      tests/e2e/test_kept_messages.py
#include "component/stream/link.hpp"
#include "gateway/base/async.hpp"
#include "gateway/store/store.hpp"

namespace causeway::app {

class Intake {
public:
    /// All of them outlive the intake's work.
    Intake(Executor executor, xmpp::Link& link, store::Store& store, NetworkName network, Context context);

    /// A message was read whose commit has not ended.
    void began();
    /// Its commit has ended, or it needed none.
    void ended();
    /// A commit has failed: closes until one succeeds.
    void store_failed(const Error& why);
    /// Ends the watch, for good.
    void stop() noexcept { stopping_ = true; }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

private:
    [[nodiscard]] Task<> watch();

    Executor executor_;
    xmpp::Link& link_;
    store::Store& store_;
    NetworkName network_;
    Context context_;
    Gauge& open_;
    std::size_t under_commit_ = 0;
    bool paused_ = false;
    bool closed_ = false;
    bool stopping_ = false;
};

}  // namespace causeway::app
