#include "component/xep/xep0004_forms.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/base/text.hpp"

namespace causeway::xmpp::xep0004 {

namespace {

constexpr std::array<std::pair<std::string_view, FormType>, 4> kFormTypes{{
    {"form", FormType::form},
    {"submit", FormType::submit},
    {"cancel", FormType::cancel},
    {"result", FormType::result},
}};

// The first name of a type is the one that is written. The two "-multi" types that we never ask for are read as
// plural text, so that none of their values is lost.
constexpr std::array<std::pair<std::string_view, FieldType>, 10> kFieldTypes{{
    {"text-single", FieldType::text_single},
    {"text-private", FieldType::text_private},
    {"text-multi", FieldType::text_multi},
    {"list-single", FieldType::list_single},
    {"boolean", FieldType::boolean},
    {"hidden", FieldType::hidden},
    {"fixed", FieldType::fixed},
    {"jid-single", FieldType::jid_single},
    {"list-multi", FieldType::text_multi},
    {"jid-multi", FieldType::text_multi},
}};

template <class Table>
auto value_of(const Table& table, std::string_view name) {
    using Value = typename Table::value_type::second_type;
    const auto found = std::ranges::find(table, name, &Table::value_type::first);
    return found == table.end() ? std::optional<Value>() : std::optional<Value>(found->second);
}

template <class Table>
std::string name_of(const Table& table, typename Table::value_type::second_type value) {
    const auto found = std::ranges::find(table, value, &Table::value_type::second);
    return found == table.end() ? std::string() : std::string(found->first);
}

Field read_field(const xml::Element& element) {
    Field field;
    field.var = element.attr("var");
    field.label = element.attr("label");
    // A submitted field need not say its type, and XEP-0004 §3.3 makes text-single of an unknown one.
    field.type = value_of(kFieldTypes, element.attr("type")).value_or(FieldType::text_single);
    for (const auto* child : element.children()) {
        if (child->is("value", kNs)) field.values.push_back(child->text());
        if (child->is("required", kNs)) field.required = true;
        if (child->is("option", kNs)) field.options.push_back(child->child_text("value").value_or(""));
    }
    return field;
}

void write_field(xml::Element& form, const Field& field) {
    auto& element = form.add("field");
    if (!field.var.empty()) element.set_attr("var", field.var);
    element.set_attr("type", name_of(kFieldTypes, field.type));
    if (!field.label.empty()) element.set_attr("label", field.label);
    if (field.required) element.add("required");
    for (const auto& value : field.values) element.add("value").add_text(value);
    for (const auto& option : field.options) element.add("option").add("value").add_text(option);
}

/// One value a column; what an item has no field for stays empty, what has no column is left out.
std::vector<std::string> read_item(const xml::Element& item, const std::vector<Field>& columns) {
    std::vector<std::string> row(columns.size());
    for (const auto* child : item.children()) {
        if (!child->is("field", kNs)) continue;
        const auto column = std::ranges::find(columns, child->attr("var"), &Field::var);
        if (column == columns.end()) continue;
        row[static_cast<std::size_t>(column - columns.begin())] = child->child_text("value").value_or("");
    }
    return row;
}

void write_table(xml::Element& x, const Form& form) {
    if (form.reported.empty()) return;
    auto& reported = x.add("reported");
    for (const auto& column : form.reported) write_field(reported, column);
    for (const auto& row : form.items) {
        auto& item = x.add("item");
        for (std::size_t i = 0; i < row.size() && i < form.reported.size(); ++i) {
            auto& field = item.add("field");
            field.set_attr("var", form.reported[i].var);
            field.add("value").add_text(row[i]);
        }
    }
}

}  // namespace

const Field* Form::field(std::string_view var) const noexcept {
    const auto found = std::ranges::find(fields, var, &Field::var);
    return found == fields.end() ? nullptr : &*found;
}

std::string Form::value(std::string_view var) const {
    const auto* found = field(var);
    return found && !found->values.empty() ? found->values.front() : std::string();
}

std::optional<Form> read_form(const xml::Element& parent) {
    const auto* x = parent.child("x", kNs);
    if (!x) return std::nullopt;
    const auto type = value_of(kFormTypes, x->attr("type"));
    if (!type) return std::nullopt;

    Form form;
    form.type = *type;
    form.title = x->child_text("title").value_or("");
    for (const auto* child : x->children()) {
        if (child->is("field", kNs)) form.fields.push_back(read_field(*child));
        if (child->is("reported", kNs)) {
            for (const auto* column : child->children())
                if (column->is("field", kNs)) form.reported.push_back(read_field(*column));
        }
        if (child->is("item", kNs)) form.items.push_back(read_item(*child, form.reported));
        if (!child->is("instructions", kNs)) continue;
        if (!form.instructions.empty()) form.instructions += '\n';
        form.instructions += child->text();
    }
    return form;
}

xml::Element make_form(const Form& form) {
    xml::Element x("x", std::string(kNs));
    x.set_attr("type", name_of(kFormTypes, form.type));
    if (!form.title.empty()) x.add("title").add_text(form.title);
    // One element a line: XEP-0004 §3.2 wants no line breaks inside.
    for (const auto line : text::lines(form.instructions)) x.add("instructions").add_text(line);
    for (const auto& field : form.fields) write_field(x, field);
    write_table(x, form);
    return x;
}

}  // namespace causeway::xmpp::xep0004
