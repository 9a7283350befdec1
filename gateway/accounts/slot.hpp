#pragma once
/// @file gateway/accounts/slot.hpp
/// NAME       Slot: one account's place for a session to one endpoint; keeps the session alive while it is wanted.
/// WHY        The gateway owns back-off and reconnecting. A session is wanted while there is a reason: a room
///            somebody sits in, contacts whose presence an online user sees, or words exchanged a while ago.
/// INVARIANTS One session object at a time; run() is never called twice at once. Events reach SessionEvents in
///            the order in which the adapter told them.
/// TESTS      tests/unit/gateway/slot_test.cpp
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/accounts/accounts.hpp"
#include "gateway/accounts/backoff.hpp"
#include "gateway/base/async.hpp"

namespace causeway::accounts {

/// Who hears what sessions tell; implemented where presence, rooms and chat are put together.
class SessionEvents {
public:
    virtual ~SessionEvents() = default;
    [[nodiscard]] virtual Task<Result<>> on_deliver(std::shared_ptr<Slot> slot, adapter::Event event) = 0;
    [[nodiscard]] virtual Task<> on_event(std::shared_ptr<Slot> slot, adapter::EventBody event) = 0;
    virtual void on_hint(const std::shared_ptr<Slot>& slot, adapter::EventBody event) = 0;
    virtual void on_report(const std::shared_ptr<Slot>& slot, const MessageKey& key,
                           model::DeliveryStage stage, const std::optional<Error>& error) = 0;
    /// After the slot's own state has changed.
    virtual void on_state(const std::shared_ptr<Slot>& slot, const std::string& reason) = 0;
};

/// Why a session is wanted.
enum class Reason : std::uint8_t { rooms = 1, contacts = 2, traffic = 4 };

struct SlotSettings {
    BackoffLimits backoff;
    Millis idle_after{15 * 60'000};  ///< `traffic` ends this long after the last word
    Millis close_within{5'000};      ///< time for a goodbye
};

/// Gauges of sessions by state, shared by the slots of a network.
class SessionGauges {
public:
    SessionGauges(Metrics& metrics, const NetworkName& network);
    void moved(adapter::SessionState from, adapter::SessionState to) noexcept;

private:
    static constexpr std::size_t kStates = 6;
    Gauge* gauges_[kStates] = {};
};

class Slot final : public adapter::SessionHost, public std::enable_shared_from_this<Slot> {
public:
    struct Surroundings {
        Executor executor;
        adapter::Network& network;
        Accounts& accounts;
        SessionEvents& events;
        SessionGauges& gauges;
        Context context;
    };

    /// @param surroundings must outlive the slot's work: all slots of a network share them
    Slot(const Surroundings& surroundings, AccountPtr account, EndpointId endpoint, SlotSettings settings);
    Slot(Surroundings&&, AccountPtr, EndpointId, SlotSettings) = delete;

    /// Gives or takes a reason; the first starts the session, the last one's end closes it.
    void set_reason(Reason reason, bool on);
    /// What the user wants to be called, for networks without login; for the next connection.
    void prefer_name(std::string name) { preferred_name_ = std::move(name); }
    /// Words are exchanged: the `traffic` reason holds from now on for `idle_after`.
    void touch();
    /// The credentials have changed, or the user asked: drop the session and begin afresh, without back-off.
    void restart();
    /// Ends the session whatever reasons there are. @return when nothing of it is scheduled any more
    [[nodiscard]] Task<> shut(std::string goodbye, SteadyTime deadline);

    /// Nothing is under way here, and nothing wants it.
    [[nodiscard]] bool is_unused() const noexcept { return !running_ && reasons_ == 0; }
    [[nodiscard]] adapter::SessionState state() const noexcept { return state_; }
    [[nodiscard]] const std::string& reason_text() const noexcept { return reason_text_; }
    /// The session while it is connected, else nullptr. Who awaits a call of it keeps this pointer meanwhile.
    [[nodiscard]] std::shared_ptr<adapter::Session> session() const noexcept;
    /// Waits while the session is on its way. @return false: it will not be there by the deadline, or was refused
    [[nodiscard]] Task<bool> wait_connected(SteadyTime deadline);
    [[nodiscard]] const std::optional<Error>& last_error() const noexcept { return last_error_; }

    [[nodiscard]] const AccountPtr& account() const noexcept { return account_; }
    [[nodiscard]] const EndpointId& endpoint() const noexcept { return endpoint_; }

    // adapter::SessionHost
    [[nodiscard]] Task<Result<>> deliver(adapter::Event event) override;
    [[nodiscard]] Task<> publish(adapter::EventBody event) override;
    void hint(adapter::EventBody event) noexcept override;
    void report(MessageKey key, model::DeliveryStage stage, std::optional<Error> error) noexcept override;
    void state(adapter::SessionState state, std::string reason) noexcept override;
    [[nodiscard]] adapter::Records& records() noexcept override;

private:
    [[nodiscard]] bool wanted() const noexcept { return reasons_ != 0 && !shut_; }
    void start_if_wanted();
    [[nodiscard]] Task<> supervise();
    void end_supervision(adapter::SessionState state, std::string_view reason);
    [[nodiscard]] std::optional<Error> open_session();
    [[nodiscard]] std::optional<Millis> after_loss(const Error& error, SteadyTime started);
    [[nodiscard]] Task<> wait_before_retry(Millis delay);
    void begin_close();
    [[nodiscard]] static Task<> close_session(std::shared_ptr<adapter::Session> session, std::string goodbye,
                                              SteadyTime deadline);
    [[nodiscard]] bool take_closed();
    void move_to(adapter::SessionState state, std::string_view reason);
    void arm_idle_timer();
    void cut_wait_short();

    const Surroundings& in_;
    AccountPtr account_;
    EndpointId endpoint_;
    std::string preferred_name_;  ///< the user's own local part until somebody says otherwise
    SlotSettings settings_;
    Backoff backoff_;
    std::unique_ptr<adapter::Records> records_;  ///< made when it is asked for
    std::shared_ptr<adapter::Session> session_;
    adapter::SessionState state_ = adapter::SessionState::stopped;
    std::string reason_text_;
    std::optional<Error> last_error_;
    std::uint8_t reasons_ = 0;
    bool running_ = false;  ///< supervise() is under way
    bool closing_ = false;  ///< the session was told to close: it is not used again, the next one is new
    bool shut_ = false;
    SteadyTime last_used_{};
    bool idle_timer_armed_ = false;
    std::unique_ptr<Timer> idle_timer_;  ///< made with the first word
    Timer* retry_timer_ = nullptr;       ///< in the frame of what waits for the next try
    Gate settled_;                       ///< open while the state is not "on its way"
    Gate stopped_;                       ///< open while supervise() is not under way
};

}  // namespace causeway::accounts
