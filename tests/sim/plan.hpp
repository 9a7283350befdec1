#pragma once
/// @file tests/sim/plan.hpp
/// NAME       Plan: what a seed decides about its world before it begins.
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/delivery/to_network.hpp"
#include "gateway/delivery/to_xmpp.hpp"
#include "tests/sim/timeline.hpp"

namespace causeway::sim {

/// What users say, in order of time. The key names it for ever.
struct Saying {
    Millis when{};
    AccountId account;
    EndpointId endpoint;
    std::string conversation;
    MessageKey key;
    bool wants_receipt = false;
    bool wants_marker = false;
    bool kills_us = false;  ///< sending it crashes the gateway
};
/// What the network says to users; one conversation's in order, each after the one before was taken.
struct Telling {
    Millis when{};
    AccountId account;
    std::string conversation;
    MessageKey key;
    bool poison = false;  ///< the XMPP server ends the stream over it
    bool unwritable = false;
    unsigned bounces = 0;  ///< how often the server sends it back for now
    bool refused = false;  ///< … and then for good
};

enum class Fault : std::uint8_t { store_fails, store_slow, endpoint_down, endpoint_moody, link_down };
struct Outage {
    Fault fault = Fault::store_fails;
    Millis from{};
    Millis to{};
    EndpointId endpoint;  ///< of endpoint_*
};

struct Plan {
    delivery::Rules rules;
    delivery::XmppRules xmpp;
    std::vector<AccountId> accounts;
    std::vector<EndpointId> endpoints;
    std::vector<Saying> sayings;
    std::vector<Telling> tellings;
    std::vector<Outage> outages;
    std::vector<Millis> crashes;
    std::vector<Millis> link_losses;
    std::vector<Millis> server_kills;
    std::vector<Millis> session_losses;
    std::vector<Millis> operators;  ///< one does something
    std::vector<Millis> wall_jumps;
    Millis quiet_at{};  ///< all faults are over
    Millis forget_at{-1};
    AccountId forgotten;
    bool closes_link = false;  ///< when the store fails, as the daemon does
    bool lossy_reports = false;
    // Of a hundred tries, while there are faults:
    unsigned refuses = 0;
    unsigned later = 0;
    unsigned doubts = 0;
    unsigned submits = 0;
    unsigned slow = 0;

    [[nodiscard]] bool on(Fault fault, Millis now, const EndpointId& endpoint = {}) const;
};

[[nodiscard]] Plan make_plan(Chance& chance);

}  // namespace causeway::sim
