#include "component/xep/xep0359_ids.hpp"

namespace causeway::xmpp::xep0359 {

std::optional<std::string> origin_id(const xml::Element& message) {
    const auto* element = message.child("origin-id", kNs);
    if (!element || element->attr("id").empty()) return std::nullopt;
    return std::string(element->attr("id"));
}

xml::Element make_stanza_id(std::string_view id, std::string_view by) {
    xml::Element element("stanza-id", std::string(kNs));
    element.set_attr("id", std::string(id)).set_attr("by", std::string(by));
    return element;
}

xml::Element make_origin_id(std::string_view id) {
    xml::Element element("origin-id", std::string(kNs));
    element.set_attr("id", std::string(id));
    return element;
}

}  // namespace causeway::xmpp::xep0359
