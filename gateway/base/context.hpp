#pragma once
/// @file gateway/base/context.hpp
/// NAME       Context: what everything needs from its surroundings, passed in by hand.
#include "gateway/base/log.hpp"
#include "gateway/base/metrics.hpp"
#include "gateway/base/time.hpp"

namespace causeway {

/// References to things that outlive everything else. Copy it freely.
struct Context {
    Clock& clock;
    Random& random;
    Metrics& metrics;
    log::Log log;
};

}  // namespace causeway
