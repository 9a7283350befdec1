#pragma once
/// @file legacy-adapters/irc/channels.hpp
/// NAME       Channels: who is in which channel, with which rank; what changes becomes events.
/// INVARIANTS Events of a channel are made only after its list of members was complete (366). Names are compared by
///            the server's CASEMAPPING. Bounded by what the server sends: one entry per member. Sans-IO.
/// TRUST      A server's lines; they may name channels and people we have never heard of.
/// TESTS      tests/unit/irc/channels_test.cpp
#include <map>
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
    void on_reply(const Message& message);
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
        bool moderated = false;
    };

    /// The entry of a person, made if need be; nullptr if the channel is full.
    [[nodiscard]] static Person* admit(Channel& channel, std::string folded);
    [[nodiscard]] Channel* find(std::string_view channel);
    [[nodiscard]] const Channel* find(std::string_view channel) const;
    [[nodiscard]] static Person* person_in(Channel& channel, const std::string& folded);
    [[nodiscard]] model::Member member(const Person& person) const;
    void remove_person(std::string_view channel, std::string_view nick, adapter::EventMemberLeft left,
                       Events& events);
    void apply_modes(Channel& channel, const Message& message, std::size_t first, Events& events);
    void add_names(Channel& channel, std::string_view names);

    Identity& me_;
    std::unordered_map<std::string, Channel> channels_;  ///< by folded name
};

/// Does a QUIT's reason tell that the connection broke (netsplit, timeout) rather than that somebody left?
[[nodiscard]] bool is_disconnect(std::string_view reason);

}  // namespace causeway::irc
