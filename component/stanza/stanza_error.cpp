#include "component/stanza/stanza_error.hpp"

#include <array>

namespace causeway::xmpp {
namespace {

constexpr std::string_view kStanzasNs = "urn:ietf:params:xml:ns:xmpp-stanzas";

struct Row {
    Condition condition;
    std::string_view name;
    ErrorType type;  ///< RFC 6120 §8.3.3
    int code;        ///< XEP-0086 §3
};

constexpr std::array kRows{
    Row{Condition::bad_request, "bad-request", ErrorType::modify, 400},
    Row{Condition::conflict, "conflict", ErrorType::cancel, 409},
    Row{Condition::feature_not_implemented, "feature-not-implemented", ErrorType::cancel, 501},
    Row{Condition::forbidden, "forbidden", ErrorType::auth, 403},
    Row{Condition::gone, "gone", ErrorType::cancel, 302},
    Row{Condition::internal_server_error, "internal-server-error", ErrorType::cancel, 500},
    Row{Condition::item_not_found, "item-not-found", ErrorType::cancel, 404},
    Row{Condition::jid_malformed, "jid-malformed", ErrorType::modify, 400},
    Row{Condition::not_acceptable, "not-acceptable", ErrorType::modify, 406},
    Row{Condition::not_allowed, "not-allowed", ErrorType::cancel, 405},
    Row{Condition::not_authorized, "not-authorized", ErrorType::auth, 401},
    Row{Condition::policy_violation, "policy-violation", ErrorType::modify, 403},
    Row{Condition::recipient_unavailable, "recipient-unavailable", ErrorType::wait, 404},
    Row{Condition::redirect, "redirect", ErrorType::modify, 302},
    Row{Condition::registration_required, "registration-required", ErrorType::auth, 407},
    Row{Condition::remote_server_not_found, "remote-server-not-found", ErrorType::cancel, 404},
    Row{Condition::remote_server_timeout, "remote-server-timeout", ErrorType::wait, 504},
    Row{Condition::resource_constraint, "resource-constraint", ErrorType::wait, 500},
    Row{Condition::service_unavailable, "service-unavailable", ErrorType::cancel, 503},
    Row{Condition::subscription_required, "subscription-required", ErrorType::auth, 407},
    Row{Condition::undefined_condition, "undefined-condition", ErrorType::cancel, 500},
    Row{Condition::unexpected_request, "unexpected-request", ErrorType::wait, 400},
};

const Row& row(Condition condition) noexcept { return kRows[static_cast<std::size_t>(condition)]; }

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].condition) != i) return false;
    }
    return true;
}
static_assert(in_order(), "rows are looked up by the condition's number");

std::optional<ErrorType> read_type(std::string_view text) noexcept {
    for (const auto type : {ErrorType::auth, ErrorType::cancel, ErrorType::cont, ErrorType::modify, ErrorType::wait}) {
        if (to_string(type) == text) return type;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Condition condition) noexcept { return row(condition).name; }

std::string_view to_string(ErrorType type) noexcept {
    switch (type) {
        case ErrorType::auth: return "auth";
        case ErrorType::cancel: return "cancel";
        case ErrorType::cont: return "continue";
        case ErrorType::modify: return "modify";
        case ErrorType::wait: return "wait";
    }
    return "cancel";
}

int legacy_code(Condition condition) noexcept { return row(condition).code; }

StanzaError make_condition(Condition condition, std::string text) {
    StanzaError error;
    error.condition = condition;
    error.type = row(condition).type;
    error.text = std::move(text);
    return error;
}

std::optional<xml::Element> make_error_reply(const StanzaHead& original, const StanzaError& error) {
    if (original.is_error() || (original.kind == StanzaKind::iq && !original.is_request())) return std::nullopt;
    auto reply = make_stanza(original.kind, original.to, original.from, "error", original.id);
    auto& element = reply.add("error");
    element.set_attr("type", std::string(to_string(error.type)))
        .set_attr("code", std::to_string(legacy_code(error.condition)));
    if (!error.by.empty()) element.set_attr("by", error.by);
    element.add(to_string(error.condition), kStanzasNs);
    if (!error.text.empty()) element.add("text", kStanzasNs).set_attr("xml:lang", "en").add_text(error.text);
    return reply;
}

std::optional<StanzaError> read_error(const xml::Element& stanza) {
    const auto* element = stanza.child("error");
    if (element == nullptr) return std::nullopt;
    StanzaError error;
    for (const auto* child : element->children()) {
        if (child->ns() != kStanzasNs) continue;
        if (child->name() == "text") {
            error.text = child->text();
            continue;
        }
        for (const auto& candidate : kRows) {
            if (candidate.name == child->name()) error.condition = candidate.condition;
        }
    }
    error.type = read_type(element->attr("type")).value_or(row(error.condition).type);
    error.by = std::string(element->attr("by"));
    return error;
}

}  // namespace causeway::xmpp
