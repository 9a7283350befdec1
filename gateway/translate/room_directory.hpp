#pragma once
/// @file gateway/translate/room_directory.hpp
/// NAME       RoomDirectory: the rooms of a far server, as disco#items shows them, a page at a time.
/// WHY        A network's list of rooms is long and slow to get: it is asked for once, kept for some minutes, and
///            shown in pages (XEP-0059).
/// INVARIANTS A list is got by the asker's own session and shown to nobody else (GW-DISCO-006). One of an account and
///            endpoint is under way at a time; at most kMostLists are kept. Nobody is connected by asking.
/// TESTS      tests/unit/gateway/room_directory_test.cpp, tests/e2e/test_directory.py
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/accounts/slot.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::translate {

class RoomDirectory {
public:
    static constexpr Millis kFresh{5 * 60'000};
    static constexpr Millis kWithin{60'000};
    static constexpr std::size_t kMostItems = 200;  ///< of a page, whatever is asked for
    static constexpr std::size_t kMostLists = 16;   ///< one can be megabytes

    explicit RoomDirectory(Face face) : face_(face) {}

    /// Answers disco#items; an empty list while the user is not connected there. `slot` may be null.
    void answer(const xmpp::Stanza& stanza, const std::shared_ptr<accounts::Slot>& slot);

private:
    struct Item {
        std::string jid;
        std::string name;  ///< "#room (12)"
    };
    struct List {
        explicit List(const Executor& executor) : done(executor) {}
        std::vector<Item> items;
        std::unordered_map<std::string, std::size_t> place;  ///< by JID
        SteadyTime made{};
        std::optional<Error> error;
        Gate done;  ///< closed while it is got
    };
    using ListPtr = std::shared_ptr<List>;
    using Key = std::pair<AccountId, EndpointId>;

    [[nodiscard]] ListPtr fresh(const Key& key);
    [[nodiscard]] Task<> get(ListPtr list, std::shared_ptr<adapter::Session> session, EndpointId endpoint);
    [[nodiscard]] Task<> answer_later(xmpp::Stanza stanza, ListPtr list);
    void show(const xmpp::Stanza& stanza, const List& list);
    void make_room();

    Face face_;
    std::map<Key, ListPtr> lists_;
};

}  // namespace causeway::translate
