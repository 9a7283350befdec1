#pragma once
/// @file config/loopback_options.hpp
/// NAME       LoopbackOptions: the `options` of a network with `protocol: loopback`. For tests; none are needed.
/// TESTS      tests/unit/config/loopback_options_test.cpp
#include <cstddef>
#include <string>

#include "config/protocol.hpp"
#include "gateway/base/time.hpp"

namespace causeway::config {

struct LoopbackOptions final : ProtocolOptions {
    bool durable = false;  ///< false: the echo, and nothing below counts
    std::string journal;   ///< required: what the far side has taken
    std::string script;    ///< what it does with whom; "" = by the contact's name
    std::string offers;    ///< what contacts say to users; "" = nothing
    bool idempotent = false;
    bool keeps_order = false;
    bool delivery_reports = false;
    bool resend_on_doubt = false;  ///< `on_ambiguous: resend`
    bool poison = false;           ///< the contact `poison` kills the process
    std::size_t max_in_flight = 16;
    Millis latency{0};
    Millis report_after{50};
    Millis retry_after{0};
    Millis send_timeout{30'000};
    Millis reconnect_first{5'000};
    Millis reconnect_max{300'000};

    void compare(const ProtocolOptions& newer, const std::string& path, ReloadPlan& plan) const override;
    friend bool operator==(const LoopbackOptions& a, const LoopbackOptions& b) noexcept;
};

/// The entry for the program's list of protocols.
[[nodiscard]] Protocol loopback_protocol();

}  // namespace causeway::config
