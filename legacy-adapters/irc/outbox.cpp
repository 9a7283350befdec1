#include "legacy-adapters/irc/outbox.hpp"

#include <algorithm>

namespace causeway::irc {

namespace {

/// Prices are a hair lower: what was waited for must not miss its moment by a rounding error.
constexpr double kHair = 0.001;

constexpr std::size_t kKept = 1;  ///< lines that an idle session keeps room for

}  // namespace

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
    take_waiting(now, taken);
    if (waiting_.empty()) take_leisurely(taken);
    return taken;
}

void Outbox::take_waiting(SteadyTime now, Taken& taken) {
    std::size_t count = 0;
    for (; count < waiting_.size() && (!limited() || tokens_ >= 1 - kHair); ++count) {
        const Line& line = waiting_[count];
        if (limited()) tokens_ -= 1;
        taken.bytes += line.text;
        ++taken.lines;
        if (line.tag != 0) taken.tags.push_back(line.tag);
        if (line.since) taken.waited.push_back(std::chrono::duration_cast<Millis>(now - *line.since));
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    if (waiting_.empty() && waiting_.capacity() > kKept) waiting_.shrink_to_fit();
    for (Line& line : waiting_) {
        if (!line.since) line.since = now;
    }
}

void Outbox::take_leisurely(Taken& taken) {
    std::size_t count = 0;
    for (; count < leisurely_.size() && (!limited() || tokens_ >= leisure_price() - kHair); ++count) {
        if (limited()) tokens_ -= 1;
        taken.bytes += leisurely_[count];
        ++taken.lines;
    }
    leisurely_.erase(leisurely_.begin(), leisurely_.begin() + static_cast<std::ptrdiff_t>(count));
    if (leisurely_.empty()) leisurely_.shrink_to_fit();
}

std::optional<SteadyTime> Outbox::next_at() const {
    if (idle() || !refilled_ || !limited()) return std::nullopt;
    const double price = waiting_.empty() ? leisure_price() : 1;
    const std::chrono::duration<double> wait(std::max(0.0, (price - tokens_) / limits_.lines_per_second));
    return *refilled_ + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

bool Outbox::replace(LineTag tag, std::string_view line) {
    const auto found = std::ranges::find(waiting_, tag, &Line::tag);
    if (found == waiting_.end()) return false;
    found->text = line;
    return true;
}

bool Outbox::withdraw(LineTag tag) {
    return std::erase_if(waiting_, [tag](const Line& line) { return line.tag == tag; }) > 0;
}

}  // namespace causeway::irc
