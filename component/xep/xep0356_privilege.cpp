#include "component/xep/xep0356_privilege.hpp"

namespace causeway::xmpp::xep0356 {

namespace {

/// More than any server grants; an advert that nests deeper than this is not read further.
constexpr int kDeepest = 64;

/// Debian 12's prosody-modules write each namespace inside the one before (GW-PRIV-002).
void collect_namespaces(const xml::Element& parent, std::vector<std::string>& found, int depth = 0) {
    if (depth > kDeepest) return;
    for (const auto* child : parent.children()) {
        if (child->name() != "namespace") continue;
        if (child->attr("type") != "none" && child->has_attr("ns")) found.emplace_back(child->attr("ns"));
        collect_namespaces(*child, found, depth + 1);
    }
}

void read_permission(const xml::Element& perm, Grants& grants) {
    const auto access = perm.attr("access");
    const auto type = perm.attr("type");
    if (access == "roster") {
        grants.roster_get = type == "get" || type == "both";
        grants.roster_set = type == "set" || type == "both";
    } else if (access == "message") {
        grants.message_outgoing = type == "outgoing";
    } else if (access == "presence") {
        grants.presence = type == "managed_entity" || type == "roster";
    } else if (access == "iq" && grants.version == 2) {
        collect_namespaces(perm, grants.iq_namespaces);
    }
}

}  // namespace

std::optional<Grants> read_advert(const Stanza& stanza) {
    const auto& from = stanza.head.from;
    if (stanza.head.kind != StanzaKind::message || stanza.head.is_error()) return std::nullopt;
    if (!from.local().empty() || !from.resource().empty()) return std::nullopt;
    Grants grants;
    const auto* privilege = stanza.element.child("privilege", kNs2);
    if (privilege == nullptr) {
        privilege = stanza.element.child("privilege", kNs1);
        grants.version = 1;
    }
    if (privilege == nullptr) return std::nullopt;
    for (const auto* perm : privilege->children()) {
        if (perm->name() == "perm") read_permission(*perm, grants);
    }
    return grants;
}

xml::Element make_roster_get() {
    return xml::Element("query", std::string(kRosterNs));
}

xml::Element make_roster_set(const RosterItem& item) {
    xml::Element query("query", std::string(kRosterNs));
    auto& element = query.add("item");
    element.set_attr("jid", item.jid).set_attr("subscription", item.subscription);
    if (!item.name.empty()) element.set_attr("name", item.name);
    for (const auto& group : item.groups) element.add("group").add_text(group);
    return query;
}

std::optional<RosterItem> find_item(const xml::Element& result, std::string_view jid) {
    const auto* query = result.child("query", kRosterNs);
    if (query == nullptr) return std::nullopt;
    for (const auto* child : query->children()) {
        if (child->name() != "item" || child->attr("jid") != jid) continue;
        RosterItem item;
        item.jid = jid;
        item.name = child->attr("name");
        item.subscription = child->attr("subscription");
        for (const auto* group : child->children()) {
            if (group->name() == "group") item.groups.push_back(group->text());
        }
        return item;
    }
    return std::nullopt;
}

}  // namespace causeway::xmpp::xep0356
