#pragma once
/// @file gateway/accounts/supervisor.hpp
/// NAME       Supervisor: finds or makes the slot of an account for an endpoint, and ends all of them on the way out.
#include "gateway/accounts/slot.hpp"

namespace causeway::accounts {

class Supervisor {
public:
    Supervisor(Slot::Surroundings surroundings, SlotSettings settings)
        : in_(std::move(surroundings)), settings_(settings) {}
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// The slot; made on first use, without a reason to connect yet.
    [[nodiscard]] std::shared_ptr<Slot> slot(const AccountPtr& account, const EndpointId& endpoint);
    /// Whether the account may have a session to this endpoint beside those it has: what users can name without end
    /// must not make slots without end. Slots that stopped long ago make room.
    [[nodiscard]] bool has_place(const AccountPtr& account, const EndpointId& endpoint) const;
    /// Logs one account out of everything. @return when nothing of its sessions is scheduled, or at the deadline
    [[nodiscard]] Task<> shut(AccountPtr account, std::string goodbye, SteadyTime deadline);
    [[nodiscard]] Task<> shut_all(std::string goodbye, SteadyTime deadline);
    /// For slots made from now on.
    void set_settings(SlotSettings settings) noexcept { settings_ = settings; }

private:
    const Slot::Surroundings in_;  ///< which the slots refer to
    SlotSettings settings_;
};

}  // namespace causeway::accounts
