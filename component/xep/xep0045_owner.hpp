#pragma once
/// @file component/xep/xep0045_owner.hpp
/// NAME       Requests of a room's owners: the form of its settings, and its end. @source XEP-0045 §10
/// TRUST      The form comes from a client; what its fields mean is judged by who reads them.
#include <string_view>

#include "component/stanza/stanza.hpp"
#include "component/xep/xep0004_forms.hpp"

namespace causeway::xmpp::xep0045 {

inline constexpr std::string_view kRoomConfig = "http://jabber.org/protocol/muc#roomconfig";
inline constexpr std::string_view kRoomInfo = "http://jabber.org/protocol/muc#roominfo";

struct OwnerRequest {
    enum class Kind { read, submit, cancel, destroy, bad };
    Kind kind = Kind::bad;
    xep0004::Form form;  ///< of a submit
};
[[nodiscard]] OwnerRequest read_owner(const xml::Element& iq);
[[nodiscard]] xml::Element make_owner_result(const StanzaHead& request, const xep0004::Form& form);

}  // namespace causeway::xmpp::xep0045
