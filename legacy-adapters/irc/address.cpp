#include "legacy-adapters/irc/address.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxChannel = 200;
constexpr std::size_t kMaxNick = 64;
constexpr std::size_t kMaxLabel = 63;

bool has_control_or_space(std::string_view name) {
    return std::ranges::any_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f;
    });
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(
               label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<model::Address> target_on(std::string_view name, std::string server) {
    const Names names{server};
    model::Address address{.endpoint = EndpointId(std::move(server)), .target = {}};
    if (is_channel_name(name))
        address.target = names.room(name);
    else if (is_nick(name))
        address.target = names.contact(name);
    else
        return fail(Errc::bad_recipient, "neither a channel nor a nickname");
    return address;
}

}  // namespace

std::string Names::id_of(std::string_view name) const {
    std::string id = text::ascii_lower(name);
    if (server.empty()) return id;
    id += '%';
    id += server;
    return id;
}

std::string_view Names::name_in(std::string_view id) const noexcept {
    if (server.empty() || id.size() <= server.size() + 1 || !id.ends_with(server)) return id;
    const auto name = id.substr(0, id.size() - server.size());
    return name.ends_with('%') ? name.substr(0, name.size() - 1) : id;
}

bool is_channel_name(std::string_view name) noexcept {
    return name.size() >= 2 && name.size() <= kMaxChannel &&
           std::string_view("#&+!").contains(name.front()) && !name.contains(',') &&
           !has_control_or_space(name);
}

bool is_nick(std::string_view name) noexcept {
    if (name.empty() || name.size() > kMaxNick || has_control_or_space(name)) return false;
    // What would be a channel, a status prefix, a mask or a source in some place of the protocol.
    if (std::string_view("#&+!~@%$:").contains(name.front())) return false;
    return name.find_first_of(",*?!@.%/") == std::string_view::npos;
}

std::string nick_from(std::string_view name) {
    constexpr std::size_t kLongest = 30;
    std::string nick;
    for (const char c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-_[]{}\\|^`").contains(c);
        if (!fits) continue;
        // RFC 2812 §2.3.1: a nick begins with neither a digit nor a dash.
        if (nick.empty() && ((c >= '0' && c <= '9') || c == '-')) nick += '_';
        nick += c;
        if (nick.size() >= kLongest) break;
    }
    return nick.empty() ? std::string("user") : nick;
}

bool is_bearable_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= kMaxChannel && std::ranges::none_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_host_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 253) return false;
    while (true) {
        const auto dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

Result<model::Address> parse_address(std::string_view typed, bool fixed_server) {
    if (!text::is_utf8(typed)) return fail(Errc::bad_recipient, "not UTF-8");
    if (fixed_server) {
        if (typed.empty()) return model::Address{};
        return target_on(typed, "");
    }
    const auto percent = typed.rfind('%');
    std::string server =
        text::ascii_lower(percent == std::string_view::npos ? typed : typed.substr(percent + 1));
    if (!is_host_name(server)) return fail(Errc::bad_recipient, "not a server's name");
    if (percent == std::string_view::npos)
        return model::Address{.endpoint = EndpointId(std::move(server)), .target = {}};
    return target_on(typed.substr(0, percent), std::move(server));
}

std::string format_address(const model::Address& address) {
    if (const auto* contact = std::get_if<ContactId>(&address.target)) return contact->str();
    if (const auto* room = std::get_if<RoomId>(&address.target)) return room->str();
    return address.endpoint.str();
}

}  // namespace causeway::irc
