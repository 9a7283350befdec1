#include "component/xep/xep0045_admin.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "component/xep/xep0045_muc.hpp"

namespace causeway::xmpp::xep0045 {
namespace {

constexpr std::array<std::pair<std::string_view, Affiliation>, 5> kAffiliations{{
    {"outcast", Affiliation::outcast},
    {"none", Affiliation::none},
    {"member", Affiliation::member},
    {"admin", Affiliation::admin},
    {"owner", Affiliation::owner},
}};
constexpr std::array<std::pair<std::string_view, Role>, 4> kRoles{{
    {"none", Role::none},
    {"visitor", Role::visitor},
    {"participant", Role::participant},
    {"moderator", Role::moderator},
}};

template <class Table>
auto value_of(const Table& table, std::string_view name) {
    using Value = typename Table::value_type::second_type;
    const auto found = std::ranges::find(table, name, &Table::value_type::first);
    return found == table.end() ? std::optional<Value>() : std::optional<Value>(found->second);
}

template <class Table>
std::string_view name_of(const Table& table, typename Table::value_type::second_type value) noexcept {
    const auto found = std::ranges::find(table, value, &Table::value_type::second);
    return found == table.end() ? std::string_view() : found->first;
}

std::optional<AdminItem> read_item(const xml::Element& element, bool change) {
    const bool has_affiliation = element.has_attr("affiliation");
    if (has_affiliation == element.has_attr("role")) return std::nullopt;
    AdminItem item;
    item.nick = element.attr("nick");
    item.jid = element.attr("jid");
    item.reason = element.child_text("reason").value_or("");
    item.affiliation = value_of(kAffiliations, element.attr("affiliation"));
    item.role = value_of(kRoles, element.attr("role"));
    if (!item.affiliation && !item.role) return std::nullopt;
    // Roles are of those inside, whom only their nick names.
    if (change && item.nick.empty() && (!has_affiliation || item.jid.empty())) return std::nullopt;
    return item;
}

}  // namespace

std::string_view to_string(Affiliation affiliation) noexcept {
    return name_of(kAffiliations, affiliation);
}

std::string_view to_string(Role role) noexcept {
    return name_of(kRoles, role);
}

std::optional<std::vector<AdminItem>> read_admin(const xml::Element& iq) {
    const auto* query = iq.child("query", kAdminNs);
    if (!query) return std::nullopt;
    const bool change = iq.attr("type") == "set";
    std::vector<AdminItem> items;
    for (const auto* child : query->children()) {
        auto item = child->is("item", kAdminNs) ? read_item(*child, change) : std::nullopt;
        if (!item) return std::nullopt;
        items.push_back(std::move(*item));
    }
    if (items.empty() || (!change && items.size() != 1)) return std::nullopt;
    return items;
}

xml::Element make_admin_result(const StanzaHead& request, const std::vector<AdminEntry>& list) {
    auto result = make_result(request);
    auto& query = result.add("query", kAdminNs);
    for (const auto& entry : list) {
        auto& item = query.add("item");
        item.set_attr("affiliation", std::string(entry.affiliation));
        if (!entry.role.empty()) item.set_attr("role", std::string(entry.role));
        if (!entry.jid.empty()) item.set_attr("jid", entry.jid);
        if (!entry.nick.empty()) item.set_attr("nick", entry.nick);
    }
    return result;
}

}  // namespace causeway::xmpp::xep0045
