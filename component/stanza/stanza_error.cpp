#include "component/stanza/stanza_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace causeway::xmpp {

namespace {

constexpr std::string_view kStanzasNs = "urn:ietf:params:xml:ns:xmpp-stanzas";

struct Row {
    Condition condition;
    std::string_view name;
    ErrorType
        type;  ///< RFC 6120 §8.3.3; where it leaves a choice, the one that lets a sender do the right thing
    int code;  ///< XEP-0086; policy-violation is younger than it: the code that servers use
};

using enum Condition;

// In the order of the enumeration: row(condition) relies on it, and a test checks it.
constexpr std::array<Row, 22> kRows{{
    {bad_request, "bad-request", ErrorType::modify, 400},
    {conflict, "conflict", ErrorType::cancel, 409},
    {feature_not_implemented, "feature-not-implemented", ErrorType::cancel, 501},
    {forbidden, "forbidden", ErrorType::auth, 403},
    {gone, "gone", ErrorType::cancel, 302},
    {internal_server_error, "internal-server-error", ErrorType::cancel, 500},
    {item_not_found, "item-not-found", ErrorType::cancel, 404},
    {jid_malformed, "jid-malformed", ErrorType::modify, 400},
    {not_acceptable, "not-acceptable", ErrorType::modify, 406},
    {not_allowed, "not-allowed", ErrorType::cancel, 405},
    {not_authorized, "not-authorized", ErrorType::auth, 401},
    {policy_violation, "policy-violation", ErrorType::modify, 403},
    {recipient_unavailable, "recipient-unavailable", ErrorType::wait, 404},
    {redirect, "redirect", ErrorType::modify, 302},
    {registration_required, "registration-required", ErrorType::auth, 407},
    {remote_server_not_found, "remote-server-not-found", ErrorType::cancel, 404},
    {remote_server_timeout, "remote-server-timeout", ErrorType::wait, 504},
    {resource_constraint, "resource-constraint", ErrorType::wait, 500},
    {service_unavailable, "service-unavailable", ErrorType::cancel, 503},
    {subscription_required, "subscription-required", ErrorType::auth, 407},
    {undefined_condition, "undefined-condition", ErrorType::cancel, 500},
    {unexpected_request, "unexpected-request", ErrorType::wait, 400},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].condition) != i) return false;
    }
    return true;
}
static_assert(in_order());

constexpr const Row& row(Condition condition) noexcept {
    return kRows[static_cast<std::size_t>(condition)];
}

constexpr std::array<std::pair<ErrorType, std::string_view>, 5> kTypes{{
    {ErrorType::auth, "auth"},
    {ErrorType::cancel, "cancel"},
    {ErrorType::cont, "continue"},
    {ErrorType::modify, "modify"},
    {ErrorType::wait, "wait"},
}};

ErrorType type_from(std::string_view name, ErrorType otherwise) noexcept {
    const auto found = std::ranges::find(kTypes, name, &std::pair<ErrorType, std::string_view>::second);
    return found == kTypes.end() ? otherwise : found->first;
}

}  // namespace

StanzaError make_condition(Condition condition, std::string text) {
    return {condition, row(condition).type, std::move(text), {}};
}

std::optional<xml::Element> make_error_reply(const StanzaHead& original, const StanzaError& error) {
    const bool is_result = original.kind == StanzaKind::iq && original.type == "result";
    if (original.is_error() || is_result) return std::nullopt;
    xml::Element reply = make_stanza(original.kind, original.to, original.from, "error", original.id);
    xml::Element& payload = reply.add("error");
    payload.set_attr("type", std::string(to_string(error.type)));
    payload.set_attr("code", std::to_string(legacy_code(error.condition)));
    if (!error.by.empty()) payload.set_attr("by", error.by);
    payload.add(to_string(error.condition), kStanzasNs);
    if (!error.text.empty()) payload.add("text", kStanzasNs).add_text(error.text);
    return reply;
}

std::optional<StanzaError> read_error(const xml::Element& stanza) {
    if (stanza.attr("type") != "error") return std::nullopt;
    const xml::Element* payload = stanza.child("error");
    if (payload == nullptr) return std::nullopt;
    StanzaError error;
    for (const xml::Element* child : payload->children()) {
        if (child->ns() != kStanzasNs) continue;
        if (child->name() == "text") {
            error.text = child->text();
            continue;
        }
        const auto found = std::ranges::find(kRows, child->name(), &Row::name);
        if (found != kRows.end()) error.condition = found->condition;
    }
    error.type = type_from(payload->attr("type"), row(error.condition).type);
    error.by = payload->attr("by");
    return error;
}

std::string_view to_string(Condition condition) noexcept {
    return row(condition).name;
}

std::string_view to_string(ErrorType type) noexcept {
    const auto found = std::ranges::find(kTypes, type, &std::pair<ErrorType, std::string_view>::first);
    return found == kTypes.end() ? "cancel" : found->second;
}

int legacy_code(Condition condition) noexcept {
    return row(condition).code;
}

}  // namespace causeway::xmpp
