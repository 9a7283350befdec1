#pragma once
/// @file gateway/store/lease.hpp
/// NAME       Lease: the right to serve component addresses that several instances share one database for.
/// WHY        An XMPP server that has two links for one address sends either of them half of the stanzas: one instance
///            serves it, the others stand by and take over.
/// INVARIANTS A lease has a fence, which every take-over raises. A store that was given a lease commits nothing when its
///            fence is not the newest: checked in the same transaction, so a process that slept cannot write.
///            Who finds a lease lost calls lost(), and that ends the process: its links are closed by that.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"

namespace causeway::store {

struct HeldLease {
    std::string component;
    std::int64_t fence = 0;
};

class Lease {
public:
    virtual ~Lease() = default;
    /// Stands by until every address is ours: all of them at once, or none. @return cancelled: release() was called
    [[nodiscard]] virtual Task<Result<>> acquire() = 0;
    /// Gives up what is held, so that a standby need not wait. After the store's close().
    [[nodiscard]] virtual Task<> release() = 0;

    /// What the database knows this process by. @threads any
    [[nodiscard]] virtual const std::string& holder() const noexcept = 0;
    /// Empty while standing by. @threads any
    [[nodiscard]] virtual std::vector<HeldLease> held() const = 0;
    /// Another instance has taken over, or must be presumed to have. Does not return in production. @threads any
    virtual void lost(std::string_view how) = 0;
};

}  // namespace causeway::store
