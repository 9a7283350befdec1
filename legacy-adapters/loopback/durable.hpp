#pragma once
/// @file legacy-adapters/loopback/durable.hpp
/// NAME       The loopback network in its durable class: it takes messages for good, and misbehaves on order.
/// WHY        What the gateway promises of durable messages is tried against it, with kill -9 at any instant.
/// TESTS      tests/conformance, tests/unit/loopback, tests/crash
#include <cstddef>
#include <memory>
#include <string>

#include "gateway/adapter/adapter.hpp"

namespace causeway::loopback {

struct DurableOptions {
    std::string display_name;
    std::string journal;  ///< what the far side has taken; beside it, in `.acks`, what the gateway has kept
    std::string script;   ///< "" = contacts do what their names say
    std::string offers;   ///< what contacts say to users; "" = nothing
    bool idempotent = false;
    bool keeps_order = false;
    bool delivery_reports = false;
    bool poison = false;  ///< `poison…` kills the process
    adapter::OnDoubt on_doubt = adapter::OnDoubt::hold;
    Millis latency{0};        ///< from taking a message to saying so
    Millis report_after{50};  ///< from there to each report
    Millis retry_after{0};    ///< the hint that goes with "busy"; 0 = none
    Millis send_timeout{30'000};
    std::size_t max_in_flight = 16;
};

[[nodiscard]] std::unique_ptr<adapter::Network> make_durable_network(Executor executor,
                                                                     DurableOptions options, Context context);

}  // namespace causeway::loopback
