#include "gateway/accounts/supervisor.hpp"

namespace causeway::accounts {
namespace {

constexpr std::size_t kMostSlots = 32;

/// Counts down coroutines that run side by side and opens a gate at the end.
struct Countdown {
    explicit Countdown(const Executor& executor) : done(executor) {}
    std::size_t left = 0;
    Gate done;
};

Task<> shut_one(std::shared_ptr<Slot> slot, std::string goodbye, SteadyTime deadline,
                std::shared_ptr<Countdown> countdown) {
    co_await slot->shut(std::move(goodbye), deadline);
    if (--countdown->left == 0) countdown->done.open();
}

Task<> shut_slots(Executor executor, std::vector<std::shared_ptr<Slot>> slots, std::string goodbye,
                  SteadyTime deadline) {
    if (slots.empty()) co_return;
    const auto countdown = std::make_shared<Countdown>(executor);
    countdown->left = slots.size();
    for (const auto& slot : slots) spawn(executor, shut_one(slot, goodbye, deadline, countdown));
    co_await countdown->done.wait(deadline);
}

}  // namespace

std::shared_ptr<Slot> Supervisor::slot(const AccountPtr& account, const EndpointId& endpoint) {
    auto& slot = account->slots[endpoint];
    if (!slot) slot = std::make_shared<Slot>(in_, account, endpoint, settings_);
    return slot;
}

bool Supervisor::has_place(const AccountPtr& account, const EndpointId& endpoint) const {
    auto& slots = account->slots;
    if (slots.size() < kMostSlots || slots.contains(endpoint)) return true;
    std::erase_if(slots, [](const auto& entry) { return entry.second->is_unused(); });
    return slots.size() < kMostSlots;
}

Task<> Supervisor::shut(AccountPtr account, std::string goodbye, SteadyTime deadline) {
    std::vector<std::shared_ptr<Slot>> slots;
    for (const auto& [endpoint, slot] : account->slots) slots.push_back(slot);
    co_await shut_slots(in_.executor, std::move(slots), std::move(goodbye), deadline);
    account->slots.clear();
}

Task<> Supervisor::shut_all(std::string goodbye, SteadyTime deadline) {
    std::vector<std::shared_ptr<Slot>> slots;
    for (const auto& account : in_.accounts.all()) {
        for (const auto& [endpoint, slot] : account->slots) slots.push_back(slot);
    }
    co_await shut_slots(in_.executor, std::move(slots), std::move(goodbye), deadline);
    // Accounts and slots hold each other.
    for (const auto& account : in_.accounts.all()) account->slots.clear();
}

}  // namespace causeway::accounts
