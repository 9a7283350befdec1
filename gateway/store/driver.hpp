#pragma once
/// @file gateway/store/driver.hpp
/// NAME       Driver: what one kind of database does for the Store port, synchronously.
/// WHY        Threads, queue and coroutines are the same for all of them: worker, threaded_store.
/// THREADS    Made on the loop; called and destroyed on the storage thread only.
#include <span>

#include "gateway/store/store.hpp"

namespace causeway::store {

class Driver {
public:
    virtual ~Driver() = default;
    /// The durability point. Commits batches from the front of `offered` in their order, at least one of them.
    /// @return for each that was taken: success after fsync, or why nothing of it was kept
    [[nodiscard]] virtual std::vector<Result<>> commit(std::span<const Batch* const> offered) = 0;

    [[nodiscard]] virtual Result<NetworkRows> load(const NetworkName& network) = 0;
    [[nodiscard]] virtual Result<std::optional<std::string>> record(const AccountId& account,
                                                                    const std::string& key) = 0;
    [[nodiscard]] virtual Result<std::vector<SealedValue>> all_sealed() = 0;
    [[nodiscard]] virtual Result<std::int64_t> last_sequence() = 0;
    [[nodiscard]] virtual Result<std::vector<OpenMessage>> open_messages(const NetworkName& network,
                                                                         std::int64_t after,
                                                                         std::size_t most) = 0;
    [[nodiscard]] virtual Result<std::vector<MessageRow>> messages(
        const std::vector<std::int64_t>& sequences) = 0;
    [[nodiscard]] virtual Result<std::optional<MessageRow>> message_of_key(const AccountId& account,
                                                                           model::Direction direction,
                                                                           const MessageKey& key) = 0;
    [[nodiscard]] virtual Result<std::vector<FoundMessage>> find_messages(const MessageFilter& filter) = 0;
    [[nodiscard]] virtual Result<std::vector<MessageCount>> count_messages() = 0;
    [[nodiscard]] virtual Result<bool> any_to_purge(WallTime before) = 0;
};

}  // namespace causeway::store
