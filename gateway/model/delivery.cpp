#include "gateway/model/delivery.hpp"

#include <array>

namespace causeway::model {

std::string_view to_string(State state) noexcept {
    constexpr std::array<std::string_view, kStates> kNames{
        "received", "queued",    "sending", "accepted", "delivered",  "displayed",
        "deferred", "ambiguous", "failed",  "expired",  "quarantined"};
    const auto index = static_cast<std::size_t>(state);
    return index < kNames.size() ? kNames.at(index) : "unknown";
}

std::string_view to_string(Notice notice) noexcept {
    constexpr std::array<std::string_view, kNotices> kNames{"none",   "receipt", "displayed", "still_trying",
                                                            "failed", "expired", "ambiguous", "quarantined"};
    const auto index = static_cast<std::size_t>(notice);
    return index < kNames.size() ? kNames.at(index) : "unknown";
}

std::string_view to_string(Direction direction) noexcept {
    return direction == Direction::to_network ? "to_network" : "to_xmpp";
}

}  // namespace causeway::model
