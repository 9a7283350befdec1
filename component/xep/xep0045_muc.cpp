#include "component/xep/xep0045_muc.hpp"

#include <charconv>

namespace causeway::xmpp::xep0045 {

namespace {

/// A whole attribute as a number; nullopt for anything else, a sign or a number too large included.
std::optional<unsigned> read_number(std::string_view text) noexcept {
    unsigned number = 0;
    const auto* begin = text.data();
    const auto* end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::optional<unsigned> read_history(const xml::Element& history) noexcept {
    // No characters is no history. Other limits by characters are not kept: here stanzas are counted.
    if (read_number(history.attr("maxchars")) == 0U) return 0U;
    return read_number(history.attr("maxstanzas"));
}

}  // namespace

std::optional<Join> read_join(const xml::Element& presence) {
    const auto* x = presence.child("x", kNs);
    if (!x) return std::nullopt;
    Join join;
    if (auto password = x->child_text("password")) join.password = Secret<std::string>(std::move(*password));
    if (const auto* history = x->child("history")) join.max_stanzas = read_history(*history);
    return join;
}

xml::Element make_user_x(const OccupantItem& item) {
    auto x = make_user_marker();
    auto& element = x.add("item");
    element.set_attr("affiliation", std::string(item.affiliation)).set_attr("role", std::string(item.role));
    if (!item.new_nick.empty()) element.set_attr("nick", item.new_nick);
    if (!item.actor_nick.empty()) element.add("actor").set_attr("nick", item.actor_nick);
    if (!item.reason.empty()) element.add("reason").add_text(item.reason);
    for (const int code : item.codes) x.add("status").set_attr("code", std::to_string(code));
    return x;
}

xml::Element make_user_marker() {
    return xml::Element("x", std::string(kUserNs));
}

xml::Element make_invite(std::string_view invited_by, std::string_view reason) {
    auto x = make_user_marker();
    auto& invite = x.add("invite");
    invite.set_attr("from", std::string(invited_by));
    if (!reason.empty()) invite.add("reason").add_text(reason);
    return x;
}

}  // namespace causeway::xmpp::xep0045
