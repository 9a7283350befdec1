#include "gateway/delivery/lanes.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/assert.hpp"

namespace causeway::delivery {

Entry Lane::pop() {
    const Entry entry = waiting[head++];
    if (head == waiting.size()) {
        waiting.clear();
        head = 0;
    } else if (head >= 64 && head * 2 >= waiting.size()) {
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(head));
        head = 0;
    }
    return entry;
}

void Lane::push_front(Entry entry) {
    if (head > 0) {
        waiting[--head] = entry;
    } else {
        waiting.insert(waiting.begin(), entry);
    }
}

Channel* Lanes::find(const AccountId& account, const EndpointId& endpoint) {
    const auto found = channels_.find(std::pair(account, endpoint));
    return found == channels_.end() ? nullptr : found->second.get();
}

Channel& Lanes::channel(const AccountId& account, const EndpointId& endpoint) {
    auto& channel = channels_[std::pair(account, endpoint)];
    if (!channel) {
        channel = std::make_unique<Channel>();
        channel->account = account;
        channel->endpoint = endpoint;
        channel->destination = &destinations_[endpoint];
        channel->destination->limit = std::min<std::size_t>(channel->destination->limit, most_);
    }
    return *channel;
}

Lane& Lanes::lane(const AccountId& account, const EndpointId& endpoint, const std::string& conversation) {
    auto& in = channel(account, endpoint);
    auto& lane = in.lanes[conversation];
    if (!lane) {
        lane = std::make_unique<Lane>();
        lane->channel = &in;
        lane->conversation = conversation;
    }
    return *lane;
}

bool Lanes::may_give(const Lane& lane) const noexcept {
    return !lane.empty() && lane.blocked_by == 0 && (!keeps_order_ || lane.under_way == 0);
}

void Lanes::enter_ring(Lane& lane) {
    auto& channel = *lane.channel;
    if (!lane.in_ring && may_give(lane)) {
        lane.in_ring = true;
        channel.ring.push_back(&lane);
    }
    if (!channel.in_ring && channel.up && !channel.ring.empty()) {
        channel.in_ring = true;
        channel.destination->ring.push_back(&channel);
    }
}

void Lanes::leave_ring(Lane& lane) {
    if (!std::exchange(lane.in_ring, false)) return;
    std::erase(lane.channel->ring, &lane);
}

void Lanes::push(Lane& lane, Entry entry) {
    lane.waiting.push_back(entry);
    ++size_;
    enter_ring(lane);
}

Lane* Lanes::next(Destination& destination, Entry& entry) {
    while (destination.under_way < destination.limit && !destination.ring.empty()) {
        Channel& channel = *destination.ring.front();
        destination.ring.pop_front();
        channel.in_ring = false;
        if (!channel.up || channel.ring.empty()) continue;
        Lane& lane = *channel.ring.front();
        channel.ring.pop_front();
        lane.in_ring = false;
        if (!may_give(lane)) {
            enter_ring(lane);
            if (!channel.ring.empty()) enter_ring(*channel.ring.front());
            continue;
        }
        entry = lane.pop();
        --size_;
        ++lane.under_way;
        ++destination.under_way;
        enter_ring(lane);
        if (!channel.ring.empty())
            enter_ring(*channel.ring.front());  // the channel's next turn comes after the others'
        return &lane;
    }
    return nullptr;
}

bool Lanes::take_place(Lane& lane) {
    auto& channel = *lane.channel;
    auto& destination = *channel.destination;
    const bool others_wait = !destination.ring.empty();
    if (!channel.up || !lane.empty() || lane.blocked_by != 0 || lane.arriving > 0 || others_wait ||
        destination.under_way >= destination.limit)
        return false;
    if (keeps_order_ && lane.under_way > 0) return false;
    ++lane.under_way;
    ++destination.under_way;
    return true;
}

void Lanes::free_place(Lane& lane, int feedback) {
    auto& destination = *lane.channel->destination;
    CAUSEWAY_ASSERT(lane.under_way > 0 && destination.under_way > 0);
    --lane.under_way;
    --destination.under_way;
    if (feedback > 0) destination.limit = std::min(destination.limit + 1, most_);
    if (feedback < 0) destination.limit = std::max<std::size_t>(destination.limit / 2, 1);
    enter_ring(lane);
}

void Lanes::unblock(Lane& lane, std::int64_t first) {
    if (lane.blocked_by != first) return;
    lane.blocked_by = 0;
    enter_ring(lane);
}

void Lanes::set_up(Channel& channel, bool up) {
    channel.up = up;
    if (up) {
        channel.asked_for = false;
        if (!channel.ring.empty()) enter_ring(*channel.ring.front());
    } else if (std::exchange(channel.in_ring, false)) {
        std::erase(channel.destination->ring, &channel);
    }
}

void Lanes::drop_if_unused(Lane& lane) {
    if (!lane.empty() || lane.under_way > 0 || lane.arriving > 0 || lane.put_off > 0 || lane.blocked_by != 0)
        return;
    leave_ring(lane);
    auto& channel = *lane.channel;
    channel.lanes.erase(channel.lanes.find(lane.conversation));
    // A channel that is up stays: the session would have to say so again.
    if (channel.lanes.empty() && !channel.up) channels_.erase(std::pair(channel.account, channel.endpoint));
}

void Lanes::each(const std::function<void(Lane&)>& visit) {
    for (auto& [name, channel] : channels_) {
        for (auto& [conversation, lane] : channel->lanes) visit(*lane);
    }
}

void Lanes::each_destination(const std::function<void(Destination&)>& visit) {
    for (auto& [endpoint, destination] : destinations_) visit(destination);
}

std::optional<Entry> Lanes::take_out(Lane& lane, std::int64_t sequence) {
    const auto first = lane.waiting.begin() + static_cast<std::ptrdiff_t>(lane.head);
    const auto found =
        std::find_if(first, lane.waiting.end(), [&](const Entry& e) { return e.sequence == sequence; });
    if (found == lane.waiting.end()) return std::nullopt;
    const Entry entry = *found;
    lane.waiting.erase(found);
    --size_;
    return entry;
}

void Lanes::push_front(Lane& lane, Entry entry) {
    lane.push_front(entry);
    ++size_;
    enter_ring(lane);
}

}  // namespace causeway::delivery
