#pragma once
/// @file component/stanza/stanza.hpp
/// NAME       Stanza: an inbound stanza whose addresses have been checked; builders for outgoing ones.
/// INVARIANTS kind, from and to of a Stanza are always valid; `element` is the whole stanza, in whichever of the
///            two stanza namespaces the server used (jabber:component:accept, or jabber:client on jabberd2).
///            Children of a stanza in the stanza's own namespace are looked up with ns "".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "component/stanza/jid.hpp"
#include "component/xml/element.hpp"
#include "gateway/base/result.hpp"

namespace causeway::xmpp {

inline constexpr std::string_view kComponentNs = "jabber:component:accept";
inline constexpr std::string_view kClientNs = "jabber:client";

enum class StanzaKind : std::uint8_t { message, presence, iq };

struct StanzaHead {
    StanzaKind kind = StanzaKind::message;
    Jid from;
    Jid to;
    std::string id;
    std::string type;  ///< as written; "" when absent

    [[nodiscard]] bool is_error() const noexcept { return type == "error"; }
    [[nodiscard]] bool is_request() const noexcept {
        return kind == StanzaKind::iq && (type == "get" || type == "set");
    }
};

struct Stanza {
    StanzaHead head;
    xml::Element element;

    /// First child in that namespace whatever its name, or nullptr: the payload of an extension.
    [[nodiscard]] const xml::Element* payload(std::string_view ns) const noexcept {
        return element.child_in(ns);
    }
    [[nodiscard]] bool has_body() const noexcept { return element.child("body") != nullptr; }
    /// Text of `<body/>`, the first one; nullopt without.
    [[nodiscard]] std::optional<std::string> body() const { return element.child_text("body"); }
};

/// Reads the head. @return bad_input: not a stanza, or an address that cannot be prepared (then nothing can be
/// answered; the caller counts and drops it).
[[nodiscard]] Result<StanzaHead> read_head(const xml::Element& element);

/// `<message/>`, `<presence/>` or `<iq/>` in the component namespace, with from and to (and id, type if not empty).
[[nodiscard]] xml::Element make_stanza(StanzaKind kind, const Jid& from, const Jid& to,
                                       std::string_view type = {}, std::string_view id = {});

/// The empty result to an IQ request; payload may be added.
[[nodiscard]] xml::Element make_result(const StanzaHead& request);

[[nodiscard]] std::string_view to_string(StanzaKind kind) noexcept;

}  // namespace causeway::xmpp
