#pragma once
/// @file config/protocol.hpp
/// NAME       Protocol, ProtocolOptions: how a network's own section is read.
/// WHY        A new protocol is one new pair of files beside this one (`sms_options.*`) and a line where the program
///            lists its protocols; nothing in the loader changes.
#include <memory>
#include <string>
#include <vector>

namespace causeway::config {

class Section;

/// What a reload can do with a change. Paths name keys: "networks[irc].options.servers".
struct ReloadPlan {
    std::vector<std::string> apply;    ///< taken over while running
    std::vector<std::string> restart;  ///< need a restart
    [[nodiscard]] bool empty() const noexcept { return apply.empty() && restart.empty(); }
    friend bool operator==(const ReloadPlan&, const ReloadPlan&) = default;
};

/// Base of each protocol's typed options.
class ProtocolOptions {
public:
    virtual ~ProtocolOptions() = default;
    /// Adds what differs in `newer`, which is of the same protocol, to the plan.
    virtual void compare(const ProtocolOptions& newer, const std::string& path, ReloadPlan& plan) const = 0;
};

struct Protocol {
    std::string name;  ///< the word after `protocol:`
    /// Reads the network's `options`; null: the protocol has none.
    std::shared_ptr<const ProtocolOptions> (*read)(Section& options) = nullptr;
};

}  // namespace causeway::config
