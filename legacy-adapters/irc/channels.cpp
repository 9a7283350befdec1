#include "legacy-adapters/irc/channels.hpp"

#include <algorithm>
#include <charconv>

namespace causeway::irc {

namespace {

using adapter::EventMemberLeft;

constexpr std::string_view kHiddenKey = "*";
constexpr std::size_t kMaxPeople = 20'000;  // in one channel; the largest of public networks have a tenth

std::string address_in(const Source& source) {
    if (source.user.empty() || source.host.empty()) return {};
    return std::string(source.user).append("@").append(source.host);
}

/// "hub.example.net leaf.example.net": what servers write into the QUITs of a netsplit.
bool is_netsplit(std::string_view reason) {
    const auto space = reason.find(' ');
    if (space == std::string_view::npos || reason.find(' ', space + 1) != std::string_view::npos)
        return false;
    const auto is_server = [](std::string_view name) {
        const auto dot = name.find('.');
        return dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
               std::ranges::all_of(name, [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '*' || c == '_';
               });
    };
    return is_server(reason.substr(0, space)) && is_server(reason.substr(space + 1));
}

}  // namespace

bool is_disconnect(std::string_view reason) {
    for (const std::string_view start : {"Ping timeout", "Read error", "Write error", "Connection reset",
                                         "Connection closed", "Remote host closed", "EOF"}) {
        if (reason.starts_with(start)) return true;
    }
    return is_netsplit(reason);
}

Channels::Channel* Channels::find(std::string_view channel) {
    const auto found = channels_.find(me_.isupport.fold(channel));
    return found == channels_.end() ? nullptr : &found->second;
}

const Channels::Channel* Channels::find(std::string_view channel) const {
    const auto found = channels_.find(me_.isupport.fold(channel));
    return found == channels_.end() ? nullptr : &found->second;
}

Channels::Person* Channels::person_in(Channel& channel, const std::string& folded) {
    const auto found = channel.people.find(folded);
    return found == channel.people.end() ? nullptr : &found->second;
}

Channels::Person* Channels::admit(Channel& channel, std::string folded) {
    const auto known = channel.people.find(folded);
    if (known != channel.people.end()) return &known->second;
    if (channel.people.size() >= kMaxPeople) return nullptr;
    return &channel.people[std::move(folded)];
}

bool Channels::sees(std::string_view nick) const {
    const std::string folded = me_.isupport.fold(nick);
    return std::ranges::any_of(channels_,
                               [&](const auto& entry) { return entry.second.people.contains(folded); });
}

model::Member Channels::member(const Person& person) const {
    return {.nick = me_.text(person.nick),
            .contact = me_.contact(person.nick),
            .rank = me_.isupport.rank_of(person.prefixes),
            .account_address = me_.text(person.address),
            .away = person.away};
}

std::optional<model::RoomSnapshot> Channels::snapshot(std::string_view name) const {
    const Channel* channel = find(name);
    if (channel == nullptr || !channel->complete) return std::nullopt;
    model::RoomSnapshot snapshot{.room = me_.room(name),
                                 .own_nick = me_.text(me_.nick),
                                 .members = {},
                                 .topic = channel->topic,
                                 .settings = settings_of(*channel)};
    snapshot.members.reserve(channel->people.size());
    for (const auto& [folded, person] : channel->people) snapshot.members.push_back(member(person));
    return snapshot;
}

void Channels::on_join(const Message& message, Events& events) {
    const auto name = message.param(0);
    if (name.empty() || message.source.nick.empty()) return;
    if (me_.is_me(message.source.nick)) {
        me_.user = message.source.user;
        me_.host = message.source.host;
        Channel& fresh = channels_[me_.isupport.fold(name)];
        fresh = Channel{};
        fresh.name = name;
    }
    Channel* channel = find(name);
    if (channel == nullptr) return;
    Person* person = admit(*channel, me_.isupport.fold(message.source.nick));
    if (person == nullptr) return;
    *person = Person{.nick = std::string(message.source.nick), .address = address_in(message.source)};
    if (channel->complete) events.emplace_back(adapter::EventMemberJoined{me_.room(name), member(*person)});
}

void Channels::remove_person(std::string_view name, std::string_view nick, EventMemberLeft left,
                             Events& events) {
    Channel* channel = find(name);
    if (channel == nullptr) return;
    left.self = me_.is_me(nick);
    if (channel->people.erase(me_.isupport.fold(nick)) == 0 && !left.self) return;
    left.room = me_.room(name);
    left.nick = me_.text(nick);
    if (channel->complete) events.emplace_back(std::move(left));
    if (me_.is_me(nick)) channels_.erase(me_.isupport.fold(name));
}

void Channels::on_part(const Message& message, Events& events) {
    EventMemberLeft left;
    left.reason = me_.text(message.param(1));
    remove_person(message.param(0), message.source.nick, std::move(left), events);
}

void Channels::on_kick(const Message& message, Events& events) {
    EventMemberLeft left;
    left.how = EventMemberLeft::How::kicked;
    left.actor = me_.text(message.source.nick);
    left.reason = me_.text(message.param(2));
    remove_person(message.param(0), message.param(1), std::move(left), events);
}

void Channels::on_quit(const Message& message, Events& events) {
    if (me_.is_me(message.source.nick)) return;  // the connection ends: lose_all() tells
    const std::string folded = me_.isupport.fold(message.source.nick);
    const std::string reason = me_.text(message.param(0));
    for (auto& [key, channel] : channels_) {
        const auto person = channel.people.find(folded);
        if (person == channel.people.end()) continue;
        EventMemberLeft left{
            .room = me_.room(channel.name),
            .nick = me_.text(person->second.nick),
            .how = is_disconnect(reason) ? EventMemberLeft::How::disconnected : EventMemberLeft::How::left,
            .actor = {},
            .reason = reason};
        channel.people.erase(person);
        if (channel.complete) events.emplace_back(std::move(left));
    }
}

void Channels::on_nick(const Message& message, Events& events) {
    const auto fresh = message.param(0);
    const auto old = message.source.nick;
    if (fresh.empty() || old.empty()) return;
    const bool self = me_.is_me(old);
    const std::string folded = me_.isupport.fold(old);
    if (self) me_.nick = fresh;
    for (auto& [key, channel] : channels_) {
        auto node = channel.people.extract(folded);
        if (node.empty()) continue;
        adapter::EventMemberRenamed renamed;
        renamed.room = me_.room(channel.name);
        renamed.old_nick = me_.text(node.mapped().nick);
        renamed.self = self;
        Person person = std::move(node.mapped());
        person.nick = fresh;
        renamed.member = member(person);
        channel.people.insert_or_assign(me_.isupport.fold(fresh), std::move(person));
        if (channel.complete) events.emplace_back(std::move(renamed));
    }
}

void Channels::on_mode(const Message& message, Events& events) {
    Channel* channel = find(message.param(0));
    if (channel == nullptr) return;
    const auto before = settings_of(*channel);
    apply_modes(*channel, message, 1, events);
    auto after = settings_of(*channel);
    if (!channel->complete || after == before) return;
    events.emplace_back(adapter::EventRoomChanged{me_.room(channel->name), std::move(after)});
}

void Channels::apply_modes(Channel& channel, const Message& message, std::size_t first, Events& events) {
    bool adding = true;
    std::size_t next = first + 1;
    for (const char mode : message.param(first)) {
        if (mode == '+' || mode == '-') {
            adding = mode == '+';
            continue;
        }
        const bool with_parameter = me_.isupport.takes_parameter(mode, adding);
        const auto parameter = with_parameter ? message.param(next++) : std::string_view{};
        const PrefixSet bit = me_.isupport.bit_of_mode(mode);
        if (bit != 0)
            apply_member_mode(channel, bit, adding, parameter, events);
        else if (!with_parameter || mode == 'k' || mode == 'l')
            apply_setting(channel, mode, adding, parameter);
    }
}

void Channels::apply_member_mode(Channel& channel, PrefixSet bit, bool adding, std::string_view nick,
                                 Events& events) {
    Person* person = person_in(channel, me_.isupport.fold(nick));
    if (person == nullptr) return;
    const auto before = me_.isupport.rank_of(person->prefixes);
    person->prefixes = static_cast<PrefixSet>(adding ? person->prefixes | bit : person->prefixes & ~bit);
    if (!channel.complete || me_.isupport.rank_of(person->prefixes) == before) return;
    events.emplace_back(
        adapter::EventMemberChanged{me_.room(channel.name), member(*person), me_.is_me(person->nick)});
}

void Channels::apply_setting(Channel& channel, char mode, bool adding, std::string_view parameter) {
    if (mode == 'k') {
        // Some servers do not tell the key itself: that there is one is known all the same.
        channel.key = !adding ? std::string_view{} : parameter.empty() ? kHiddenKey : parameter;
    } else if (mode == 'l') {
        channel.limit = 0;
        if (adding) std::from_chars(parameter.data(), parameter.data() + parameter.size(), channel.limit);
    } else {
        std::erase(channel.flags, mode);
        if (adding) channel.flags += mode;
    }
}

model::RoomSettings Channels::settings_of(const Channel& channel) const {
    const auto is_on = [&](char flag) { return channel.flags.find(flag) != std::string::npos; };
    const auto told = [&](bool on, bool exists) {
        return on ? std::optional(true) : channel.modes_told && exists ? std::optional(false) : std::nullopt;
    };
    const auto flag = [&](char mode) { return told(is_on(mode), me_.isupport.has_flag(mode)); };
    model::RoomSettings settings;
    settings.moderated = flag('m');
    settings.invite_only = flag('i');
    settings.topic_protected = flag('t');
    settings.hidden = told(is_on('s') || is_on('p'), me_.isupport.has_flag('s'));
    settings.members_only_talk = flag('n');
    if (const char registered = me_.isupport.registered_mode(); registered != '\0')
        settings.registered_only = flag(registered);
    if (me_.isupport.has_key() && (channel.modes_told || !channel.key.empty()))
        settings.password = me_.text(channel.key);
    if (me_.isupport.has_limit() && (channel.modes_told || channel.limit != 0))
        settings.max_members = channel.limit;
    return settings;
}

model::RoomSettings Channels::settings(std::string_view name) const {
    const Channel* channel = find(name);
    return channel == nullptr ? model::RoomSettings{} : settings_of(*channel);
}

bool Channels::is_set(std::string_view name, char flag) const {
    const Channel* channel = find(name);
    return channel != nullptr && channel->flags.find(flag) != std::string::npos;
}

const Channels::Person* Channels::person_in(std::string_view name, std::string_view nick) const {
    const Channel* channel = find(name);
    if (channel == nullptr) return nullptr;
    const auto found = channel->people.find(me_.isupport.fold(nick));
    return found == channel->people.end() ? nullptr : &found->second;
}

std::optional<PrefixSet> Channels::prefixes_of(std::string_view channel, std::string_view nick) const {
    const Person* person = person_in(channel, nick);
    return person == nullptr ? std::nullopt : std::optional(person->prefixes);
}

std::string Channels::address_of(std::string_view channel, std::string_view nick) const {
    const Person* person = person_in(channel, nick);
    return person == nullptr ? std::string{} : person->address;
}

void Channels::on_topic(const Message& message, WallTime now, Events& events) {
    Channel* channel = find(message.param(0));
    if (channel == nullptr) return;
    channel->topic = {
        .text = me_.text(message.param(1)), .set_by = me_.text(message.source.nick), .set_at = now};
    if (channel->complete) events.emplace_back(adapter::EventTopic{me_.room(channel->name), channel->topic});
}

void Channels::on_away(const Message& message, Events& events) {
    const std::string folded = me_.isupport.fold(message.source.nick);
    const bool away = message.size() > 0 && !message.param(0).empty();
    for (auto& [key, channel] : channels_) {
        Person* person = person_in(channel, folded);
        if (person == nullptr || person->away == away) continue;
        person->away = away;
        if (!channel.complete) continue;
        events.emplace_back(
            adapter::EventMemberChanged{me_.room(channel.name), member(*person), me_.is_me(person->nick)});
    }
}

void Channels::on_chghost(const Message& message) {
    const std::string folded = me_.isupport.fold(message.source.nick);
    const Source changed{message.source.nick, message.param(0), message.param(1)};
    if (me_.is_me(changed.nick)) {
        me_.user = changed.user;
        me_.host = changed.host;
    }
    for (auto& [key, channel] : channels_) {
        if (Person* person = person_in(channel, folded)) person->address = address_in(changed);
    }
}

void Channels::on_modes_reply(Channel& channel, const Message& message, Events& events) {
    const auto before = settings_of(channel);
    channel.flags.clear();
    channel.key.clear();
    channel.limit = 0;
    channel.modes_told = true;
    Events none;  // members' modes are not in there
    apply_modes(channel, message, 2, none);
    auto after = settings_of(channel);
    if (!channel.complete || after == before) return;
    events.emplace_back(adapter::EventRoomChanged{me_.room(channel.name), std::move(after)});
}

void Channels::on_reply(const Message& message, Events& events) {
    Channel* channel = find(message.param(message.numeric == 353 ? 2 : 1));
    if (channel == nullptr) return;
    switch (message.numeric) {
        case 324:
            on_modes_reply(*channel, message, events);
            break;
        case 331:
            channel->topic = {};
            break;
        case 332:
            channel->topic = {.text = me_.text(message.param(2)), .set_by = {}, .set_at = {}};
            break;
        case 333: {
            const auto by = message.param(2);
            channel->topic.set_by = me_.text(by.substr(0, by.find('!')));
            const auto time = message.param(3);
            std::int64_t seconds = 0;
            const auto parsed = std::from_chars(time.data(), time.data() + time.size(), seconds);
            constexpr std::int64_t kYear9999 = 253'402'300'799;
            if (parsed.ec == std::errc{} && seconds > 0 && seconds < kYear9999) {
                channel->topic.set_at = WallTime(std::chrono::seconds(seconds));
            }
            break;
        }
        case 353:
            if (!channel->complete) add_names(*channel, message.last());
            break;
        default:
            break;
    }
}

void Channels::add_names(Channel& channel, std::string_view names) {
    while (!names.empty()) {
        auto word = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(word.size() + 1, names.size()));
        Person person;
        while (!word.empty() && me_.isupport.bit_of_symbol(word.front()) != 0) {
            person.prefixes =
                static_cast<PrefixSet>(person.prefixes | me_.isupport.bit_of_symbol(word.front()));
            word.remove_prefix(1);
        }
        if (word.empty()) continue;
        const auto bang = word.find('!');
        person.nick = word.substr(0, bang);
        if (bang != std::string_view::npos) person.address = word.substr(bang + 1);
        if (!is_bearable_name(person.nick)) continue;
        Person* known = admit(channel, me_.isupport.fold(person.nick));
        if (known == nullptr) continue;
        if (person.address.empty()) person.address = std::move(known->address);
        *known = std::move(person);
    }
}

bool Channels::on_end_of_names(std::string_view name) {
    Channel* channel = find(name);
    if (channel == nullptr || channel->complete) return false;
    channel->complete = true;
    return true;
}

void Channels::lose_all(std::string_view reason, Events& events) {
    for (const auto& [key, channel] : channels_) {
        if (channel.complete)
            events.emplace_back(adapter::EventRoomLost{me_.room(channel.name), std::string(reason)});
    }
    channels_.clear();
}

}  // namespace causeway::irc
