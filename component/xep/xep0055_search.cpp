#include "component/xep/xep0055_search.hpp"

#include "component/xep/xep0004_forms.hpp"

namespace causeway::xmpp::xep0055 {

namespace {

namespace forms = xep0004;

forms::Field field(std::string var, std::string label, forms::FieldType type, std::string value = {}) {
    forms::Field made;
    made.var = std::move(var);
    made.label = std::move(label);
    made.type = type;
    if (!value.empty()) made.values.push_back(std::move(value));
    return made;
}

forms::Field form_type() {
    return field("FORM_TYPE", "", forms::FieldType::hidden, std::string(kNs));
}

}  // namespace

std::optional<Question> read(const Stanza& iq) {
    const auto* query = iq.element.child("query", kNs);
    if (iq.head.kind != StanzaKind::iq || iq.head.type != "set" || !query) return std::nullopt;
    if (const auto form = forms::read_form(*query)) return Question{form->value("nick"), true};
    return Question{query->child_text("nick").value_or(""), false};
}

xml::Element make_form_result(const Stanza& request, const Labels& labels) {
    auto result = xmpp::make_result(request.head);
    auto& query = result.add("query", kNs);
    query.add("instructions").add_text(labels.instructions);
    query.add("nick");
    forms::Form form;
    form.instructions = labels.instructions;
    form.fields = {form_type(), field("nick", labels.nick, forms::FieldType::text_single)};
    form.fields.back().required = true;
    query.add(forms::make_form(form));
    return result;
}

xml::Element make_result(const Stanza& request, bool by_form, const Labels& labels,
                         const std::vector<Item>& items) {
    auto result = xmpp::make_result(request.head);
    auto& query = result.add("query", kNs);
    if (items.empty()) return result;
    if (!by_form) {
        for (const auto& found : items) {
            auto& item = query.add("item");
            item.set_attr("jid", found.jid);
            item.add("nick").add_text(found.nick);
        }
        return result;
    }
    forms::Form form;
    form.type = forms::FormType::result;
    form.fields = {form_type()};
    form.reported = {field("jid", "JID", forms::FieldType::jid_single),
                     field("nick", labels.nick, forms::FieldType::text_single),
                     field("state", labels.state, forms::FieldType::text_single)};
    for (const auto& found : items) form.items.push_back({found.jid, found.nick, found.state});
    query.add(forms::make_form(form));
    return result;
}

}  // namespace causeway::xmpp::xep0055
