#include "gateway/delivery/crash_point.hpp"

#ifdef CAUSEWAY_CRASH_POINTS
#include <charconv>
#include <csignal>
#include <cstdlib>
#endif

namespace causeway::delivery {

#ifdef CAUSEWAY_CRASH_POINTS
namespace {

/// Where the process is to die; `passes` 0: nowhere.
struct Death {
    std::size_t point = 0;
    std::size_t passes = 0;
};

Death ordered() noexcept {
    const char* const variable =
        std::getenv("CAUSEWAY_CRASH_AT");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    const std::string_view order = variable == nullptr ? "" : variable;
    const auto colon = order.find(':');
    if (colon == std::string_view::npos) return {};
    for (std::size_t point = 0; point < kCrashPoints.size(); ++point) {
        if (kCrashPoints.at(point) != order.substr(0, colon)) continue;
        Death death{point, 0};
        const auto count = order.substr(colon + 1);
        std::from_chars(count.begin(), count.end(), death.passes);
        return death;
    }
    return {};
}

}  // namespace

void crash_point(CrashPoint point) noexcept {
    static Death death = ordered();  // all of the ledger is on one thread
    if (death.passes == 0 || death.point != static_cast<std::size_t>(point)) return;
    if (--death.passes == 0) static_cast<void>(std::raise(SIGKILL));
}
#else
void crash_point(CrashPoint /*point*/) noexcept {}
#endif

}  // namespace causeway::delivery
