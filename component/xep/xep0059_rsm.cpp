#include "component/xep/xep0059_rsm.hpp"

#include <algorithm>
#include <charconv>

namespace causeway::xmpp::xep0059 {

namespace {

std::optional<std::size_t> number_in(const std::optional<std::string>& text) {
    std::size_t number = 0;
    if (!text || text->empty()) return std::nullopt;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<Request> read(const xml::Element& query) {
    const auto* set = query.child("set", kNs);
    if (!set) return std::nullopt;
    Request request;
    request.max = number_in(set->child_text("max"));
    request.index = number_in(set->child_text("index"));
    request.before = set->child_text("before");
    request.after = set->child_text("after");
    return request;
}

std::optional<Page> page_of(const Request& request, std::size_t total, std::size_t most,
                            const std::function<std::optional<std::size_t>(const std::string&)>& place_of) {
    const auto size = std::min(request.max.value_or(most), most);
    if (size == 0) return Page{};  // only the count is wanted
    if (request.before) {
        const auto end = request.before->empty() ? std::optional(total) : place_of(*request.before);
        if (!end) return std::nullopt;
        return Page{*end - std::min(size, *end), *end};
    }
    std::size_t begin = request.index.value_or(0);
    if (request.after && !request.after->empty()) {
        const auto place = place_of(*request.after);
        if (!place) return std::nullopt;
        begin = *place + 1;
    } else if (begin != 0 && begin >= total) {
        return std::nullopt;
    }
    return Page{begin, begin + std::min(size, total - begin)};
}

xml::Element make_set(const Page& page, std::size_t total, std::string_view first, std::string_view last) {
    xml::Element set("set", std::string(kNs));
    if (page.begin < page.end) {
        set.add("first").set_attr("index", std::to_string(page.begin)).add_text(first);
        set.add("last").add_text(last);
    }
    set.add("count").add_text(std::to_string(total));
    return set;
}

}  // namespace causeway::xmpp::xep0059
