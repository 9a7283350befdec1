#include "gateway/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace causeway {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
    // Not through the log: whatever state is broken may be the log's own.
    std::fprintf(stderr, "CAUSEWAY_ASSERT failed: %s (%s:%d)\n", expression, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace causeway
