// What those who run a channel do: ranks, bans, invitations, settings; and the server's list of channels.
#include <algorithm>
#include <charconv>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/client.hpp"
#include "legacy-adapters/irc/mode_change.hpp"

namespace causeway::irc {

namespace {

using model::RoomRefusal;

constexpr std::size_t kMaxBans = 5'000;
constexpr std::size_t kMaxListed = 50'000;
constexpr std::size_t kMaxReason = 200;

std::unexpected<adapter::RoomError> refuse(Errc code, std::string detail,
                                           RoomRefusal refusal = RoomRefusal::other) {
    return std::unexpected(
        adapter::RoomError{.error = make_error(code, std::move(detail)), .refusal = refusal, .reason = {}});
}

/// One parameter that stays one wherever it stands, and cannot make two of itself.
bool is_word(std::string_view word) {
    return !word.empty() && word.front() != ':' && word.find_first_of(" ,") == std::string_view::npos &&
           !text::has_line_break(word);
}

std::optional<WallTime> time_in(std::string_view seconds_text) {
    constexpr std::int64_t kYear9999 = 253'402'300'799;
    std::int64_t seconds = 0;
    const auto parsed =
        std::from_chars(seconds_text.data(), seconds_text.data() + seconds_text.size(), seconds);
    if (parsed.ec != std::errc{} || seconds <= 0 || seconds >= kYear9999) return std::nullopt;
    return WallTime(std::chrono::seconds(seconds));
}

std::string_view nick_of(std::string_view source) {
    return source.substr(0, source.find('!'));
}

}  // namespace

Client::Begun Client::ask_all(std::vector<Step> steps) {
    if (auto error = not_ready()) return std::unexpected(std::move(*error));
    if (steps.empty()) return kNothingToDo;
    for (const auto& step : steps) {
        if (!step.line) return refuse(step.line.error().code, step.line.error().detail);
    }
    if (!has_room_for(steps.size()))
        return refuse(Errc::rate_limited, "too many lines wait for the IRC server");
    const auto id = requests_.begin_parts();
    for (auto& step : steps) {
        outbox_.write(std::move(*step.line), requests_.begin_part(id, step.ask, std::move(step.target),
                                                                  std::move(step.detail), true));
    }
    return id;
}

std::vector<Client::Step> Client::mode_steps(const std::string& channel, const ModeChange& change,
                                             std::string_view subject) const {
    std::vector<Step> steps;
    for (const auto& words : change.lines(me_.isupport.modes)) {
        std::vector<std::string_view> params{channel};
        params.insert(params.end(), words.begin(), words.end());
        steps.push_back({Ask::mode, me_.isupport.fold(channel), me_.isupport.fold(subject),
                         encode("MODE", std::span<const std::string_view>(params))});
    }
    return steps;
}

Client::Begun Client::set_rank(const RoomId& room, std::string_view nick, model::Rank rank) {
    const std::string channel = name_of(room.view());
    if (!is_word(nick)) return refuse(Errc::bad_input, "not a nickname");
    const auto has = channels_.prefixes_of(channel, nick);
    if (phase_ == Phase::ready && !has)
        return refuse(Errc::bad_recipient, "not in the channel", RoomRefusal::no_such_member);
    const char wanted = me_.isupport.mode_of(rank);
    const PrefixSet wanted_bit = me_.isupport.bit_of_mode(wanted);
    ModeChange change;
    if (has && wanted_bit != 0 && (*has & wanted_bit) == 0) change.add(true, wanted, nick);
    for (const char mode : me_.isupport.prefix_modes) {  // highest first: what stands above goes
        if (mode == wanted) break;
        if (has && (*has & me_.isupport.bit_of_mode(mode)) != 0) change.add(false, mode, nick);
    }
    return ask_all(mode_steps(channel, change, nick));
}

Client::Begun Client::ban(const RoomId& room, std::string_view who, std::string_view reason) {
    const std::string channel = name_of(room.view());
    if (!is_word(who)) return refuse(Errc::bad_input, "neither a nickname nor a pattern");
    const bool is_pattern = who.find_first_of("!@*?$") != std::string_view::npos;
    std::string mask(who);
    if (!is_pattern) {
        const std::string address = channels_.address_of(channel, who);
        const auto at = address.rfind('@');
        const bool known = at != std::string::npos && is_word(address.substr(at + 1));
        mask = known ? "*!*" + address.substr(at) : mask + "!*@*";
    }
    ModeChange change;
    change.add(true, 'b', mask);
    auto steps = mode_steps(channel, change, mask);
    if (!is_pattern && channels_.prefixes_of(channel, who)) {
        steps.push_back({Ask::kick, me_.isupport.fold(channel), me_.isupport.fold(who),
                         encode("KICK", {channel, who, text::prefix(reason, kMaxReason)})});
    }
    return ask_all(std::move(steps));
}

Client::Begun Client::unban(const RoomId& room, std::string_view mask) {
    if (!is_word(mask)) return refuse(Errc::bad_input, "not a mask");
    ModeChange change;
    change.add(false, 'b', mask);
    return ask_all(mode_steps(name_of(room.view()), change, mask));
}

Client::Begun Client::ask_bans(const RoomId& room) {
    const std::string channel = name_of(room.view());
    return ask(Ask::bans, me_.isupport.fold(channel), {}, encode("MODE", {channel, "b"}), false);
}

Client::Begun Client::invite(const RoomId& room, const ContactId& who) {
    const std::string channel = name_of(room.view());
    const std::string nick = name_of(who.view());
    if (!is_nick(nick)) return refuse(Errc::bad_recipient, "not a nickname", RoomRefusal::no_such_member);
    return ask(Ask::invite, me_.isupport.fold(channel), me_.isupport.fold(nick),
               encode("INVITE", {nick, channel}), true);
}

Client::Begun Client::configure(const RoomId& room, const model::RoomSettings& changes) {
    const std::string channel = name_of(room.view());
    const auto change =
        mode_change_of(me_.isupport, channels_.settings(channel), changes, channels_.is_set(channel, 'p'));
    if (!change) return refuse(change.error().code, change.error().detail);
    return ask_all(mode_steps(channel, *change, {}));
}

Client::Begun Client::list_rooms() {
    if (requests_.oldest([](const Waiting& w) { return w.ask == Ask::list; }) != nullptr) {
        auto busy = refuse(Errc::rate_limited, "a list is under way");
        busy.error().error.retry = Retry::later;
        return busy;
    }
    listed_.clear();
    return ask(Ask::list, {}, {}, encode("LIST"), false);
}

bool Client::on_room_reply(const Message& message) {
    switch (message.numeric) {
        case 321:
            listed_.clear();
            return true;
        case 322:
            on_listed(message);
            return true;
        case 323:
            on_end_of_list();
            return true;
        case 341:
            on_invited(message);
            return true;
        case 367:
            on_ban_entry(message);
            return true;
        case 368:
            on_end_of_bans(message.param(1));
            return true;
        default:
            return false;
    }
}

void Client::on_listed(const Message& message) {
    const auto* waiting = requests_.oldest([](const Waiting& w) { return w.ask == Ask::list; });
    if (waiting == nullptr || waiting->id == 0 || listed_.size() >= kMaxListed) return;
    const auto name = message.param(1);
    if (!me_.isupport.is_channel(name) || !is_bearable_name(name)) return;  // `*`: one that we may not see
    const auto count = message.param(2);
    model::RoomListing listing{.room = me_.room(name), .name = me_.text(name), .members = 0, .topic = {}};
    std::from_chars(count.data(), count.data() + count.size(), listing.members);
    if (message.size() > 3) listing.topic = me_.text(message.last());
    listed_.push_back(std::move(listing));
}

void Client::on_end_of_list() {
    const auto* waiting = requests_.oldest([](const Waiting& w) { return w.ask == Ask::list && w.written; });
    if (waiting != nullptr) requests_.settle(waiting->tag, Reply{std::exchange(listed_, {})});
    listed_ = {};
}

void Client::on_invited(const Message& message) {
    const std::string nick = me_.isupport.fold(message.param(1));
    const std::string channel = me_.isupport.fold(message.param(2));
    const auto* waiting = requests_.oldest([&](const Waiting& w) {
        const bool fits = w.target == channel && w.detail == nick;
        return w.ask == Ask::invite && w.written && (fits || (w.target == nick && w.detail == channel));
    });
    if (waiting != nullptr) requests_.settle(waiting->tag, Reply{});
}

void Client::on_ban_entry(const Message& message) {
    const std::string channel = me_.isupport.fold(message.param(1));
    const auto asked = [&](const Waiting& w) { return w.ask == Ask::bans && w.target == channel; };
    if (requests_.oldest(asked) == nullptr) return;
    auto& bans = bans_[channel];
    if (bans.size() >= kMaxBans) return;
    bans.push_back({.mask = me_.text(message.param(2)),
                    .set_by = me_.text(nick_of(message.param(3))),
                    .set_at = time_in(message.param(4))});
}

void Client::on_end_of_bans(std::string_view name) {
    const std::string channel = me_.isupport.fold(name);
    auto found = bans_.extract(channel);
    std::vector<model::Ban> bans;
    if (!found.empty()) bans = std::move(found.mapped());
    const auto* waiting = requests_.oldest(
        [&](const Waiting& w) { return w.ask == Ask::bans && w.written && w.target == channel; });
    if (waiting != nullptr) requests_.settle(waiting->tag, Reply{std::move(bans)});
}

}  // namespace causeway::irc
