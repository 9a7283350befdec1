#pragma once
/// @file gateway/translate/address_book.hpp
/// NAME       AddressBook: JIDs of a component <-> addresses of its network.
/// WHY        The only place that knows how a legacy address is written in a JID (DESIGN §6).
/// INVARIANTS encode_local is injective and decode_local undoes it: two addresses never share a JID. What nodeprep
///            would fold or refuse is written as `=x-` and lower-case base32 of the bytes; an address that starts
///            with that marker by itself is written the same way, so nothing natural can collide with it.
/// TESTS      tests/unit/gateway/address_book_test.cpp (GW-ADDR-002, -006)
#include <string>
#include <string_view>

#include "component/stanza/jid.hpp"
#include "gateway/adapter/adapter.hpp"
#include "gateway/base/result.hpp"

namespace causeway::translate {

/// The local part for an address as the network writes it. @return bad_recipient: too long for a JID
[[nodiscard]] Result<std::string> encode_local(std::string_view legacy);
/// The address in a prepared local part. @return bad_recipient: nothing encodes to it
[[nodiscard]] Result<std::string> decode_local(std::string_view local);

/// What a JID at our component names.
struct Entity {
    enum class Kind { gateway, endpoint, contact, room };
    Kind kind = Kind::gateway;
    model::Address address;
    std::string resource;  ///< a member's nick in a room
    xmpp::Jid bare;        ///< the JID it was addressed by, without resource
};

class AddressBook {
public:
    AddressBook(xmpp::Jid component, const adapter::Network& network)
        : component_(std::move(component)), network_(network) {}

    /// @return bad_recipient, refused
    [[nodiscard]] Result<Entity> entity(const xmpp::Jid& jid) const;
    /// @return bad_recipient: the address cannot be a JID
    [[nodiscard]] Result<xmpp::Jid> jid(const model::Address& address) const;
    /// From Network::format_address()'s text; "" is the component itself.
    [[nodiscard]] Result<xmpp::Jid> jid_of_text(std::string_view legacy) const;
    [[nodiscard]] Result<xmpp::Jid> jid(const EndpointId& endpoint, const ContactId& contact) const;
    [[nodiscard]] Result<xmpp::Jid> jid(const EndpointId& endpoint, const RoomId& room) const;
    [[nodiscard]] const xmpp::Jid& component() const noexcept { return component_; }

private:
    xmpp::Jid component_;
    const adapter::Network& network_;
};

/// The id of the user behind a JID.
[[nodiscard]] UserId user_id(const xmpp::Jid& jid);
/// The bare JID of a user.
[[nodiscard]] xmpp::Jid user_jid(const UserId& user);

}  // namespace causeway::translate
