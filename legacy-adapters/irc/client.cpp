#include "legacy-adapters/irc/client.hpp"

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/codec/split.hpp"

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxParts = 64;
constexpr std::size_t kMaxBacklog = 500;  // lines
constexpr LineTag kAwayTag = ~LineTag{0};
constexpr std::chrono::seconds kSilence{90};  // then the server is asked whether it is there
constexpr std::chrono::seconds kDead{180};
constexpr std::chrono::seconds kNickPatience{15};  // between tries for a nick that nobody tells us of
constexpr std::string_view kFenceToken = "cw-";

adapter::RoomError room_error(Error error, model::RoomRefusal refusal = model::RoomRefusal::other) {
    return {.error = std::move(error), .refusal = refusal, .reason = {}};
}

Error not_connected() {
    Error error = make_error(Errc::not_connected, "no IRC session");
    error.retry = Retry::when_connected;
    return error;
}

Error too_busy() {
    Error error = make_error(Errc::rate_limited, "too many lines wait for the IRC server");
    error.retry = Retry::later;
    return error;
}

}  // namespace

Client::Client(ClientSettings settings) : settings_(std::move(settings)), outbox_(settings_.flood) {
    me_.names = settings_.names;
    me_.encoding = settings_.encoding;
}

Result<> Client::connected(SteadyTime now) {
    Identity fresh;
    fresh.names = settings_.names;
    fresh.encoding = settings_.encoding;
    me_ = std::move(fresh);
    outbox_ = Outbox(settings_.flood);
    failure_.reset();
    away_told_.reset();
    authenticated_ = false;
    reclaims_nick_ = false;
    heard_ = now;
    registration_ = std::make_unique<Registration>(settings_.login, me_);
    auto lines = registration_->start();
    if (!lines) return fail(lines.error());
    outbox_.write_now(*lines);
    phase_ = Phase::registering;
    return {};
}

void Client::receive(std::string_view line, const Moment& now) {
    heard_ = now.steady;
    receive_line(line, now);
    if (phase_ == Phase::failed || !outbox_.overflows()) return;
    failure_ = std::make_unique<Failure>(
        make_error(Errc::too_large, "the IRC server does not read our answers"), std::string());
    failure_->error.retry = Retry::later;
    phase_ = Phase::failed;
}

void Client::receive_line(std::string_view line, const Moment& now) {
    const auto message = Message::parse(line);
    if (!message) return;
    if (message->is("PING")) {
        const auto pong = encode("PONG", {message->last()});
        if (pong) outbox_.write_now(*pong);
        return;
    }
    if (phase_ == Phase::ready)
        receive_ready(*message, now);
    else if (phase_ == Phase::registering)
        receive_registering(*message, now);
}

void Client::receive_registering(const Message& message, const Moment& now) {
    std::string lines;
    registration_->receive(message, lines);
    outbox_.write_now(lines);
    wipe(lines.data(), lines.size());
    if (registration_->error()) {
        failure_ = std::make_unique<Failure>(*registration_->error(), registration_->reason());
        phase_ = Phase::failed;
        registration_.reset();
        return;
    }
    // Bouncers join channels before their greeting is over.
    if (message.numeric == 0 || message.numeric == 353 || message.numeric == 332 || message.numeric == 333) {
        (void)receive_membership(message, now);
    }
    if (message.numeric == 353 || message.numeric == 332 || message.numeric == 333)
        channels_.on_reply(message, output_.events);
    if (message.numeric == 366) on_end_of_names(message.param(1));
    if (registration_->done()) become_ready();
}

void Client::become_ready() {
    phase_ = Phase::ready;
    authenticated_ = registration_->authenticated();
    registration_.reset();
    watch_.rekey();
    if (!me_.is_me(settings_.login.nick)) {
        notice("The nickname " + settings_.login.nick + " is not free here; you are " + me_.text(me_.nick) +
               ".");
    }
    if (!settings_.login.sasl_password.empty() && !authenticated_) {
        notice("This server offers no login with a password (SASL); you are connected without it.");
    }
    if (away_) {
        const auto line = encode("AWAY", {*away_});
        if (line) outbox_.write(*line, kAwayTag);
        away_told_ = away_;
    }
    after_login();
}

void Client::lost(const Error& why, std::string_view reason) {
    phase_ = Phase::offline;
    registration_.reset();
    requests_.lose_all(why);
    channels_.lose_all(reason, output_.events);
    bans_.clear();
    listed_ = {};
    watch_.reset(output_.hints);
    outbox_ = Outbox(settings_.flood);
}

void Client::quit(std::string_view reason) {
    const auto line = encode("QUIT", {reason});
    outbox_.write_now(line ? std::string_view(*line) : std::string_view("QUIT\r\n"));
}

Outbox::Taken Client::flush(SteadyTime now) {
    if (phase_ == Phase::ready) {
        for (auto& line : watch_.lines()) {
            if (line.starts_with("MONITOR"))
                outbox_.write(std::move(line));
            else
                outbox_.write_at_leisure(std::move(line));  // people's words go before our questions
        }
    }
    Outbox::Taken taken = outbox_.take(now);
    requests_.mark_written(taken.tags);
    if (const auto fence = requests_.fence_due()) {
        taken.bytes.append("PING ").append(kFenceToken).append(std::to_string(*fence)).append("\r\n");
        ++taken.lines;
    }
    return taken;
}

