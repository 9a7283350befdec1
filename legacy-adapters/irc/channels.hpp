#pragma once
/// @file legacy-adapters/irc/channels.hpp
/// NAME       Channels: who is in which channel, with which rank; what changes becomes events.
/// INVARIANTS Events of a channel are made only after its list of members was complete (366). Names are compared by
///            the server's CASEMAPPING. Bounded by what the server sends: one entry per member. Sans-IO.
/// TRUST      A server's lines; they may name channels and people we have never heard of.
/// TESTS      tests/unit/irc/channels_test.cpp
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/adapter/event.hpp"
#include "legacy-adapters/irc/codec/message.hpp"
#include "legacy-adapters/irc/identity.hpp"

namespace causeway::irc {

class Channels {
public:
    using Events = std::vector<adapter::EventBody>;

    explicit Channels(Identity& me) : me_(me) {}

    /// Complete and joined? Then what it looks like now.
    [[nodiscard]] std::optional<model::RoomSnapshot> snapshot(std::string_view channel) const;
    [[nodiscard]] bool knows(std::string_view channel) const { return find(channel) != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return channels_.size(); }
    /// The prefix modes of somebody in a channel; nothing if they are not in there.
    [[nodiscard]] std::optional<PrefixSet> prefixes_of(std::string_view channel, std::string_view nick) const;
    /// user@host of somebody in a channel; empty if it is not known.
    [[nodiscard]] std::string address_of(std::string_view channel, std::string_view nick) const;
    /// What is known of a channel's modes; nothing of channels that we are not in.
    [[nodiscard]] model::RoomSettings settings(std::string_view channel) const;
    /// Is a flag known to be set?
    [[nodiscard]] bool is_set(std::string_view channel, char flag) const;
    /// Is `nick` seen in any channel?
    [[nodiscard]] bool sees(std::string_view nick) const;

    void on_join(const Message& message, Events& events);
    void on_part(const Message& message, Events& events);
    void on_kick(const Message& message, Events& events);
    void on_quit(const Message& message, Events& events);
    void on_nick(const Message& message, Events& events);
    void on_mode(const Message& message, Events& events);
    void on_topic(const Message& message, WallTime now, Events& events);
    void on_away(const Message& message, Events& events);
    void on_chghost(const Message& message);
    /// 324 331 332 333 353
    void on_reply(const Message& message, Events& events);
    /// 366. @return true if the channel has just become complete
    bool on_end_of_names(std::string_view channel);

    /// The connection is gone.
    void lose_all(std::string_view reason, Events& events);

private:
    struct Person {
        std::string nick;
        std::string address;  ///< user@host; may be empty
        PrefixSet prefixes = 0;
        bool away = false;
    };
    struct Channel {
        std::string name;
        std::unordered_map<std::string, Person> people;  ///< by folded nick
        model::Topic topic;
        bool complete = false;
        std::string flags;  ///< set modes without a parameter
        std::string key;    ///< empty: none
        std::uint32_t limit = 0;
        bool modes_told = false;  ///< by 324: what is not set then is known not to be
    };

    /// The entry of a person, made if need be; nullptr if the channel is full.
    [[nodiscard]] static Person* admit(Channel& channel, std::string folded);
    [[nodiscard]] Channel* find(std::string_view channel);
    [[nodiscard]] const Channel* find(std::string_view channel) const;
    [[nodiscard]] static Person* person_in(Channel& channel, const std::string& folded);
    [[nodiscard]] const Person* person_in(std::string_view channel, std::string_view nick) const;
    [[nodiscard]] model::RoomSettings settings_of(const Channel& channel) const;
    [[nodiscard]] model::Member member(const Person& person) const;
    void remove_person(std::string_view channel, std::string_view nick, adapter::EventMemberLeft left,
                       Events& events);
    void apply_modes(Channel& channel, const Message& message, std::size_t first, Events& events);
    void apply_member_mode(Channel& channel, PrefixSet bit, bool adding, std::string_view nick,
                           Events& events);
    static void apply_setting(Channel& channel, char mode, bool adding, std::string_view parameter);
    void on_modes_reply(Channel& channel, const Message& message, Events& events);
    void add_names(Channel& channel, std::string_view names);

    Identity& me_;
    std::map<std::string, Channel> channels_;  ///< by folded name; few
};

/// Does a QUIT's reason tell that the connection broke (netsplit, timeout) rather than that somebody left?
[[nodiscard]] bool is_disconnect(std::string_view reason);

}  // namespace causeway::irc
