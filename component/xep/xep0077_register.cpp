#include "component/xep/xep0077_register.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "component/xep/xep0004_forms.hpp"

namespace causeway::xmpp::xep0077 {

namespace {

constexpr std::string_view kFormType = "FORM_TYPE";

/// The fields that the schema has an element for; anything else may only be asked for by a form.
/// @source XEP-0077 §14.1
constexpr std::array<std::string_view, 16> kElements{
    "username", "nick",  "password", "name",  "first", "last", "email", "address",
    "city",     "state", "zip",      "phone", "url",   "date", "misc",  "text"};

bool has_element(std::string_view var) noexcept {
    return std::ranges::find(kElements, var) != kElements.end();
}

/// The lines of a text-multi are one answer.
std::string joined(const std::vector<std::string>& values) {
    std::string all;
    for (const auto& value : values) {
        if (&value != &values.front()) all += '\n';
        all += value;
    }
    return all;
}

Request read_submitted_form(const xml::Element& query) {
    const auto form = xep0004::read_form(query);
    if (!form) return BadRequest{};
    if (form->type == xep0004::FormType::cancel) return CancelRequest{};
    if (form->type != xep0004::FormType::submit) return BadRequest{};
    // Some clients leave FORM_TYPE out; one that names another form has answered another question.
    if (const auto kind = form->value(kFormType); !kind.empty() && kind != kNs) return BadRequest{};

    SubmitRequest submit;
    for (const auto& field : form->fields) {
        if (field.var.empty() || field.var == kFormType) continue;
        submit.answers.emplace_back(field.var, joined(field.values));
    }
    return submit;
}

Request read_plain_fields(const xml::Element& query) {
    SubmitRequest submit;
    for (const auto* child : query.children()) {
        if (child->ns() == kNs && has_element(child->name())) {
            submit.answers.emplace_back(child->name(), child->text());
        }
    }
    if (submit.answers.empty()) return BadRequest{};
    return submit;
}

Request read_set(const xml::Element& query) {
    if (query.child("remove")) {
        if (query.child_count() == 1) return RemoveRequest{};
        return BadRequest{};
    }
    if (query.child("x", xep0004::kNs)) return read_submitted_form(query);
    return read_plain_fields(query);
}

xep0004::FieldType type_of(const Field& field) noexcept {
    if (field.secret) return xep0004::FieldType::text_private;
    return field.choices.empty() ? xep0004::FieldType::text_single : xep0004::FieldType::list_single;
}

xep0004::Form make_form(const std::string& instructions, const std::vector<Field>& fields) {
    xep0004::Form form;
    form.instructions = instructions;
    xep0004::Field kind;
    kind.var = kFormType;
    kind.type = xep0004::FieldType::hidden;
    kind.values.emplace_back(kNs);
    form.fields.push_back(std::move(kind));
    for (const auto& field : fields) {
        xep0004::Field question;
        question.var = field.var;
        question.type = type_of(field);
        question.label = field.label;
        question.required = field.required;
        question.options = field.choices;
        if (!field.secret && !field.value.empty()) question.values.push_back(field.value);
        form.fields.push_back(std::move(question));
    }
    return form;
}

}  // namespace

std::optional<Request> read(const Stanza& iq) {
    const auto* query = iq.payload(kNs);
    if (!iq.head.is_request() || !query || query->name() != "query") return std::nullopt;
    if (iq.head.type == "get") return FormRequest{};
    return read_set(*query);
}

xml::Element make_form_result(const Stanza& request, const std::string& instructions,
                              const std::vector<Field>& fields, bool registered) {
    auto result = make_result(request.head);
    auto& query = result.add("query", kNs);
    if (registered) query.add("registered");
    query.add("instructions").add_text(instructions);
    for (const auto& field : fields) {
        if (!has_element(field.var)) continue;
        auto& element = query.add(field.var);
        if (!field.secret) element.add_text(field.value);  // no secret is ever told back (GW-REG-003)
    }
    query.add(xep0004::make_form(make_form(instructions, fields)));
    return result;
}

}  // namespace causeway::xmpp::xep0077
