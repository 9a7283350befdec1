#pragma once
/// @file component/xep/xep0115_caps.hpp
/// NAME       Entity capabilities: what an entity can do, as a hash in its presence. @source XEP-0115
/// WHY        A client asks once for each hash instead of once for each contact.
/// INVARIANTS The hash is of what make_info_result() answers, disco#info itself included.
/// TESTS      tests/unit/component/xep_caps_test.cpp
#include <string>
#include <string_view>

#include "component/xep/xep0030_disco.hpp"

namespace causeway::xmpp::xep0115 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/caps";
/// Names the software; the same for everything that it speaks for.
inline constexpr std::string_view kNode = "urn:causeway:gateway";

/// The string that is hashed. @source XEP-0115 §5.1
[[nodiscard]] std::string canonical(const xep0030::Info& info);
/// The verification string: base64 of the SHA-1 of canonical().
[[nodiscard]] std::string make_ver(const xep0030::Info& info);
/// `<c/>` for presence.
[[nodiscard]] xml::Element make_caps(std::string ver);
/// `node#ver`: the disco node under which the hashed set is asked for.
[[nodiscard]] std::string disco_node(std::string_view ver);

}  // namespace causeway::xmpp::xep0115
