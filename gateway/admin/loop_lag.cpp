#include "gateway/admin/loop_lag.hpp"

namespace causeway::admin {

LoopLag::LoopLag(Executor loop, Context context)
    : context_(context),
      timer_(std::move(loop)),
      lag_(context.metrics.seconds("causeway_loop_lag_seconds",
                                   "How late the event loop runs a timer that is due")) {}

void LoopLag::arm() {
    timer_.expires_after(std::chrono::seconds{1});
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const std::chrono::duration<double> late = context_.clock.steady() - timer_.expiry();
        lag_.Observe(std::max(0.0, late.count()));
        arm();
    });
}

void expose_build_info(Metrics& metrics) {
    metrics
        .gauge("causeway_build_info", "Always 1; the labels say what is running",
               {{"version", CAUSEWAY_VERSION}, {"compiler", __VERSION__}})
        .Set(1);
}

}  // namespace causeway::admin
