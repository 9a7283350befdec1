#include "component/xep/xep0045_owner.hpp"

#include "component/xep/xep0045_muc.hpp"

namespace causeway::xmpp::xep0045 {

OwnerRequest read_owner(const xml::Element& iq) {
    using Kind = OwnerRequest::Kind;
    OwnerRequest request;
    const auto* query = iq.child("query", kOwnerNs);
    if (!query) return request;
    if (iq.attr("type") == "get") {
        request.kind = Kind::read;
        return request;
    }
    if (query->child("destroy")) {
        request.kind = Kind::destroy;
        return request;
    }
    auto form = xep0004::read_form(*query);
    if (!form) return request;
    if (form->type == xep0004::FormType::cancel) request.kind = Kind::cancel;
    if (form->type != xep0004::FormType::submit) return request;
    // An empty form takes the room as it is; one with fields says what it is a form of.
    if (!form->fields.empty() && form->value("FORM_TYPE") != kRoomConfig) return request;
    request.kind = Kind::submit;
    request.form = std::move(*form);
    return request;
}

xml::Element make_owner_result(const StanzaHead& request, const xep0004::Form& form) {
    auto result = make_result(request);
    result.add("query", kOwnerNs).add(xep0004::make_form(form));
    return result;
}

}  // namespace causeway::xmpp::xep0045
