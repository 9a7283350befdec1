#pragma once
/// @file component/xep/xep0059_rsm.hpp
/// NAME       Result set management: long lists a page at a time. @source XEP-0059
/// TRUST      What is asked for comes from clients: numbers that are none count as not given.
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0059 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/rsm";

struct Request {
    std::optional<std::size_t> max;
    std::optional<std::string> after;
    std::optional<std::string> before;  ///< "" = the last page
    std::optional<std::size_t> index;
};
/// The `<set/>` within a query; nullopt without.
[[nodiscard]] std::optional<Request> read(const xml::Element& query);

/// Items [begin, end) of the whole list.
struct Page {
    std::size_t begin = 0;
    std::size_t end = 0;
};
/// `place_of`: where the item of an id is in the list, which has `total` items; nullopt when it is not there.
/// @return nullopt: item-not-found (§2.2, §2.4)
[[nodiscard]] std::optional<Page> page_of(
    const Request& request, std::size_t total, std::size_t most,
    const std::function<std::optional<std::size_t>(const std::string&)>& place_of);

/// The `<set/>` of a result. `first` and `last` are the ids of the page's ends; unused for an empty page.
[[nodiscard]] xml::Element make_set(const Page& page, std::size_t total, std::string_view first,
                                    std::string_view last);

}  // namespace causeway::xmpp::xep0059
