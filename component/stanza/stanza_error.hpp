#pragma once
/// @file component/stanza/stanza_error.hpp
/// NAME       StanzaError: type, condition and a sentence for people. @source RFC 6120 §8.3, XEP-0086 codes
/// INVARIANTS An error is never made in answer to an error or a result (GW-COMP-013): make_error_reply says nullopt.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp {

/// The conditions of RFC 6120 §8.3.3, as they are written there with '_' for '-'.
enum class Condition : std::uint8_t {
    bad_request,
    conflict,
    feature_not_implemented,
    forbidden,
    gone,
    internal_server_error,
    item_not_found,
    jid_malformed,
    not_acceptable,
    not_allowed,
    not_authorized,
    policy_violation,
    recipient_unavailable,
    redirect,
    registration_required,
    remote_server_not_found,
    remote_server_timeout,
    resource_constraint,
    service_unavailable,
    subscription_required,
    undefined_condition,
    unexpected_request,
};

enum class ErrorType : std::uint8_t { auth, cancel, cont, modify, wait };

struct StanzaError {
    Condition condition = Condition::undefined_condition;
    ErrorType type = ErrorType::cancel;
    std::string text;  ///< shown to people; may be empty
    std::string by;    ///< JID of the entity that raised it; may be empty
};

/// With the type that RFC 6120 gives the condition.
[[nodiscard]] StanzaError make_condition(Condition condition, std::string text = {});

/// The reply to `original`: from/to swapped, same id, one `<error>` with legacy `code` attribute (GW-COMP-014/015).
/// nullopt when `original` must not be answered (it is an error, or an IQ result).
[[nodiscard]] std::optional<xml::Element> make_error_reply(const StanzaHead& original,
                                                           const StanzaError& error);

/// Reads `<error>` of a stanza of type error; nullopt if there is none.
[[nodiscard]] std::optional<StanzaError> read_error(const xml::Element& stanza);

[[nodiscard]] std::string_view to_string(Condition condition) noexcept;  ///< "item-not-found"
[[nodiscard]] std::string_view to_string(ErrorType type) noexcept;       ///< "cancel"
[[nodiscard]] int legacy_code(Condition condition) noexcept;             ///< 404

}  // namespace causeway::xmpp
