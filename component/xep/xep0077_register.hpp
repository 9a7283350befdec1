#pragma once
/// @file component/xep/xep0077_register.hpp
/// NAME       In-band registration. @source XEP-0077; GW-REG-001 … -011, -021
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0077 {

inline constexpr std::string_view kNs = "jabber:iq:register";

struct Field {
    std::string var;  ///< one of the XEP's element names (username, nick, password, …) or any other
    std::string label;
    bool secret = false;
    bool required = true;
    std::string value;  ///< on file; never set for secrets
    std::vector<std::string> choices;
};

struct FormRequest {};    ///< iq get
struct RemoveRequest {};  ///< `<remove/>` alone
/// `x:data` fields win over plain ones.
struct SubmitRequest {
    std::vector<std::pair<std::string, std::string>> answers;
};
struct CancelRequest {};  ///< x:data of type cancel
struct BadRequest {};     ///< `<remove/>` with siblings, or nothing at all in a set

using Request = std::variant<FormRequest, RemoveRequest, SubmitRequest, CancelRequest, BadRequest>;
/// nullopt: not of this namespace.
[[nodiscard]] std::optional<Request> read(const Stanza& iq);

/// The answer to a FormRequest: plain elements for the fields that XEP-0077 names, and all of them as x:data with
/// FORM_TYPE jabber:iq:register (GW-REG-009).
[[nodiscard]] xml::Element make_form_result(const Stanza& request, const std::string& instructions,
                                            const std::vector<Field>& fields, bool registered);

}  // namespace causeway::xmpp::xep0077
