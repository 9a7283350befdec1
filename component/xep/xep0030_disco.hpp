#pragma once
/// @file component/xep/xep0030_disco.hpp
/// NAME       Service discovery. @source XEP-0030
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0030 {

inline constexpr std::string_view kInfoNs = "http://jabber.org/protocol/disco#info";
inline constexpr std::string_view kItemsNs = "http://jabber.org/protocol/disco#items";

struct Identity {
    std::string category;
    std::string type;
    std::string name;    ///< may be empty
    std::string lang{};  ///< of the name; may be empty
};
struct Info {
    std::vector<Identity> identities;   ///< at least one (GW-DISCO-003)
    std::vector<std::string> features;  ///< disco#info itself is added when missing
    std::vector<xml::Element> forms;    ///< XEP-0128 extensions
};
struct Item {
    std::string jid;
    std::string node;
    std::string name;
};

/// The result to a disco#info request, with the request's node mirrored.
[[nodiscard]] xml::Element make_info_result(const Stanza& request, const Info& info);
/// `set`: which page of a longer list this is (XEP-0059).
[[nodiscard]] xml::Element make_items_result(const Stanza& request, const std::vector<Item>& items,
                                             std::optional<xml::Element> set = std::nullopt);
/// The `node` that was asked for; "" without.
[[nodiscard]] std::string requested_node(const Stanza& request);

}  // namespace causeway::xmpp::xep0030
