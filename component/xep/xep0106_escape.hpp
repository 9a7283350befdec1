#pragma once
/// @file component/xep/xep0106_escape.hpp
/// NAME       JID escaping. @source XEP-0106 §4; GW-ADDR-002, -003
/// INVARIANTS unescape(escape(x)) == x for every x that neither starts nor ends with a space (for those nothing is
///            promised: the caller must see that they do not survive).
#include <string>
#include <string_view>

namespace causeway::xmpp::xep0106 {

/// A backslash is escaped only where it begins one of the ten sequences. Lower-case hex.
[[nodiscard]] std::string escape(std::string_view text);
/// Only the ten sequences are undone; `\20` at either end stands as it is.
[[nodiscard]] std::string unescape(std::string_view local);

}  // namespace causeway::xmpp::xep0106
