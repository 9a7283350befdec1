#include "component/stanza/stanza.hpp"

namespace causeway::xmpp {

std::string_view to_string(StanzaKind kind) noexcept {
    switch (kind) {
        case StanzaKind::message: return "message";
        case StanzaKind::presence: return "presence";
        case StanzaKind::iq: return "iq";
    }
    return "message";
}

Result<StanzaHead> read_head(const xml::Element& element) {
    if (element.ns() != kComponentNs && element.ns() != kClientNs) {
        return fail(Errc::bad_input, "not a stanza: namespace " + element.ns());
    }
    StanzaHead head;
    if (element.name() == "message") {
        head.kind = StanzaKind::message;
    } else if (element.name() == "presence") {
        head.kind = StanzaKind::presence;
    } else if (element.name() == "iq") {
        head.kind = StanzaKind::iq;
    } else {
        return fail(Errc::bad_input, "not a stanza: " + element.name());
    }
    auto from = Jid::parse(element.attr("from"));
    if (!from) return fail(Errc::bad_input, "from: " + from.error().detail);
    auto to = Jid::parse(element.attr("to"));
    if (!to) return fail(Errc::bad_input, "to: " + to.error().detail);
    head.from = std::move(*from);
    head.to = std::move(*to);
    head.id = std::string(element.attr("id"));
    head.type = std::string(element.attr("type"));
    return head;
}

xml::Element make_stanza(StanzaKind kind, const Jid& from, const Jid& to, std::string_view type,
                         std::string_view id) {
    xml::Element element{std::string(to_string(kind)), std::string(kComponentNs)};
    element.set_attr("from", from.str()).set_attr("to", to.str());
    if (!type.empty()) element.set_attr("type", std::string(type));
    if (!id.empty()) element.set_attr("id", std::string(id));
    return element;
}

xml::Element make_result(const StanzaHead& request) {
    return make_stanza(StanzaKind::iq, request.to, request.from, "result", request.id);
}

}  // namespace causeway::xmpp
