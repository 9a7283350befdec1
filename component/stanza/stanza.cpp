#include "component/stanza/stanza.hpp"

#include <utility>

namespace causeway::xmpp {

namespace {

std::optional<StanzaKind> kind_of(const xml::Element& element) noexcept {
    if (element.ns() != kComponentNs && element.ns() != kClientNs) return std::nullopt;
    if (element.name() == "message") return StanzaKind::message;
    if (element.name() == "presence") return StanzaKind::presence;
    if (element.name() == "iq") return StanzaKind::iq;
    return std::nullopt;
}

}  // namespace

Result<StanzaHead> read_head(const xml::Element& element) {
    const auto kind = kind_of(element);
    if (!kind) return fail(Errc::bad_input, "not a stanza");
    auto from = Jid::parse(element.attr("from"));
    if (!from) return fail(Errc::bad_input, "from: " + from.error().detail);
    auto to = Jid::parse(element.attr("to"));
    if (!to) return fail(Errc::bad_input, "to: " + to.error().detail);
    StanzaHead head;
    head.kind = *kind;
    head.from = std::move(*from);
    head.to = std::move(*to);
    head.id = element.attr("id");
    head.type = element.attr("type");
    return head;
}

xml::Element make_stanza(StanzaKind kind, const Jid& from, const Jid& to, std::string_view type,
                         std::string_view id) {
    xml::Element stanza{std::string(to_string(kind)), std::string(kComponentNs)};
    stanza.reserve_attributes(4);
    stanza.set_attr("from", from.str());
    stanza.set_attr("to", to.str());
    if (!type.empty()) stanza.set_attr("type", std::string(type));
    if (!id.empty()) stanza.set_attr("id", std::string(id));
    return stanza;
}

xml::Element make_result(const StanzaHead& request) {
    return make_stanza(StanzaKind::iq, request.to, request.from, "result", request.id);
}

std::string_view to_string(StanzaKind kind) noexcept {
    switch (kind) {
        case StanzaKind::message:
            return "message";
        case StanzaKind::presence:
            return "presence";
        case StanzaKind::iq:
            return "iq";
    }
    return "message";
}

}  // namespace causeway::xmpp
