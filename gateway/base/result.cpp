#include "gateway/base/result.hpp"

#include <cstdlib>

namespace causeway {

std::string_view to_string(Errc code) noexcept {
    switch (code) {
        case Errc::not_connected:
            return "not_connected";
        case Errc::timed_out:
            return "timed_out";
        case Errc::refused:
            return "refused";
        case Errc::unsupported:
            return "unsupported";
        case Errc::too_large:
            return "too_large";
        case Errc::rate_limited:
            return "rate_limited";
        case Errc::bad_recipient:
            return "bad_recipient";
        case Errc::bad_credentials:
            return "bad_credentials";
        case Errc::bad_input:
            return "bad_input";
        case Errc::conflict:
            return "conflict";
        case Errc::storage:
            return "storage";
        case Errc::cancelled:
            return "cancelled";
        case Errc::internal:
            return "internal";
    }
    return "internal";
}

}  // namespace causeway
