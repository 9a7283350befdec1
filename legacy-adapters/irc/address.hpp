#pragma once
/// @file legacy-adapters/irc/address.hpp
/// NAME       IRC names and the gateway's ids: `#chan%irc.server`, `nick%irc.server`, `irc.server`.
/// WHY        biboumi's forms, so that people can move. Nicks and server names cannot hold `%`, channels can: the
///            last `%` divides. With a fixed server there is no `%server`, and `%` is an ordinary character.
/// INVARIANTS Ids are in ASCII lower case and parse(format(x)) == x.
/// TRUST      What users type, and names from servers.
/// TESTS      tests/unit/irc/names_test.cpp
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/model/message.hpp"

namespace causeway::irc {

/// Names of one server to ids and back. `server` is empty for a fixed server.
struct Names {
    std::string server;

    [[nodiscard]] ContactId contact(std::string_view nick) const { return ContactId(id_of(nick)); }
    [[nodiscard]] RoomId room(std::string_view channel) const { return RoomId(id_of(channel)); }
    /// The IRC name inside an id: what is before `%server`.
    [[nodiscard]] std::string_view name_in(std::string_view id) const noexcept;

private:
    [[nodiscard]] std::string id_of(std::string_view name) const;
};

[[nodiscard]] bool is_channel_name(std::string_view name) noexcept;
[[nodiscard]] bool is_nick(std::string_view name) noexcept;
/// A nick that every server takes, made of any name: "John Doe" → "JohnDoe", "1st" → "_1st", "" → "user".
[[nodiscard]] std::string nick_from(std::string_view name);
/// May what a server calls a channel or a person be kept? Looser than is_nick(): servers may know better.
[[nodiscard]] bool is_bearable_name(std::string_view name) noexcept;
/// A DNS name of letters, digits, `-` and dots, or an IPv4 address: lower case, at most 253 bytes.
[[nodiscard]] bool is_host_name(std::string_view name) noexcept;

/// @return bad_recipient
[[nodiscard]] Result<model::Address> parse_address(std::string_view typed, bool fixed_server);
[[nodiscard]] std::string format_address(const model::Address& address);

}  // namespace causeway::irc
