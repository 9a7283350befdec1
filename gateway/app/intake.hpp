#pragma once
/// @file gateway/app/intake.hpp
/// NAME       Intake: lets in only what can be kept.
/// WHY        A component's stream acknowledges nothing: what was read and cannot be written down would be lost in silence.
///            So the stream is read only as fast as the store commits, and closed while it cannot: then the XMPP server itself
///            answers senders with errors (DESIGN §5).
/// TESTS      tests/e2e/test_kept_messages.py
#include <optional>
#include <string>

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
    /// Closed as long as there is a reason.
    void disk_is(const std::optional<std::string>& low);
    /// Ends the watch, for good.
    void stop() noexcept { stopping_ = true; }

    [[nodiscard]] bool is_closed() const noexcept { return failing_ || disk_low_; }

private:
    void close(const std::string& why);
    void open_if_all_is_well();
    [[nodiscard]] Task<> watch();

    Executor executor_;
    xmpp::Link& link_;
    store::Store& store_;
    NetworkName network_;
    Context context_;
    Gauge& open_;
    std::size_t under_commit_ = 0;
    bool paused_ = false;
    bool failing_ = false;   ///< the last commit failed
    bool disk_low_ = false;  ///< there is room to settle what is kept, not for more
    bool stopping_ = false;
};

}  // namespace causeway::app
