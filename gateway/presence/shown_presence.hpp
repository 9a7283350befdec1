#pragma once
/// @file gateway/presence/shown_presence.hpp
/// NAME       ShownPresence: the stanza that shows a user somebody's presence.
/// WHY        Whoever is shown carries what clients look for in presence: capabilities (XEP-0115), "last seen"
///            (XEP-0319), and that there is no picture (XEP-0153).
/// INVARIANTS A contact is always shown with the same one resource, coming and going (GW-LOG-007): Gajim 1.7 keeps
///            presence by resource, and shows somebody without one as offline for ever.
/// TESTS      tests/unit/gateway/presence_service_test.cpp, tests/unit/gateway/queries_test.cpp
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"
#include "gateway/model/presence.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::presence {

class ShownPresence {
public:
    explicit ShownPresence(translate::Face face) : face_(face) {}

    /// `who` is the component, a far server (these come from their bare JID) or a contact.
    [[nodiscard]] xml::Element make(const translate::Entity& who, const xmpp::Jid& to,
                                    const model::Presence& presence, std::string_view id = {});
    /// For a contact, whose address needs not to be read for that.
    [[nodiscard]] xml::Element make_contact(const xmpp::Jid& from, const xmpp::Jid& to,
                                            const model::Presence& presence, std::string_view id = {});
    /// The resource that all contacts of the network have.
    [[nodiscard]] const std::string& resource() const { return face_.network.info().protocol; }

private:
    /// Hashing for every presence would cost more than the presence itself.
    std::string contact_ver_;
    std::string gateway_ver_;
    translate::Face face_;
};

}  // namespace causeway::presence
