#pragma once
/// @file gateway/delivery/lanes.hpp
/// NAME       Lanes: who is next. A lane holds one conversation's waiting messages; lanes of a session form a channel; channels
///            of one endpoint share a destination, which says how many may be under way. Pure.
/// WHY        Order within a conversation, turns between users, and one slow destination never holds up another.
/// INVARIANTS A lane is in its channel's ring exactly when it may give a message; a channel in its destination's ring exactly
///            when it is up and has such a lane.
/// TESTS      tests/unit/gateway/lanes_test.cpp
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::delivery {

/// A message that waits.
struct Entry {
    std::int64_t sequence = 0;
    SteadyTime expires;
    std::uint16_t attempts = 0;
    std::uint8_t losses = 0;
    bool deferred = false;  ///< its state is deferred rather than queued
    bool warned = false;    ///< its sender knows that it takes long
    bool doubted = false;   ///< an earlier try may have arrived
};

struct Channel;

struct Lane {
    Channel* channel = nullptr;
    std::string conversation;
    std::vector<Entry> waiting;  ///< from `head` on
    std::size_t head = 0;
    std::uint32_t under_way = 0;
    std::uint32_t arriving = 0;   ///< accepted, but their commit has not ended
    std::uint32_t put_off = 0;    ///< deferred ones that come back
    std::int64_t blocked_by = 0;  ///< order is kept, and this one, the first, has been put off
    bool in_ring = false;

    [[nodiscard]] bool empty() const noexcept { return head == waiting.size(); }
    [[nodiscard]] Entry pop();
    void push_front(Entry entry);
};

struct Destination {
    std::size_t limit = 4;  ///< grows with success, shrinks with failure
    std::size_t under_way = 0;
    std::deque<Channel*> ring;
};

/// One account's session to one endpoint.
struct Channel {
    AccountId account;
    EndpointId endpoint;
    Destination* destination = nullptr;
    bool up = false;
    bool asked_for = false;  ///< the session has been wanted since it was last up
    bool in_ring = false;
    std::deque<Lane*> ring;
    std::map<std::string, std::unique_ptr<Lane>, std::less<>> lanes;
};

class Lanes {
public:
    Lanes(bool keeps_order, std::size_t most_under_way) : keeps_order_(keeps_order), most_(most_under_way) {}

    [[nodiscard]] Channel& channel(const AccountId& account, const EndpointId& endpoint);
    [[nodiscard]] Lane& lane(const AccountId& account, const EndpointId& endpoint,
                             const std::string& conversation);
    void push(Lane& lane, Entry entry);
    /// The next message of the destination, with its place taken. @return nullptr: none may be sent now
    [[nodiscard]] Lane* next(Destination& destination, Entry& entry);
    /// Takes the place of a message that is sent at once. @return false: it has to wait for its turn
    [[nodiscard]] bool take_place(Lane& lane);
    /// Gives the place back. @param feedback more (1), fewer (-1) or as many (0) messages at once from now on
    void free_place(Lane& lane, int feedback);
    /// Its first has been put off: nothing else goes before it.
    void block(Lane& lane, std::int64_t first) noexcept { lane.blocked_by = first; }
    /// It may be tried again, or is gone. Nothing happens if the lane waits for another.
    void unblock(Lane& lane, std::int64_t first);
    void set_up(Channel& channel, bool up);
    /// Forgets the lane if nothing is left of it. The reference is invalid afterwards.
    void drop_if_unused(Lane& lane);
    [[nodiscard]] Channel* find(const AccountId& account, const EndpointId& endpoint);
    /// Calls `visit` for every lane; it may take entries out of the lane it is given (see took_out()), not lanes.
    void each(const std::function<void(Lane&)>& visit);
    void each_destination(const std::function<void(Destination&)>& visit);
    /// Takes a waiting message out. @return it, if it was there
    std::optional<Entry> take_out(Lane& lane, std::int64_t sequence);
    /// Before all others of its lane.
    void push_front(Lane& lane, Entry entry);
    /// Waiting messages, without those put off.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    void took_out(std::size_t count) noexcept { size_ -= count; }

private:
    [[nodiscard]] bool may_give(const Lane& lane) const noexcept;
    void enter_ring(Lane& lane);
    void leave_ring(Lane& lane);

    bool keeps_order_;
    std::size_t most_;
    std::size_t size_ = 0;
    std::map<EndpointId, Destination> destinations_;
    std::map<std::pair<AccountId, EndpointId>, std::unique_ptr<Channel>> channels_;
};

}  // namespace causeway::delivery
