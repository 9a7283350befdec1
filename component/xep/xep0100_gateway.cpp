#include "component/xep/xep0100_gateway.hpp"

namespace causeway::xmpp::xep0100 {

std::optional<std::string> read_prompt(const Stanza& iq) {
    const auto* query = iq.element.child("query", kNs);
    if (iq.head.kind != StanzaKind::iq || iq.head.type != "set" || !query) return std::nullopt;
    return query->child_text("prompt");
}

xml::Element make_prompt_result(const Stanza& request, std::string_view description,
                                std::string_view prompt) {
    auto result = make_result(request.head);
    auto& query = result.add("query", kNs);
    if (!description.empty()) query.add("desc").add_text(description);
    query.add("prompt").add_text(prompt);
    return result;
}

xml::Element make_jid_result(const Stanza& request, std::string_view jid) {
    auto result = make_result(request.head);
    auto& query = result.add("query", kNs);
    query.add("jid").add_text(jid);
    query.add("prompt").add_text(jid);
    return result;
}

}  // namespace causeway::xmpp::xep0100
