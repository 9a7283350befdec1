#include "gateway/security/policy.hpp"

#include "gateway/base/text.hpp"

namespace causeway::security {

namespace {

[[nodiscard]] std::set<std::string, std::less<>> lowered(const std::vector<std::string>& values) {
    std::set<std::string, std::less<>> set;
    for (const auto& value : values) set.insert(text::ascii_lower(value));
    return set;
}

}  // namespace

Policy::Policy(const AccessRules& rules)
    : domains_(lowered(rules.domains)), users_(lowered(rules.users)), admins_(lowered(rules.admins)) {}

bool Policy::may_use(const UserId& user) const {
    const std::string jid = text::ascii_lower(user.view());
    if (jid.empty()) return false;
    if (users_.contains(jid) || admins_.contains(jid)) return true;
    // A domain by itself ("example.org") is a server, not a user of it.
    const auto at = jid.find('@');
    return at != std::string::npos && at != 0 && domains_.contains(std::string_view(jid).substr(at + 1));
}

bool Policy::is_admin(const UserId& user) const {
    return admins_.contains(text::ascii_lower(user.view()));
}

}  // namespace causeway::security
