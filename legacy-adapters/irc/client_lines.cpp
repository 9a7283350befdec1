// What the server and people do: membership, names, invitations, the end.
#include <algorithm>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/client.hpp"

namespace causeway::irc {

namespace {

constexpr std::string_view kFenceToken = "cw-";
constexpr std::size_t kMaxChannels = 250;  // that nobody asked for

}  // namespace

void Client::receive_ready(const Message& message, const Moment& now) {
    if (message.numeric != 0) return on_numeric(message);
    if (message.is("PRIVMSG")) return on_talk(message, false, now);
    if (message.is("NOTICE")) return on_talk(message, true, now);
    if (receive_membership(message, now)) return;
    if (message.is("PONG")) {
        const auto token = message.last();
        if (!token.starts_with(kFenceToken)) return;
        std::uint64_t number = 0;
        for (const char c : token.substr(kFenceToken.size())) {
            if (c < '0' || c > '9') return;
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
        requests_.fence_passed(number);
    } else if (message.is("INVITE")) {
        on_invite(message);
    } else if (message.is("CAP")) {
        on_cap(message);
    } else if (message.is("ERROR")) {
        on_error(message);
    } else if (message.is("FAIL")) {
        on_fail(message);
    } else if (message.is("WARN") || message.is("NOTE") || message.is("WALLOPS")) {
        notice(me_.text(message.last()));
    }
}

bool Client::receive_membership(const Message& message, const Moment& now) {
    if (message.is("JOIN")) {
        if (!may_join(message)) return true;
        channels_.on_join(message, output_.events);
        watch_.seen(message.source.nick, output_.hints);
    } else if (message.is("PART") || message.is("KICK")) {
        on_part_or_kick(message);
    } else if (message.is("QUIT")) {
        on_quit(message);
    } else if (message.is("NICK")) {
        if (is_bearable_name(message.param(0))) on_nick(message);
    } else if (message.is("MODE")) {
        on_mode(message);
    } else if (message.is("TOPIC")) {
        channels_.on_topic(message, now.wall, output_.events);
        if (me_.is_me(message.source.nick))
            settle_oldest(Ask::topic, me_.isupport.fold(message.param(0)), {});
    } else if (message.is("AWAY")) {
        channels_.on_away(message, output_.events);
        const bool away = !message.param(0).empty();
        watch_.seen_away(message.source.nick, away, me_.text(message.param(0)), output_.hints);
    } else if (message.is("CHGHOST")) {
        channels_.on_chghost(message);
    } else {
        return false;
    }
    return true;
}

bool Client::may_join(const Message& message) const {
    const auto channel = message.param(0);
    if (!is_bearable_name(channel) || !is_bearable_name(message.source.nick)) return false;
    if (!me_.is_me(message.source.nick) || channels_.size() < kMaxChannels) return true;
    // Servers may put us into channels, but not into any number of them.
    const std::string folded = me_.isupport.fold(channel);
    const auto asked = [&](const Waiting& w) { return w.ask == Ask::join && w.target == folded; };
    return channels_.knows(channel) || requests_.oldest(asked) != nullptr;
}

void Client::on_mode(const Message& message) {
    channels_.on_mode(message, output_.events);
    if (!me_.is_me(message.source.nick) || message.size() < 2) return;
    const std::string channel = me_.isupport.fold(message.param(0));
    const auto* waiting = requests_.oldest([&](const Waiting& w) {
        if (w.ask != Ask::mode || !w.written || w.target != channel) return false;
        const auto names = [&](std::string_view param) { return me_.isupport.fold(param) == w.detail; };
        return w.detail.empty() || std::ranges::any_of(message.params().subspan(1), names);
    });
    if (waiting != nullptr) requests_.settle(waiting->tag, Reply{});
}

void Client::ask_modes(std::string_view channel) {
    if (auto line = encode("MODE", {channel})) outbox_.write_at_leisure(std::move(*line));
}

void Client::on_part_or_kick(const Message& message) {
    const std::string channel = me_.isupport.fold(message.param(0));
    if (message.is("PART")) {
        const bool self = me_.is_me(message.source.nick);
        channels_.on_part(message, output_.events);
        if (self) settle_all(Ask::part, channel, Reply{});
        return;
    }
    const std::string victim = me_.isupport.fold(message.param(1));
    channels_.on_kick(message, output_.events);
    if (me_.is_me(message.source.nick)) settle_oldest(Ask::kick, channel, victim);
}

void Client::on_nick(const Message& message) {
    const std::string old(message.source.nick);
    const bool self = me_.is_me(old);
    channels_.on_nick(message, output_.events);
    if (self) {
        me_.nick = message.param(0);  // also when we are in no channel
        settle_oldest(Ask::nick, {}, {});
        if (reclaims_nick_ && me_.is_me(settings_.login.nick)) {
            reclaims_nick_ = false;
            identify();
        }
        return;
    }
    nick_is_free(old);
    watch_.seen_gone(old, output_.hints);
    watch_.seen(message.param(0), output_.hints);
}

void Client::on_quit(const Message& message) {
    channels_.on_quit(message, output_.events);
    if (me_.is_me(message.source.nick)) return;
    watch_.seen_gone(message.source.nick, output_.hints);
    nick_is_free(message.source.nick);
}

void Client::on_invite(const Message& message) {
    if (!me_.is_me(message.param(0)) || !me_.isupport.is_channel(message.param(1))) return;
    output_.events.emplace_back(adapter::EventInvite{
        me_.room(message.param(1)), me_.contact(message.source.nick), me_.text(message.source.nick), {}});
}

void Client::on_cap(const Message& message) {
    const auto verb = message.param(1);
    if (verb == "ACK") return apply_caps(me_.caps, message.last(), true);
    if (verb == "DEL") return apply_caps(me_.caps, message.last(), false);
    if (verb != "NEW") return;
    std::string wanted;
    for (const auto& [name, cap] : kCaps) {
        if (cap == Cap::sasl || me_.caps.has(cap)) continue;
        const std::string padded = " " + std::string(message.last()) + " ";
        if (padded.contains(" " + std::string(name) + " "))
            wanted.append(wanted.empty() ? "" : " ").append(name);
    }
    const auto line = encode("CAP", {"REQ", wanted});
    if (!wanted.empty() && line) outbox_.write_now(*line);
}

void Client::on_error(const Message& message) {
    std::string reason = me_.text(message.last());
    Error error = make_error(Errc::not_connected, "closed by the IRC server");
    error.retry = Retry::later;
    const std::string lower = text::ascii_lower(reason);
    if (lower.contains("banned") || lower.contains("-line")) error = make_error(Errc::refused, "banned");
    notice(reason);
    failure_ = std::make_unique<Failure>(std::move(error), std::move(reason));
    phase_ = Phase::failed;
}

void Client::on_fail(const Message& message) {
    notice(me_.text(message.last()));
    if (!text::ascii_lower(message.param(0)).starts_with("privmsg")) return;
    const auto* oldest =
        requests_.oldest([](const Waiting& w) { return w.ask == Ask::message && w.written; });
    if (oldest == nullptr) return;
    requests_.settle(oldest->tag,
                     std::unexpected(adapter::RoomError{.error = make_error(Errc::refused, "FAIL PRIVMSG"),
                                                        .refusal = model::RoomRefusal::other,
                                                        .reason = me_.text(message.last())}));
}

void Client::on_end_of_names(std::string_view channel) {
    if (!channels_.on_end_of_names(channel)) return;
    const std::string folded = me_.isupport.fold(channel);
    const auto matches = [&](const Waiting& w) { return w.ask == Ask::join && w.target == folded; };
    bool asked = false;
    bool wanted = false;
    while (const Waiting* waiting = requests_.oldest(matches)) {
        asked = true;
        wanted = wanted || waiting->id != 0;
        auto snapshot = channels_.snapshot(channel);
        requests_.settle(waiting->tag, Reply{std::move(*snapshot)});
    }
    if (wanted) return ask_modes(channel);
    if (asked) {  // whoever wanted in has given up: do not stay there unseen
        (void)part(me_.room(channel), {});
        return;
    }
    ask_modes(channel);
    output_.events.emplace_back(
        adapter::EventInvite{me_.room(channel), {}, {}, "The server put you into this channel."});
}

}  // namespace causeway::irc
