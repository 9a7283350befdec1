#include "gateway/translate/address_book.hpp"

#include <cstdint>

#include "component/xep/xep0106_escape.hpp"

namespace causeway::translate {
namespace {

constexpr std::string_view kMarker = "=x-";
constexpr std::string_view kBase32 =
    "0123456789abcdefghijklmnopqrstuv";  // base32hex: its order is the bytes' order
constexpr std::size_t kMostLocalBytes = 1023;

std::string base32(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 8 / 5 + 1);
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8U) | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 5) out.push_back(kBase32[(buffer >> (bits -= 5)) & 31U]);
    }
    if (bits > 0) out.push_back(kBase32[(buffer << (5 - bits)) & 31U]);
    return out;
}

Result<std::string> from_base32(std::string_view text) {
    std::string out;
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto digit = kBase32.find(c);
        if (digit == std::string_view::npos) return fail(Errc::bad_recipient, "not an encoded address");
        buffer = (buffer << 5U) | static_cast<std::uint32_t>(digit);
        bits += 5;
        if (bits >= 8) out.push_back(static_cast<char>((buffer >> (bits -= 8)) & 255U));
    }
    if (base32(out) != text) return fail(Errc::bad_recipient, "not an encoded address");
    return out;
}

/// True if the address, escaped, is a local part that preparation leaves alone and that comes back the same.
bool survives(std::string_view legacy, const std::string& escaped) {
    if (legacy.starts_with(kMarker)) return false;
    const auto prepared = xmpp::prepare_local(escaped);
    return prepared && *prepared == escaped && xmpp::xep0106::unescape(escaped) == legacy;
}

}  // namespace

Result<std::string> encode_local(std::string_view legacy) {
    if (legacy.empty()) return fail(Errc::bad_recipient, "an empty address");
    auto escaped = xmpp::xep0106::escape(legacy);
    if (survives(legacy, escaped)) return escaped;
    auto encoded = std::string(kMarker) + base32(legacy);
    if (encoded.size() > kMostLocalBytes) return fail(Errc::bad_recipient, "an address too long for a JID");
    return encoded;
}

Result<std::string> decode_local(std::string_view local) {
    if (local.starts_with(kMarker)) {
        auto legacy = from_base32(local.substr(kMarker.size()));
        // Only what encode_local writes this way is accepted: one address, one JID.
        if (legacy && survives(*legacy, xmpp::xep0106::escape(*legacy))) {
            return fail(Errc::bad_recipient, "an encoded address that needs no encoding");
        }
        return legacy;
    }
    return xmpp::xep0106::unescape(local);
}

Result<Entity> AddressBook::entity(const xmpp::Jid& jid) const {
    Entity entity;
    entity.resource = std::string(jid.resource());
    entity.bare = jid.bare();
    if (jid.local().empty()) return entity;

    auto legacy = decode_local(jid.local());
    if (!legacy) return fail(legacy.error());
    auto address = network_.parse_address(*legacy);
    if (!address) return fail(address.error());
    entity.address = std::move(*address);
    if (std::holds_alternative<ContactId>(entity.address.target)) {
        entity.kind = Entity::Kind::contact;
    } else if (std::holds_alternative<RoomId>(entity.address.target)) {
        entity.kind = Entity::Kind::room;
    } else {
        entity.kind = Entity::Kind::endpoint;
    }
    return entity;
}

Result<xmpp::Jid> AddressBook::jid(const model::Address& address) const {
    return jid_of_text(network_.format_address(address));
}

Result<xmpp::Jid> AddressBook::jid_of_text(std::string_view legacy) const {
    if (legacy.empty()) return component_;  // the only endpoint of a network is the component itself
    auto local = encode_local(legacy);
    if (!local) return fail(local.error());
    return xmpp::Jid::make(*local, component_.domain());
}

Result<xmpp::Jid> AddressBook::jid(const EndpointId& endpoint, const ContactId& contact) const {
    model::Address address{endpoint, contact};
    return jid(address);
}

Result<xmpp::Jid> AddressBook::jid(const EndpointId& endpoint, const RoomId& room) const {
    model::Address address{endpoint, room};
    return jid(address);
}

UserId user_id(const xmpp::Jid& jid) {
    return UserId{std::string(jid.bare_view())};
}

xmpp::Jid user_jid(const UserId& user) {
    auto parsed = xmpp::Jid::parse(user.view());
    return parsed ? std::move(*parsed) : xmpp::Jid{};
}

}  // namespace causeway::translate
