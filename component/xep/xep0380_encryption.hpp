#pragma once
/// @file component/xep/xep0380_encryption.hpp
/// NAME       Which encryption a message carries, so that it can be refused (GW-MSG-011).
/// WHY        A gateway cannot read it, and the fallback body ("I sent you an encrypted message") is not the message.
/// @source XEP-0380, XEP-0384, XEP-0373, XEP-0027, OTR protocol version 3
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0380 {

inline constexpr std::string_view kNs = "urn:xmpp:eme:0";
/// Its name for people ("OMEMO"); nullopt when the message is not encrypted.
[[nodiscard]] std::optional<std::string> detect(const xml::Element& message);

}  // namespace causeway::xmpp::xep0380
