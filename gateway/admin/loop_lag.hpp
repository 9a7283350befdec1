#pragma once
/// @file gateway/admin/loop_lag.hpp
/// NAME       LoopLag: how late the loop runs what is due; the first sign of trouble. One timer a second.

#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"

namespace causeway::admin {

class LoopLag {
public:
    LoopLag(Executor loop, Context context);
    void start() { arm(); }
    void stop() { timer_.cancel(); }

private:
    void arm();

    Context context_;
    Timer timer_;
    Histogram& lag_;
};

/// causeway_build_info{version,compiler} 1
void expose_build_info(Metrics& metrics);

}  // namespace causeway::admin
