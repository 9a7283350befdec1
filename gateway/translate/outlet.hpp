#pragma once
/// @file gateway/translate/outlet.hpp
/// NAME       Outlet: the writing side of a network's component stream, as the gateway's parts see it.
/// WHY        Presence, rooms and commands write stanzas without knowing the link, and are tested without one.
#include <string_view>

#include "component/xml/element.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"

namespace causeway::translate {

class Outlet {
public:
    virtual ~Outlet() = default;
    /// Queues a stanza; failures are counted and logged by the implementation. @return not_connected, too_large
    virtual Result<> send(const xml::Element& stanza) = 0;
    /// Queues a stanza written with default namespace kComponentNs: the hot path of room chat.
    virtual Result<> send_written(std::string_view stanza) = 0;
    /// Returns when the queued output is below the high-water mark: back-pressure for networks.
    [[nodiscard]] virtual Task<> writable() = 0;
    /// Everything sent before has been taken by the XMPP server. @return not_connected, timed_out
    [[nodiscard]] virtual Task<Result<>> barrier(SteadyTime deadline) = 0;
    /// Everything sent before this moment has surely been taken by the XMPP server; what was sent at it or later may be
    /// lost with the link. Moves on by itself, a second or so behind.
    [[nodiscard]] virtual SteadyTime taken_until() const noexcept = 0;
};

}  // namespace causeway::translate
