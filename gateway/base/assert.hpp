#pragma once
/// @file gateway/base/assert.hpp
/// NAME       CAUSEWAY_ASSERT: what we believe of our own code. Always on. Strangers' bytes get a Result instead.

namespace causeway {

/// Writes the broken belief to stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace causeway

// A macro because the expression's text and place are what the operator's report needs.
#define CAUSEWAY_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::causeway::assertion_failed(#expression, __FILE__, __LINE__))
