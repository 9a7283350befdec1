#include "gateway/delivery/limits.hpp"

#include <algorithm>

namespace causeway::delivery {

Result<> within_limits(const adapter::Limits& limits, std::string_view text) {
    if (text.size() > limits.max_text_bytes)
        return fail(Errc::too_large, "text over " + std::to_string(limits.max_text_bytes) + " bytes");
    const auto breaks = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    if (breaks + 1 > limits.max_text_lines)
        return fail(Errc::too_large, "more than " + std::to_string(limits.max_text_lines) + " lines");
    return {};
}

}  // namespace causeway::delivery
