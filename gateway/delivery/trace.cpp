#include "gateway/delivery/trace.hpp"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace causeway::delivery {

std::vector<TraceStep> steps_of(std::string_view steps) {
    std::vector<TraceStep> found;
    while (!steps.empty()) {
        const auto end = std::min(steps.find(' '), steps.size());
        const auto word = steps.substr(0, end);
        steps.remove_prefix(std::min(end + 1, steps.size()));
        const auto at = word.find('@');
        if (at == std::string_view::npos) continue;
        const auto digits = word.substr(at + 1);
        std::int64_t millis = 0;
        const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), millis);
        if (error != std::errc{} || rest != digits.data() + digits.size()) continue;
        const WallTime when{Millis{millis}};
        const auto after = found.empty() ? Millis{0} : when - found.back().at;
        found.push_back({std::string(word.substr(0, at)), when, after});
    }
    return found;
}

std::vector<std::string> ids_of(std::string_view network_ids) {
    std::vector<std::string> ids;
    while (!network_ids.empty()) {
        const auto end = std::min(network_ids.find('\n'), network_ids.size());
        if (end > 0) ids.emplace_back(network_ids.substr(0, end));
        network_ids.remove_prefix(std::min(end + 1, network_ids.size()));
    }
    return ids;
}

std::string format_utc_millis(WallTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    auto text = format_utc(WallTime{whole.time_since_epoch()});
    text.pop_back();
    return text + fmt::format(".{:03}Z", (time - whole).count());
}

std::string format_difference(Millis difference) {
    const auto millis = difference.count();
    const auto size = millis < 0 ? -millis : millis;
    return fmt::format("{}{}.{:03} s", millis < 0 ? '-' : '+', size / 1000, size % 1000);
}

std::string format_age(Millis age) {
    const auto seconds = std::max<std::int64_t>(age.count() / 1000, 0);
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 120 * 60) return std::to_string(seconds / 60) + " min";
    if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86'400) + " d";
}

}  // namespace causeway::delivery