bool Client::sweep(SteadyTime now, bool poll_presence) {
    if (phase_ != Phase::ready) return true;  // connecting has a deadline of its own
    if (now - heard_ > kDead) return false;
    if (now - heard_ > kSilence) outbox_.write_now("PING causeway\r\n");
    if (poll_presence && outbox_.idle()) watch_.poll();
    if (reclaims_nick_ && now - nick_tried_ >= kNickPatience) {
        reclaim_nick();
        nick_tried_ = now;
    }
    return true;
}

void Client::take_output(Output& into) {
    into.events.swap(output_.events);
    into.hints.swap(output_.hints);
    into.completions.swap(requests_.completions());
}

void Client::add_completions(std::vector<Completion>& into) {
    auto& fresh = requests_.completions();
    if (into.empty()) return into.swap(fresh);
    std::ranges::move(fresh, std::back_inserter(into));
    fresh.clear();
}

void Client::notice(std::string text) {
    if (text.empty()) return;
    output_.events.emplace_back(adapter::EventServerNotice{EndpointId(me_.names.server), std::move(text)});
}

// ------------------------------------------------------------------------------------------------ requests
std::optional<adapter::RoomError> Client::not_ready() const {
    if (phase_ == Phase::ready) return std::nullopt;
    return room_error(not_connected());
}

Client::Begun Client::ask(Ask kind, std::string target, std::string detail, Result<std::string> line,
                          bool by_fence) {
    if (auto error = not_ready()) return std::unexpected(std::move(*error));
    if (!line) return std::unexpected(room_error(line.error()));
    if (!has_room_for(1)) return std::unexpected(room_error(too_busy()));
    const auto id = requests_.begin(kind, std::move(target), std::move(detail), by_fence);
    outbox_.write(std::move(*line), requests_.tag_of_last());
    return id;
}

Client::Begun Client::say(const model::OutgoingMessage& message) {
    if (auto error = not_ready()) return std::unexpected(std::move(*error));
    const bool action = message.kind == model::MessageKind::action;
    const std::string_view command = message.kind == model::MessageKind::notice ? "NOTICE" : "PRIVMSG";
    const std::string target = std::visit([this](const auto& id) { return name_of(id.view()); }, message.to);
    std::size_t budget = text_budget(me_.isupport.linelen, me_.source_length(), command, target);
    constexpr std::size_t kActionBytes = 9;  // \x01ACTION … \x01
    if (action) budget -= std::min(budget, kActionBytes);
    const auto parts = split_text(message.text, budget);
    if (parts.empty()) return std::unexpected(room_error(make_error(Errc::bad_input, "nothing to say")));
    if (parts.size() > kMaxParts)
        return std::unexpected(room_error(make_error(Errc::too_large, "too many lines")));
    if (!has_room_for(parts.size())) return std::unexpected(room_error(too_busy()));

    std::vector<std::string> lines;
    for (const auto& part : parts) {
        auto line = encode(command, {target, action ? make_ctcp("ACTION", part) : part});
        if (!line) return std::unexpected(room_error(line.error()));
        lines.push_back(std::move(*line));
    }
    const auto id = requests_.begin_parts();
    const std::string folded = me_.isupport.fold(target);
    const bool by_fence = !me_.caps.has(Cap::echo_message);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string body = by_fence ? std::string{} : action ? make_ctcp("ACTION", parts[i]) : parts[i];
        outbox_.write(std::move(lines[i]),
                      requests_.begin_part(id, Ask::message, folded, std::move(body), by_fence));
    }
    return id;
}

Client::Begun Client::join(const RoomId& room, std::string_view key) {
    const std::string channel = name_of(room.view());
    const std::string folded = me_.isupport.fold(channel);
    const auto* earlier =
        requests_.oldest([&](const Waiting& w) { return w.ask == Ask::join && w.target == folded; });
    if (earlier != nullptr && earlier->id != 0) {  // the same answer will do for both
        const auto id = requests_.begin(Ask::join, folded, {}, false);
        requests_.mark_written({requests_.tag_of_last()});
        return id;
    }
    // The key is a middle parameter in spirit: a space or comma would make other keys and channels of it.
    if (key.find_first_of(" ,") != std::string_view::npos || key.starts_with(':')) {
        return std::unexpected(
            room_error(make_error(Errc::bad_input, "impossible key"), model::RoomRefusal::password));
    }
    auto line = key.empty() ? encode("JOIN", {channel}) : encode("JOIN", {channel, key});
    return ask(Ask::join, folded, {}, std::move(line), false);
}

bool Client::stay(const RoomId& room) {
    const std::string folded = me_.isupport.fold(name_of(room.view()));
    const auto leaves = [&](const Waiting& w) { return w.ask == Ask::part && w.target == folded; };
    while (const Waiting* part =
               requests_.oldest([&](const Waiting& w) { return leaves(w) && !w.written; })) {
        outbox_.withdraw(part->tag);
        requests_.settle(part->tag, Reply{});
    }
    return requests_.oldest(leaves) == nullptr;
}

