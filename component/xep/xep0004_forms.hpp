#pragma once
/// @file component/xep/xep0004_forms.hpp
/// NAME       Data forms. @source XEP-0004
/// TRUST      What is submitted comes from clients: fields are bounded by the stanza's own limits.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0004 {

inline constexpr std::string_view kNs = "jabber:x:data";

enum class FormType { form, submit, cancel, result };
enum class FieldType {
    text_single,
    text_private,
    text_multi,
    list_single,
    boolean,
    hidden,
    fixed,
    jid_single
};

struct Field {
    std::string var;
    FieldType type = FieldType::text_single;
    std::string label;
    bool required = false;
    std::vector<std::string> values;
    std::vector<std::string> options;  ///< for list_single
};

struct Form {
    FormType type = FormType::form;
    std::string title;
    std::string instructions;
    std::vector<Field> fields;
    std::vector<Field> reported;  ///< columns of a table of results: var and label
    std::vector<std::vector<std::string>>
        items;  ///< its rows: one value a column, in the order of `reported`

    [[nodiscard]] const Field* field(std::string_view var) const noexcept;
    /// First value of a field; "" when absent.
    [[nodiscard]] std::string value(std::string_view var) const;
};

/// Reads the `<x xmlns='jabber:x:data'>` that is a child of `parent`; nullopt without one or with a bad type.
[[nodiscard]] std::optional<Form> read_form(const xml::Element& parent);
[[nodiscard]] xml::Element make_form(const Form& form);

}  // namespace causeway::xmpp::xep0004
