#pragma once
/// @file gateway/rooms/room_service.hpp
/// NAME       RoomService: the MUC service that shows a network's rooms as XEP-0045 rooms.
/// WHY        Decides what happens: who may come in, when a message is reflected (only after the network has
///            confirmed it), what a lost connection means for those inside.
/// INVARIANTS A join ends: in the room, or with an error, by a deadline; never "joining" for ever.
///            A user's message is reflected or returned as an error, never neither.
///            The legacy room is left when the last seat is empty.
/// TESTS      tests/unit/gateway/room_service_test.cpp, tests/e2e/test_rooms*.py
#include <map>
#include <unordered_map>
#include <vector>

#include "gateway/accounts/supervisor.hpp"
#include "gateway/delivery/live_sender.hpp"
#include "gateway/rooms/room.hpp"
#include "gateway/rooms/room_admin.hpp"
#include "gateway/rooms/room_config.hpp"
#include "gateway/rooms/room_invites.hpp"
#include "gateway/rooms/room_memory.hpp"
#include "gateway/rooms/room_voice.hpp"
#include "gateway/translate/chat.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/iq_requests.hpp"

namespace causeway::rooms {

struct RoomServiceSettings {
    Millis join_within{45'000};     ///< connecting included
    Millis request_within{15'000};  ///< topic, kick, nick
    Millis verify_within{10'000};   ///< a seat's answer to "are you there?"
    std::size_t big_room = 500;     ///< from so many members on, a resync is given only now and then
    Millis resync_every{10'000};
    Millis rejoin_after{30'000};  ///< a lost room that could not be entered again is tried again after this
    std::size_t verify_at_once = 50;  ///< seats asked per tenth of a second
};

class RoomService {
public:
    RoomService(translate::Face face, accounts::Accounts& accounts, accounts::Supervisor& supervisor,
                delivery::LiveSender& sender, translate::Chat& chat, translate::IqRequests& requests,
                RoomServiceSettings settings);

    void on_presence(const xmpp::Stanza& stanza, const translate::Entity& entity,
                     const accounts::AccountPtr& account);
    void on_message(const xmpp::Stanza& stanza, const translate::Entity& entity,
                    const accounts::AccountPtr& account);
    /// @return false: not a matter of this service
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza, const translate::Entity& entity,
                             const accounts::AccountPtr& account);
    /// Does a message to a contact invite it into a room (XEP-0249)? Then that has been done, or refused.
    [[nodiscard]] bool on_invite(const xmpp::Stanza& stanza, const translate::Entity& contact,
                                 const accounts::AccountPtr& account);
    /// Is `event` about a room? Then it has been shown.
    [[nodiscard]] bool on_event(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event);
    /// A contact's private words, where the user talks to that contact through a room. @return false: not so
    [[nodiscard]] bool show_private(const std::shared_ptr<accounts::Slot>& slot,
                                    const adapter::EventMessage& event);

    void on_slot_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason);
    /// A stanza to a resource came back: if it is gone, every seat of it is taken away (GW-MUC-014).
    void on_error(const xmpp::Stanza& stanza);
    /// After the link has come back: what those inside may have missed is told, as changes; seats whose resource does
    /// not answer are taken away.
    void on_link_up();
    /// Takes up the seats that a crash left: those that still answer are joined again and told everything.
    void restore(std::vector<store::JoinRow> joins);
    /// Everybody out, with status 332 (GW-MUC-015).
    void close_all(const std::string& reason);
    /// The account is being deleted.
    void forget(const accounts::AccountPtr& account);
    /// The rooms of a user, for lists of them.
    [[nodiscard]] std::vector<RoomPtr> rooms_of(const accounts::AccountPtr& account) const;
    /// Every resource of the user leaves. @return false: the user is not in that room
    [[nodiscard]] bool leave_all(const accounts::AccountPtr& account, const RoomId& id);
    [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.size(); }

private:
    using Key = std::pair<AccountId, RoomId>;
    using KeyView = std::pair<std::string_view, std::string_view>;  ///< to look up without copies
    static KeyView view(const Key& key) noexcept { return {key.first.view(), key.second.view()}; }
    static KeyView view(const KeyView& key) noexcept { return key; }
    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(const auto& key) const noexcept {
            const auto [account, room] = view(key);
            return std::hash<std::string_view>{}(account) * 31 + std::hash<std::string_view>{}(room);
        }
    };
    struct KeyEqual {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const noexcept { return view(a) == view(b); }
    };

    [[nodiscard]] RoomPtr find(const accounts::AccountPtr& account, const RoomId& room) const;
    /// A room that was left, and perhaps entered anew, while something was awaited is not this one any more.
    [[nodiscard]] bool is_current(const RoomPtr& room) const {
        return find(room->account(), room->id()) == room;
    }
    [[nodiscard]] std::vector<RoomPtr> rooms_of(const std::shared_ptr<accounts::Slot>& slot) const;
    [[nodiscard]] RoomPtr make(const accounts::AccountPtr& account, const translate::Entity& entity,
                               const std::string& nick);

    void take_join(const xmpp::Stanza& stanza, const translate::Entity& entity,
                   const accounts::AccountPtr& account);
    void leave(const RoomPtr& room, const xmpp::Jid& resource, std::string reason);
    void on_gone(const xmpp::Jid& resource);
    void leave_if_empty(const RoomPtr& room, std::string reason);
    void remove(const RoomPtr& room);
    void take_out(const RoomPtr& room);
    void release(const std::shared_ptr<accounts::Slot>& slot);
    [[nodiscard]] Task<> leave_legacy(std::shared_ptr<accounts::Slot> slot, RoomId room, std::string reason);
    void tell_presence(const RoomPtr& room, const xml::Element& presence);
    void enter(const RoomPtr& room, const model::RoomSnapshot& snapshot);
    void seat_waiting(const RoomPtr& room);
    /// Before the network is asked: what is said in the room from its answer on is for those who wait, too.
    [[nodiscard]] Task<> keep_waiting(RoomPtr room);
    /// Seats one that waits as soon as the store has it: who has been told that he is inside is so after a crash, too.
    [[nodiscard]] Task<> seat_when_kept(RoomPtr room, Seat seat);
    void seat_one(const RoomPtr& room, const Seat& seat);
    void refuse_waiting(const RoomPtr& room, const xmpp::StanzaError& error);
    [[nodiscard]] Task<> join(RoomPtr room, std::string nick, bool again);
    void join_failed(const RoomPtr& room, const xmpp::StanzaError& error, bool again, bool may_pass);
    /// Nobody will try again by themselves: everybody out, with the reason.
    void dismiss(const RoomPtr& room, const std::string& reason);
    /// Tells those inside that the connection is gone.
    void lose(const RoomPtr& room, const std::string& reason);
    [[nodiscard]] Task<> join_later(RoomPtr room);
    /// Refuses a seat that still waits when its time is over.
    [[nodiscard]] Task<> expire(RoomPtr room, Seat seat);

    void take_groupchat(const xmpp::Stanza& stanza, const RoomPtr& room);
    void take_private(const xmpp::Stanza& stanza, const translate::Entity& entity, const RoomPtr& room);
    void reflect(const RoomPtr& room, const xmpp::StanzaHead& head, const std::string& body,
                 const std::string& origin_id, Result<adapter::SendOutcome> result);
    void answer_ping(const xmpp::StanzaHead& head, const translate::Entity& entity, const RoomPtr& room);
    [[nodiscard]] bool answer_info(const xmpp::Stanza& stanza, const Room& room);
    [[nodiscard]] Task<> set_topic(RoomPtr room, xmpp::StanzaHead head, std::string text);
    [[nodiscard]] Task<> change_nick(RoomPtr room, xmpp::StanzaHead head, std::string nick);

    void show(const RoomPtr& room, const adapter::EventMessage& event);
    void show(const RoomPtr& room, const adapter::EventTyping& event);
    void show(const RoomPtr& room, const adapter::EventMemberLeft& event);
    void show(const RoomPtr& room, const adapter::EventMemberRenamed& event);
    void take_settings(const RoomPtr& room, const model::RoomSettings& settings);
    void self_out(const RoomPtr& room, const adapter::EventMemberLeft& event);

    [[nodiscard]] Task<bool> answers(xmpp::Jid room, xmpp::Jid resource);
    [[nodiscard]] Task<> verify(xmpp::Jid room, xmpp::Jid resource);
    [[nodiscard]] Task<> verify_everybody();
    [[nodiscard]] Task<> restore_seat(store::JoinRow row,
                                      std::shared_ptr<const std::vector<std::string>> saw);
    /// Returns when the seat is kept, or cannot be.
    [[nodiscard]] Task<> remember(const RoomPtr& room, const Seat& seat);

    translate::Face face_;
    accounts::Accounts& accounts_;
    accounts::Supervisor& supervisor_;
    delivery::LiveSender& sender_;
    translate::Chat& chat_;
    translate::IqRequests& requests_;
    RoomServiceSettings settings_;
    RoomVoice voice_;
    RoomAdmin admin_;
    RoomConfig config_;
    RoomInvites invites_;
    RoomMemory memory_;
    Gauge& room_gauge_;
    Counter& shown_;
    std::unordered_map<Key, RoomPtr, KeyHash, KeyEqual> rooms_;
    std::unordered_map<accounts::Slot*, std::vector<RoomPtr>> by_slot_;
    /// Contacts with whom a user talks through a room: answers come the same way.
    std::unordered_map<std::string, RoomId> private_via_;
};

}  // namespace causeway::rooms
