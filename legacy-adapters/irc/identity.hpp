#pragma once
/// @file legacy-adapters/irc/identity.hpp
/// NAME       Identity: who we are on a connection, and what its server can do. Shared by the state machines.
/// INVARIANTS Starts anew with each connection.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "legacy-adapters/irc/address.hpp"
#include "legacy-adapters/irc/codec/formatting.hpp"
#include "legacy-adapters/irc/codec/isupport.hpp"

namespace causeway::irc {

enum class Cap : std::uint32_t {
    multi_prefix = 1U << 0,
    sasl = 1U << 1,
    echo_message = 1U << 2,
    server_time = 1U << 3,
    message_tags = 1U << 4,
    away_notify = 1U << 5,
    account_notify = 1U << 6,
    extended_join = 1U << 7,
    userhost_in_names = 1U << 8,
    chghost = 1U << 9,
    setname = 1U << 10,
    invite_notify = 1U << 11,
    cap_notify = 1U << 12,
    extended_monitor = 1U << 13,
};

/// What we ask for, where it is offered. `sasl` is asked for only when there is something to log in with.
inline constexpr std::array<std::pair<std::string_view, Cap>, 14> kCaps{{
    {"multi-prefix", Cap::multi_prefix},
    {"sasl", Cap::sasl},
    {"echo-message", Cap::echo_message},
    {"server-time", Cap::server_time},
    {"message-tags", Cap::message_tags},
    {"away-notify", Cap::away_notify},
    {"account-notify", Cap::account_notify},
    {"extended-join", Cap::extended_join},
    {"userhost-in-names", Cap::userhost_in_names},
    {"chghost", Cap::chghost},
    {"setname", Cap::setname},
    {"invite-notify", Cap::invite_notify},
    {"cap-notify", Cap::cap_notify},
    {"extended-monitor", Cap::extended_monitor},
}};

class CapSet {
public:
    [[nodiscard]] bool has(Cap cap) const noexcept { return (bits_ & static_cast<std::uint32_t>(cap)) != 0; }
    void add(Cap cap) noexcept { bits_ |= static_cast<std::uint32_t>(cap); }
    void remove(Cap cap) noexcept { bits_ &= ~static_cast<std::uint32_t>(cap); }

private:
    std::uint32_t bits_ = 0;
};

struct Identity {
    Names names;
    Encoding encoding = Encoding::latin1;
    std::string nick;
    std::string user;  ///< as others see it, once known
    std::string host;
    Isupport isupport;
    CapSet caps;

    [[nodiscard]] bool is_me(std::string_view other) const noexcept { return isupport.same(nick, other); }
    [[nodiscard]] std::string text(std::string_view bytes) const { return decode_text(bytes, encoding); }
    [[nodiscard]] ContactId contact(std::string_view raw_nick) const { return names.contact(text(raw_nick)); }
    [[nodiscard]] RoomId room(std::string_view raw_channel) const { return names.room(text(raw_channel)); }
    /// Bytes of `nick!user@host` as others receive it; assumes the worst while it is not known.
    [[nodiscard]] std::size_t source_length() const noexcept {
        constexpr std::size_t kLongestUser = 11;
        constexpr std::size_t kLongestHost = 63;
        return nick.size() + 1 + (user.empty() ? kLongestUser : user.size()) + 1 +
               (host.empty() ? kLongestHost : host.size());
    }
};

}  // namespace causeway::irc
