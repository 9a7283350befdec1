#pragma once
/// @file gateway/security/policy.hpp
/// NAME       Policy: who may use a network, and who administers it. Pure.
/// INVARIANTS Denies unless a rule allows: an empty policy lets nobody in.
/// TRUST      User ids were prepared by translate; domains match whole, never as a suffix.
/// TESTS      tests/unit/store/policy_test.cpp
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/ids.hpp"

namespace causeway::security {

/// As the operator wrote it. Bare JIDs and domains; compared in lower case.
struct AccessRules {
    std::vector<std::string> domains;  ///< everyone of these
    std::vector<std::string> users;    ///< and these
    std::vector<std::string> admins;   ///< may use it, and administer it
};

class Policy {
public:
    Policy() = default;
    explicit Policy(const AccessRules& rules);

    [[nodiscard]] bool may_use(const UserId& user) const;
    [[nodiscard]] bool is_admin(const UserId& user) const;

private:
    std::set<std::string, std::less<>> domains_;
    std::set<std::string, std::less<>> users_;
    std::set<std::string, std::less<>> admins_;
};

}  // namespace causeway::security
