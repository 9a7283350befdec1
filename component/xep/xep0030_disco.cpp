#include "component/xep/xep0030_disco.hpp"

#include <algorithm>

#include "gateway/base/assert.hpp"

namespace causeway::xmpp::xep0030 {

namespace {

/// Appends `<query/>` to the result, with the node that was asked for.
xml::Element& add_query(xml::Element& result, const Stanza& request, std::string_view ns) {
    auto& query = result.add("query", ns);
    if (auto node = requested_node(request); !node.empty()) query.set_attr("node", std::move(node));
    return query;
}

}  // namespace

xml::Element make_info_result(const Stanza& request, const Info& info) {
    CAUSEWAY_ASSERT(!info.identities.empty());
    auto result = make_result(request.head);
    auto& query = add_query(result, request, kInfoNs);
    for (const auto& identity : info.identities) {
        auto& element = query.add("identity");
        element.set_attr("category", identity.category).set_attr("type", identity.type);
        if (!identity.name.empty()) element.set_attr("name", identity.name);
        if (!identity.lang.empty()) element.set_attr("xml:lang", identity.lang);
    }
    if (std::ranges::find(info.features, kInfoNs) == info.features.end()) {
        query.add("feature").set_attr("var", std::string(kInfoNs));
    }
    for (const auto& feature : info.features) query.add("feature").set_attr("var", feature);
    for (const auto& form : info.forms) query.add(form);
    return result;
}

xml::Element make_items_result(const Stanza& request, const std::vector<Item>& items,
                               std::optional<xml::Element> set) {
    auto result = make_result(request.head);
    auto& query = add_query(result, request, kItemsNs);
    for (const auto& item : items) {
        auto& element = query.add("item");
        element.set_attr("jid", item.jid);
        if (!item.node.empty()) element.set_attr("node", item.node);
        if (!item.name.empty()) element.set_attr("name", item.name);
    }
    if (set) query.add(std::move(*set));
    return result;
}

std::string requested_node(const Stanza& request) {
    for (const auto ns : {kInfoNs, kItemsNs}) {
        if (const auto* query = request.payload(ns)) return std::string(query->attr("node"));
    }
    return {};
}

}  // namespace causeway::xmpp::xep0030
