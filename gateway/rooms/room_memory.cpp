#include "gateway/rooms/room_memory.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/async.hpp"

namespace causeway::rooms {
namespace {

constexpr std::string_view kPrefix = "room:";
constexpr std::size_t kAtOnce = 64 * 1024;      ///< bytes between two looks at what else is to be done
constexpr std::size_t kPerSecond = 256 * 1024;  ///< bytes, in the long run: large rooms are kept less often
constexpr std::size_t kBurst = 1024 * 1024;     ///< bytes that may be written before that counts

std::string key_of(const RoomId& room) {
    return std::string(kPrefix) + room.str();
}

/// One resource a line: preparation leaves no line breaks in them.
std::string written(const Room& room) {
    std::string lines;
    for (const auto& occupant : room.occupants()) {
        lines += occupant->resource();
        lines += '\n';
    }
    return lines;
}

std::vector<std::string> read(std::string_view lines) {
    std::vector<std::string> resources;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        resources.emplace_back(lines.substr(0, end));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    return resources;
}

}  // namespace

void RoomMemory::changed(const RoomPtr& room) {
    changed_.insert_or_assign(room->id(), room);
    if (!std::exchange(keeping_, true)) spawn(face_.executor, keep());
}

Task<> RoomMemory::keep() {
    while (!changed_.empty()) {
        co_await sleep_until(face_.in(Millis{1}));  // what comes with it, as one
        std::size_t bytes = 0;
        for (const auto& [id, weak] : std::exchange(changed_, {})) {
            const auto room = weak.lock();
            if (!room || room->state != Room::State::joined) continue;
            auto lines = written(*room);
            bytes += lines.size();
            debt_ += lines.size();
            accounts_.put_record(key_of(id), std::move(lines));
            if (bytes < kAtOnce) continue;
            bytes = 0;
            co_await sleep_until(face_.in(Millis{1}));
        }
        if (const auto wait = too_much()) co_await sleep_until(face_.in(*wait));
    }
    keeping_ = false;
}

std::optional<Millis> RoomMemory::too_much() {
    const auto now = face_.context.clock.steady();
    const auto passed = std::chrono::duration_cast<Millis>(now - std::exchange(counted_at_, now)).count();
    debt_ -= std::min(debt_, kPerSecond * static_cast<std::size_t>(passed) / 1'000);
    if (debt_ <= kBurst) return std::nullopt;
    return Millis{1'000 * (debt_ - kBurst) / kPerSecond};
}

RoomMemory::Left RoomMemory::take(const std::vector<store::JoinRow>& joins) {
    Left left;
    for (const auto& join : joins) left.try_emplace(join.room, nullptr);
    for (const auto& [key, lines] : accounts_.left_records()) {
        if (!key.starts_with(kPrefix)) continue;
        const auto wanted = left.find(RoomId(key.substr(kPrefix.size())));
        if (wanted == left.end()) {
            accounts_.put_record(key, "");
        } else {
            wanted->second = std::make_shared<const std::vector<std::string>>(read(lines));
        }
    }
    return left;
}

}  // namespace causeway::rooms
