#include "component/xep/xep0380_encryption.hpp"

#include <array>

#include "gateway/base/text.hpp"

namespace causeway::xmpp::xep0380 {

namespace {

constexpr std::size_t kMaxNameBytes = 128;  ///< of a name that the sender chose

struct Payload {
    std::string_view element;
    std::string_view ns;
    std::string_view name;
};

constexpr std::array<Payload, 4> kPayloads{{
    {"encrypted", "eu.siacs.conversations.axolotl", "OMEMO"},
    {"encrypted", "urn:xmpp:omemo:2", "OMEMO"},
    {"x", "jabber:x:encrypted", "OpenPGP"},
    {"openpgp", "urn:xmpp:openpgp:0", "OpenPGP"},
}};

/// How an OTR message may go on after "?OTR": data, query of version 2 and later, query of version 1, fragment of
/// version 2, fragment of version 3.
constexpr std::string_view kOtrMarks = ":v?,|";

bool is_otr(std::string_view body) noexcept {
    static constexpr std::string_view kOtr = "?OTR";
    if (!body.starts_with(kOtr) || body.size() == kOtr.size()) return false;
    return kOtrMarks.contains(body[kOtr.size()]);
}

/// What the sender's own hint says, made fit to be shown.
std::string hinted_name(const xml::Element& hint) {
    for (const auto attribute : {hint.attr("name"), hint.attr("namespace")}) {
        const std::string name = text::display_name(text::prefix(attribute, kMaxNameBytes));
        if (!name.empty()) return name;
    }
    return "unknown";
}

}  // namespace

std::optional<std::string> detect(const xml::Element& message) {
    for (const auto& payload : kPayloads) {
        if (message.child(payload.element, payload.ns)) return std::string(payload.name);
    }
    if (const auto* hint = message.child("encryption", kNs)) return hinted_name(*hint);
    if (is_otr(message.child_text("body").value_or(""))) return "OTR";
    return std::nullopt;
}

}  // namespace causeway::xmpp::xep0380
