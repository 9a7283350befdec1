#include "gateway/translate/room_directory.hpp"

#include <algorithm>

#include "component/xep/xep0030_disco.hpp"
#include "component/xep/xep0059_rsm.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::translate {
namespace {

namespace rsm = xmpp::xep0059;
using xmpp::Condition;

}  // namespace

void RoomDirectory::answer(const xmpp::Stanza& stanza, const std::shared_ptr<accounts::Slot>& slot) {
    auto session = slot ? slot->session() : nullptr;
    if (!session || session->directory() == nullptr) return show(stanza, List(face_.executor));
    const Key key{slot->account()->row.id, slot->endpoint()};
    auto list = fresh(key);
    if (list && list->done.is_open()) return show(stanza, *list);
    if (!list) {
        make_room();
        list = std::make_shared<List>(face_.executor);
        lists_[key] = list;
        spawn(face_.executor, get(list, std::move(session), slot->endpoint()));
    }
    spawn(face_.executor, answer_later(stanza, list));
}

RoomDirectory::ListPtr RoomDirectory::fresh(const Key& key) {
    const auto found = lists_.find(key);
    if (found == lists_.end()) return nullptr;
    const auto& list = found->second;
    const bool old =
        list->done.is_open() && (list->error || face_.context.clock.steady() - list->made > kFresh);
    return old ? nullptr : list;
}

Task<> RoomDirectory::get(ListPtr list, std::shared_ptr<adapter::Session> session, EndpointId endpoint) {
    auto rooms = co_await session->directory()->list(face_.in(kWithin));
    list->made = face_.context.clock.steady();
    if (!rooms) {
        list->error = rooms.error();
        list->done.open();
        co_return;
    }
    // The rooms that people look for come first; the order stays while the list is kept, so that pages fit together.
    std::ranges::sort(*rooms, [](const model::RoomListing& a, const model::RoomListing& b) {
        return a.members != b.members ? a.members > b.members : a.name < b.name;
    });
    for (const auto& room : *rooms) {
        const auto jid = face_.addresses.jid(endpoint, room.room);
        if (!jid || !list->place.emplace(jid->str(), list->items.size()).second) continue;
        list->items.push_back(
            {std::string(jid->str()), room.name + " (" + std::to_string(room.members) + ")"});
    }
    list->done.open();
}

Task<> RoomDirectory::answer_later(xmpp::Stanza stanza, ListPtr list) {
    if (!co_await list->done.wait(face_.in(kWithin))) {
        face_.refuse(stanza.head, to_stanza_error(make_error(Errc::timed_out)));
    } else if (list->error) {
        face_.refuse(stanza.head, to_stanza_error(*list->error));
    } else {
        show(stanza, *list);
    }
}

void RoomDirectory::show(const xmpp::Stanza& stanza, const List& list) {
    const auto* query = stanza.payload(xmpp::xep0030::kItemsNs);
    const auto asked = query ? rsm::read(*query) : std::nullopt;
    const auto page = rsm::page_of(asked.value_or(rsm::Request{}), list.items.size(), kMostItems,
                                   [&](const std::string& id) -> std::optional<std::size_t> {
                                       const auto found = list.place.find(id);
                                       if (found == list.place.end()) return std::nullopt;
                                       return found->second;
                                   });
    if (!page) return face_.refuse(stanza.head, xmpp::make_condition(Condition::item_not_found));
    std::vector<xmpp::xep0030::Item> items;
    for (auto at = page->begin; at < page->end; ++at)
        items.push_back({list.items[at].jid, "", list.items[at].name});
    std::optional<xml::Element> set;
    // Who did not ask for pages is told that there is more, where there is.
    if (asked || items.size() < list.items.size()) {
        const auto first = items.empty() ? std::string() : items.front().jid;
        const auto last = items.empty() ? std::string() : items.back().jid;
        set = rsm::make_set(*page, list.items.size(), first, last);
    }
    static_cast<void>(face_.outlet.send(xmpp::xep0030::make_items_result(stanza, items, std::move(set))));
}

void RoomDirectory::make_room() {
    const auto now = face_.context.clock.steady();
    std::erase_if(lists_, [&](const auto& entry) {
        return entry.second->done.is_open() && now - entry.second->made > kFresh;
    });
    if (lists_.size() < kMostLists) return;
    lists_.erase(std::ranges::min_element(lists_, {}, [](const auto& entry) { return entry.second->made; }));
}

}  // namespace causeway::translate
