#pragma once
/// @file component/stream/link_probe.hpp
/// NAME       probe_link: one connect, handshake and close, apart from any running link.
#include "component/stream/link.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"

namespace causeway::xmpp {

/// @return why the server (or our own rules) did not let us in
[[nodiscard]] Task<Result<>> probe_link(Executor executor, LinkSettings settings, Context context,
                                        SteadyTime deadline);

}  // namespace causeway::xmpp
