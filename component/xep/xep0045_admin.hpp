#pragma once
/// @file component/xep/xep0045_admin.hpp
/// NAME       Requests of a room's moderators and admins: lists, and changes of standing. @source XEP-0045 §8, §9
/// TRUST      Items come from clients: what is not whole is no request at all.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0045 {

enum class Affiliation { outcast, none, member, admin, owner };
enum class Role { none, visitor, participant, moderator };
[[nodiscard]] std::string_view to_string(Affiliation affiliation) noexcept;
[[nodiscard]] std::string_view to_string(Role role) noexcept;

/// What is asked for, of whom: exactly one of affiliation and role is set.
struct AdminItem {
    std::string nick;
    std::string jid;
    std::optional<Affiliation> affiliation;
    std::optional<Role> role;
    std::string reason;
};
/// The items of a muc#admin IQ: of a set, changes; of a get, one: the list that is wanted.
/// nullopt: a bad request (no item, both or neither of affiliation and role, a change of nobody).
[[nodiscard]] std::optional<std::vector<AdminItem>> read_admin(const xml::Element& iq);

/// Somebody in a list.
struct AdminEntry {
    std::string_view affiliation;
    std::string_view role;  ///< may be empty: not in the room
    std::string jid;        ///< may be empty
    std::string nick;       ///< may be empty
};
[[nodiscard]] xml::Element make_admin_result(const StanzaHead& request, const std::vector<AdminEntry>& list);

}  // namespace causeway::xmpp::xep0045
