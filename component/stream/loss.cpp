#include "component/stream/loss.hpp"

#include <algorithm>
#include <array>

namespace causeway::xmpp {

bool Loss::is_rejection() const noexcept {
    static constexpr std::array<std::string_view, 6> kConditions{
        "conflict", "host-gone", "host-unknown", "invalid-from", "not-authorized", "policy-violation"};
    if (kind == LossKind::tls || kind == LossKind::plaintext_refused) return true;
    return kind == LossKind::stream_error && std::ranges::find(kConditions, condition) != kConditions.end();
}

bool Loss::blames_content() const noexcept {
    static constexpr std::array<std::string_view, 8> kConditions{
        "bad-format",       "improper-addressing", "invalid-namespace",   "invalid-xml",
        "policy-violation", "restricted-xml",      "undefined-condition", "not-well-formed"};
    return kind == LossKind::stream_error && std::ranges::find(kConditions, condition) != kConditions.end();
}

std::string_view to_string(LossKind kind) noexcept {
    switch (kind) {
        case LossKind::network:
            return "network";
        case LossKind::timed_out:
            return "timed-out";
        case LossKind::dead:
            return "dead";
        case LossKind::stuck:
            return "stuck";
        case LossKind::closed:
            return "closed";
        case LossKind::stream_error:
            return "stream-error";
        case LossKind::ill_formed:
            return "ill-formed";
        case LossKind::tls:
            return "tls";
        case LossKind::plaintext_refused:
            return "plaintext-refused";
        case LossKind::stopped:
            return "stopped";
    }
    return "unknown";
}

namespace {

Errc code_of(const Loss& loss) noexcept {
    if (loss.condition == "not-authorized") return Errc::bad_credentials;
    if (loss.condition == "conflict") return Errc::conflict;
    if (loss.blames_content()) return Errc::bad_input;
    switch (loss.kind) {
        case LossKind::timed_out:
            return Errc::timed_out;
        case LossKind::tls:
        case LossKind::plaintext_refused:
            return Errc::refused;
        case LossKind::stopped:
            return Errc::cancelled;
        default:
            return loss.is_rejection() ? Errc::refused : Errc::not_connected;
    }
}

}  // namespace

Error to_error(const Loss& loss) {
    Error error = make_error(code_of(loss), std::string(to_string(loss.kind)));
    error.retry = Retry::when_connected;
    if (!loss.condition.empty()) error.detail += " " + loss.condition;
    if (!loss.text.empty()) error.detail += ": " + loss.text;
    return error;
}

}  // namespace causeway::xmpp
