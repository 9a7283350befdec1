#pragma once
/// @file component/xep/xep0055_search.hpp
/// NAME       Search for people: one field, the address. @source XEP-0055
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"

namespace causeway::xmpp::xep0055 {

inline constexpr std::string_view kNs = "jabber:iq:search";

struct Question {
    std::string nick;      ///< what was typed; may be empty
    bool by_form = false;  ///< asked by a data form, so answered by one
};
/// A submitted search (an IQ set); nullopt: not that.
[[nodiscard]] std::optional<Question> read(const Stanza& iq);

struct Item {
    std::string jid;
    std::string nick;
    std::string state;  ///< as people read it; may be empty
};
struct Labels {
    std::string instructions;
    std::string nick;
    std::string state;
};
/// The answer to an IQ get: what can be searched by, plain and as a form.
[[nodiscard]] xml::Element make_form_result(const Stanza& request, const Labels& labels);
/// What was found; nothing is an empty query (GW-SRCH-001).
[[nodiscard]] xml::Element make_result(const Stanza& request, bool by_form, const Labels& labels,
                                       const std::vector<Item>& items);

}  // namespace causeway::xmpp::xep0055
