#pragma once
/// @file gateway/base/result.hpp
/// NAME       Result, Error: what a call that may fail gives back.
/// WHY        An error says what to do next (retry? perhaps already done?), so that no caller has to guess.
/// INVARIANTS `detail` is for operators: never message text, never a secret, never shown to users as it is.
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

/// Why an operation failed, in the vocabulary that the delivery side acts upon and users' errors are made from.
enum class Errc : std::uint8_t {
    not_connected,    ///< there is no session or link to do it on
    timed_out,        ///< no answer before the deadline
    refused,          ///< the far side said no (banned, moderated, policy)
    unsupported,      ///< neither side can do this
    too_large,        ///< over a declared limit
    rate_limited,     ///< too much at once; see retry_after
    bad_recipient,    ///< nobody of that address
    bad_credentials,  ///< the far side did not accept the login
    bad_input,        ///< the request itself is malformed
    conflict,         ///< taken: a nick, an account, a name
    storage,          ///< the store could not commit: nothing was kept
    cancelled,        ///< stopped on our own wish
    internal,         ///< a bug of ours or of an adapter
};

/// What may be tried next. Adapters choose; the gateway obeys.
enum class Retry : std::uint8_t { never, later, when_connected };

/// Did the far side perhaps act although a failure was seen? `yes` forbids a blind re-send.
enum class Ambiguous : bool { no = false, yes = true };

struct Error {
    Errc code = Errc::internal;
    Retry retry = Retry::never;
    Ambiguous ambiguous = Ambiguous::no;
    std::optional<std::chrono::milliseconds> retry_after{};  ///< the network's own hint
    std::string detail{};                                    ///< for logs only
};

/// Builds an Error of the common kind: final, certain.
[[nodiscard]] inline Error make_error(Errc code, std::string detail = {}) {
    Error error;
    error.code = code;
    error.detail = std::move(detail);
    return error;
}

template <class T = void>
using Result = std::expected<T, Error>;

/// `return fail(Errc::refused, "why");` from any function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string detail = {}) {
    return std::unexpected<Error>(make_error(code, std::move(detail)));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
    return std::unexpected<Error>(std::move(error));
}

/// Stable lower-case name of a code, for logs and metric labels ("not_connected").
[[nodiscard]] std::string_view to_string(Errc code) noexcept;

}  // namespace causeway