Client::Begun Client::part(const RoomId& room, std::string_view reason) {
    constexpr std::size_t kMaxReason = 200;
    const std::string channel = name_of(room.view());
    auto line = encode("PART", {channel, text::prefix(reason, kMaxReason)});
    if (reason.empty() || !line) line = encode("PART", {channel});  // leaving must not fail for want of words
    return ask(Ask::part, me_.isupport.fold(channel), {}, std::move(line), true);
}

Client::Begun Client::set_topic(const RoomId& room, std::string_view text) {
    const std::string channel = name_of(room.view());
    if (me_.isupport.topiclen != 0 && text.size() > me_.isupport.topiclen) {
        return std::unexpected(room_error(make_error(Errc::too_large, "topic over TOPICLEN")));
    }
    return ask(Ask::topic, me_.isupport.fold(channel), {}, encode("TOPIC", {channel, text}), true);
}

Client::Begun Client::kick(const RoomId& room, std::string_view nick, std::string_view reason) {
    const std::string channel = name_of(room.view());
    if (nick.contains(',')) return std::unexpected(room_error(make_error(Errc::bad_input, "not a nickname")));
    return ask(Ask::kick, me_.isupport.fold(channel), me_.isupport.fold(nick),
               encode("KICK", {channel, nick, reason}), true);
}

Client::Begun Client::change_nick(std::string_view nick) {
    if (!is_nick(nick)) {
        return std::unexpected(
            room_error(make_error(Errc::bad_input, "not a nickname"), model::RoomRefusal::bad_nick));
    }
    reclaims_nick_ = false;  // another one is wanted now
    return ask(Ask::nick, {}, std::string(nick), encode("NICK", {nick}), true);
}

Client::Begun Client::ask_ctcp(Ask kind, const ContactId& who, std::string_view command, std::string token) {
    const std::string nick = name_of(who.view());
    auto line = encode("PRIVMSG", {nick, make_ctcp(command, token)});
    return ask(kind, me_.isupport.fold(nick), std::move(token), std::move(line), false);
}

Client::Begun Client::ask_version(const ContactId& who) {
    return ask_ctcp(Ask::version, who, "VERSION", {});
}
Client::Begun Client::ask_ping(const ContactId& who) {
    return ask_ctcp(Ask::ping, who, "PING", std::to_string(++ping_tokens_));
}

Error Client::abandon(RequestId request) {
    const auto abandoned = requests_.abandon(request);
    for (const LineTag tag : abandoned.unwritten) outbox_.withdraw(tag);
    Error error = make_error(Errc::timed_out, "no answer from the IRC server");
    error.ambiguous = abandoned.any_written ? Ambiguous::yes : Ambiguous::no;
    if (!abandoned.any_written) error.retry = Retry::later;
    return error;
}

std::optional<model::RoomSnapshot> Client::snapshot(const RoomId& room) const {
    return channels_.snapshot(me_.names.name_in(room.view()));
}

Result<> Client::set_presence(const model::Presence& presence) {
    using model::Availability;
    const bool is_away = presence.show == Availability::away ||
                         presence.show == Availability::extended_away || presence.show == Availability::busy;
    std::optional<std::string> away;
    if (is_away)
        away =
            presence.status.empty() ? std::string("Away") : std::string(text::prefix(presence.status, 300));
    const auto line = away ? encode("AWAY", {*away}) : encode("AWAY");
    if (!line) return fail(line.error());
    away_ = std::move(away);
    if (phase_ == Phase::ready && away_ != away_told_) {
        if (!outbox_.replace(kAwayTag, *line)) outbox_.write(*line, kAwayTag);  // only the newest counts
        away_told_ = away_;
    }
    return {};
}

Result<> Client::watch(const ContactId& who) {
    const std::string nick = name_of(who.view());
    if (!is_nick(nick)) return fail(Errc::bad_recipient, "not a nickname");
    watch_.add(nick, who);
    return {};
}

void Client::unwatch(const ContactId& who) {
    watch_.remove(me_.names.name_in(who.view()));
}

bool Client::has_room_for(std::size_t lines) const {
    return outbox_.backlog() + lines <= kMaxBacklog;
}

void Client::settle_all(Ask kind, std::string_view folded_target, const Outcome& outcome) {
    const auto matches = [&](const Waiting& w) { return w.ask == kind && w.target == folded_target; };
    while (const Waiting* waiting = requests_.oldest(matches)) requests_.settle(waiting->tag, outcome);
}

void Client::settle_oldest(Ask kind, std::string_view folded_target, std::string_view detail) {
    const auto matches = [&](const Waiting& w) {
        return w.ask == kind && w.written && w.target == folded_target &&
               (detail.empty() || w.detail == detail);
    };
    if (const Waiting* waiting = requests_.oldest(matches)) requests_.settle(waiting->tag, Reply{});
}

}  // namespace causeway::irc
