#include "gateway/store/store.hpp"

#include <algorithm>

namespace causeway::store {

Task<Result<bool>> Store::any_to_purge(WallTime before) {
    const auto counts = co_await count_messages();
    if (!counts) co_return fail(counts.error());
    co_return std::ranges::any_of(*counts, [before](const MessageCount& count) {
        return is_done(count.state) && count.oldest < before;
    });
}

}  // namespace causeway::store
