#pragma once
/// @file gateway/delivery/live_sender.hpp
/// NAME       LiveSender: messages of the live class, from XMPP to a network.
/// WHY        Live messages are handed on at once; when the session is not there, the sender gets an error at once
///            (DESIGN §5). "At once" includes a session that is just being connected for this very message.
/// INVARIANTS Order is kept per slot; `done` is called exactly once for every message; nothing is dropped silently.
///            What waits is bounded: over the bound a message fails with rate_limited.
/// TESTS      tests/unit/gateway/live_sender_test.cpp
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

#include "gateway/accounts/slot.hpp"
#include "gateway/adapter/adapter.hpp"

namespace causeway::delivery {

class LiveSender {
public:
    using Done = std::move_only_function<void(Result<adapter::SendOutcome>)>;

    struct Settings {
        Millis connect_within{30'000};   ///< how long a message waits for a session that is on its way
        std::size_t most_waiting = 500;  ///< messages of one slot that wait
    };

    LiveSender(Executor executor, const NetworkName& network, const adapter::NetworkInfo& info,
               Context context, Settings settings);
    ~LiveSender();

    /// @threads loop   @durable no (live class)
    void send(const std::shared_ptr<accounts::Slot>& slot, model::OutgoingMessage message, Done done);

    /// Messages that wait or are under way.
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

private:
    struct Item {
        model::OutgoingMessage message;
        Done done;
        SteadyTime accepted_at;
    };
    struct Lane;
    struct Outcomes;

    [[nodiscard]] std::shared_ptr<Lane> lane_of(const std::shared_ptr<accounts::Slot>& slot);
    void launch(const std::shared_ptr<Lane>& lane, Item item);
    void finish(Item& item, Result<adapter::SendOutcome> result);
    [[nodiscard]] Task<> run_item(std::shared_ptr<Lane> lane, std::shared_ptr<adapter::Session> session,
                                  Item item);
    [[nodiscard]] Task<> pump(std::shared_ptr<Lane> lane);
    void fail_waiting(Lane& lane);

    Executor executor_;
    const adapter::NetworkInfo& info_;
    Context context_;
    Settings settings_;
    std::unordered_map<accounts::Slot*, std::shared_ptr<Lane>> lanes_;
    std::unique_ptr<Outcomes> outcomes_;
    std::size_t depth_ = 0;
};

}  // namespace causeway::delivery
