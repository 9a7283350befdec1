#include "legacy-adapters/irc/outbox.hpp"

#include <algorithm>

namespace causeway::irc {

void Outbox::refill(SteadyTime now) {
    if (refilled_) {
        const std::chrono::duration<double> passed = now - *refilled_;
        tokens_ = std::min(limits_.burst, tokens_ + passed.count() * limits_.lines_per_second);
    }
    refilled_ = now;
}

Outbox::Taken Outbox::take(SteadyTime now) {
    refill(now);
    Taken taken;
    taken.bytes.swap(urgent_);
    taken.lines = static_cast<std::size_t>(std::ranges::count(taken.bytes, '\n'));
    const bool limited = limits_.lines_per_second > 0;
    // A hair below one: what was waited for must not miss its moment by a rounding error.
    std::size_t count = 0;
    for (; count < waiting_.size() && (!limited || tokens_ >= 0.999); ++count) {
        const Line& line = waiting_[count];
        if (limited) tokens_ -= 1;
        taken.bytes += line.text;
        ++taken.lines;
        if (line.tag != 0) taken.tags.push_back(line.tag);
        if (line.since) taken.waited.push_back(std::chrono::duration_cast<Millis>(now - *line.since));
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    for (Line& line : waiting_) {
        if (!line.since) line.since = now;
    }
    return taken;
}

std::optional<SteadyTime> Outbox::next_at() const {
    if (waiting_.empty() || !refilled_ || limits_.lines_per_second <= 0) return std::nullopt;
    const std::chrono::duration<double> wait(std::max(0.0, (1 - tokens_) / limits_.lines_per_second));
    return *refilled_ + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

bool Outbox::withdraw(LineTag tag) {
    return std::erase_if(waiting_, [tag](const Line& line) { return line.tag == tag; }) > 0;
}

}  // namespace causeway::irc
