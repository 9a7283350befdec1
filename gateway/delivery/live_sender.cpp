#include "gateway/delivery/live_sender.hpp"

#include <array>
#include <utility>

#include "gateway/delivery/limits.hpp"

namespace causeway::delivery {

/// Metric handles by outcome, looked up once.
struct LiveSender::Outcomes {
    static constexpr std::size_t kErrors = static_cast<std::size_t>(Errc::internal) + 1;

    Outcomes(Metrics& metrics, const NetworkName& network)
        : accepted(counter(metrics, network, "accepted")),
          submitted(counter(metrics, network, "submitted")),
          seconds(metrics.seconds("causeway_message_seconds",
                                  "Time from taking a message to the far side's acceptance",
                                  {{"network", network.str()}, {"direction", "to_network"}})),
          waiting(metrics.gauge("causeway_messages_waiting", "Live messages that wait or are under way",
                                {{"network", network.str()}})) {
        for (std::size_t code = 0; code < kErrors; ++code) {
            errors.at(code) = &counter(metrics, network, std::string(to_string(static_cast<Errc>(code))));
        }
    }

    static Counter& counter(Metrics& metrics, const NetworkName& network, const std::string& outcome) {
        return metrics.counter(
            "causeway_messages_total", "Messages by network, direction and outcome",
            {{"network", network.str()}, {"direction", "to_network"}, {"outcome", outcome}});
    }

    Counter& accepted;
    Counter& submitted;
    std::array<Counter*, kErrors> errors{};
    Histogram& seconds;
    Gauge& waiting;
};

/// The messages of one slot.
struct LiveSender::Lane {
    Lane(std::shared_ptr<accounts::Slot> owner, const Executor& executor)
        : slot(std::move(owner)), room(executor) {}

    std::shared_ptr<accounts::Slot> slot;
    std::deque<Item> waiting;
    std::size_t in_flight = 0;
    bool pumping = false;
    Gate room;  ///< opened when a message under way has ended
};

LiveSender::LiveSender(Executor executor, const NetworkName& network, const adapter::NetworkInfo& info,
                       Context context, Settings settings)
    : executor_(std::move(executor)),
      info_(info),
      context_(context),
      settings_(settings),
      outcomes_(std::make_unique<Outcomes>(context.metrics, network)) {}

LiveSender::~LiveSender() = default;

void LiveSender::send(const std::shared_ptr<accounts::Slot>& slot, model::OutgoingMessage message,
                      Done done) {
    Item item{std::move(message), std::move(done), context_.clock.steady()};
    ++depth_;
    outcomes_->waiting.Set(static_cast<double>(depth_));
    if (auto allowed = within_limits(info_.limits, item.message.text); !allowed)
        return finish(item, fail(allowed.error()));

    const auto lane = lane_of(slot);
    if (lane->waiting.empty() && lane->in_flight < info_.limits.max_in_flight && slot->session()) {
        return launch(lane, std::move(item));
    }
    if (lane->waiting.size() >= settings_.most_waiting) {
        return finish(item, fail(Errc::rate_limited, "too many messages wait for this session"));
    }
    lane->waiting.push_back(std::move(item));
    if (!std::exchange(lane->pumping, true)) spawn(executor_, pump(lane));
}

std::shared_ptr<LiveSender::Lane> LiveSender::lane_of(const std::shared_ptr<accounts::Slot>& slot) {
    auto& lane = lanes_[slot.get()];
    if (!lane) lane = std::make_shared<Lane>(slot, executor_);
    return lane;
}

void LiveSender::launch(const std::shared_ptr<Lane>& lane, Item item) {
    ++lane->in_flight;
    spawn(executor_, run_item(lane, lane->slot->session(), std::move(item)));
}

Task<> LiveSender::run_item(std::shared_ptr<Lane> lane, std::shared_ptr<adapter::Session> session,
                            Item item) {
    // The session may have gone between launch and start.
    if (session) {
        const auto deadline = context_.clock.steady() + info_.limits.send_timeout;
        auto result = co_await session->send(std::move(item.message), deadline);
        finish(item, std::move(result));
    } else {
        finish(item, fail(Errc::not_connected, "the session ended"));
    }
    --lane->in_flight;
    if (lane->pumping) {
        lane->room.open();
    } else if (lane->in_flight == 0) {
        lanes_.erase(lane->slot.get());
    }
}

Task<> LiveSender::pump(std::shared_ptr<Lane> lane) {
    while (!lane->waiting.empty()) {
        if (!co_await lane->slot->wait_connected(context_.clock.steady() + settings_.connect_within)) {
            fail_waiting(*lane);
            break;
        }
        while (!lane->waiting.empty() && lane->in_flight < info_.limits.max_in_flight &&
               lane->slot->session()) {
            auto item = std::move(lane->waiting.front());
            lane->waiting.pop_front();
            launch(lane, std::move(item));
        }
        if (lane->waiting.empty()) break;
        lane->room.close();
        co_await lane->room.wait(context_.clock.steady() + info_.limits.send_timeout);
    }
    lane->pumping = false;
    if (lane->in_flight == 0) lanes_.erase(lane->slot.get());
}

void LiveSender::fail_waiting(Lane& lane) {
    auto waiting = std::exchange(lane.waiting, {});
    Error why =
        lane.slot->last_error().value_or(make_error(Errc::not_connected, "the session did not connect"));
    for (auto& item : waiting) finish(item, fail(why));
}

void LiveSender::finish(Item& item, Result<adapter::SendOutcome> result) {
    --depth_;
    outcomes_->waiting.Set(static_cast<double>(depth_));
    if (result) {
        const bool accepted = std::holds_alternative<adapter::Accepted>(*result);
        (accepted ? outcomes_->accepted : outcomes_->submitted).Increment();
        const std::chrono::duration<double> took = context_.clock.steady() - item.accepted_at;
        outcomes_->seconds.Observe(took.count());
    } else {
        outcomes_->errors.at(static_cast<std::size_t>(result.error().code))->Increment();
    }
    item.done(std::move(result));
}

}  // namespace causeway::delivery
