#include "component/xep/xep0292_vcard4.hpp"

namespace causeway::xmpp::xep0292 {

namespace {

constexpr std::string_view kPubsub = "http://jabber.org/protocol/pubsub";

xml::Element make_card(std::string_view name) {
    xml::Element card("vcard", std::string(kNs));
    if (!name.empty()) card.add("fn").add("text").add_text(name);
    return card;
}

}  // namespace

bool asks_node(const Stanza& iq) {
    const auto* pubsub = iq.element.child("pubsub", kPubsub);
    const auto* items = pubsub ? pubsub->child("items") : nullptr;
    return iq.head.type == "get" && items && items->attr("node") == kNode;
}

xml::Element make_result(const Stanza& request, std::string_view name) {
    auto result = xmpp::make_result(request.head);
    result.add(make_card(name));
    return result;
}

xml::Element make_node_result(const Stanza& request, std::string_view name) {
    auto result = xmpp::make_result(request.head);
    auto& items = result.add("pubsub", kPubsub).add("items");
    items.set_attr("node", std::string(kNode));
    auto& item = items.add("item");
    item.set_attr("id", "current");
    item.add(make_card(name));
    return result;
}

}  // namespace causeway::xmpp::xep0292
