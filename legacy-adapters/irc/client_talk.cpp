// What people say: messages, notices, CTCP, and our own words coming back.
#include <charconv>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/client.hpp"

namespace causeway::irc {

namespace {

constexpr int kCtcpAnswers = 3;  // per window: a stranger must not make us flood ourselves off the server
constexpr std::chrono::seconds kCtcpWindow{10};
constexpr std::size_t kMaxCtcpEcho = 64;
constexpr std::chrono::seconds kNow{10};  // a server-time that is this recent is "now"

/// `2026-11-21T03:04:05.678Z`
std::optional<WallTime> parse_time(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
    if (text.size() < shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool fits = shape[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
        if (!fits) return std::nullopt;
    }
    const auto number = [text](std::size_t at, std::size_t digits) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + digits, value);
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!day.ok()) return std::nullopt;
    const auto time = std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
                      std::chrono::seconds(number(17, 2));
    return WallTime(std::chrono::sys_days(day).time_since_epoch() + time);
}

bool is_cut_or_same(std::string_view echo, std::string_view sent) {
    return echo == sent || (!echo.empty() && sent.starts_with(echo));
}

}  // namespace

void Client::on_talk(const Message& message, bool is_notice, const Moment& now) {
    const auto body = message.param(1);
    const bool from_me = me_.is_me(message.source.nick);
    if (from_me && me_.caps.has(Cap::echo_message) && confirm_echo(message)) return;
    if (message.source.is_server()) {
        if (is_notice) notice(me_.text(body));
        return;
    }
    if (!from_me) watch_.seen(message.source.nick, output_.hints);
    if (const auto ctcp = parse_ctcp(body)) {
        if (is_notice) return on_ctcp_reply(message, *ctcp);
        if (text::ascii_lower(ctcp->command) == "action") {
            return publish_talk(message, ctcp->text, model::MessageKind::action, now);
        }
        if (!from_me) on_ctcp_request(message, *ctcp, now);
        return;
    }
    publish_talk(message, body, is_notice ? model::MessageKind::notice : model::MessageKind::normal, now);
}

void Client::publish_talk(const Message& message, std::string_view body, model::MessageKind kind,
                          const Moment& now) {
    adapter::EventMessage event;
    event.text = me_.text(body);
    if (event.text.empty()) return;
    event.kind = kind;
    event.from = me_.contact(message.source.nick);
    event.from_self = me_.is_me(message.source.nick);
    auto target = message.param(0);
    while (!target.empty() && me_.isupport.statusmsg.contains(target.front()) &&
           me_.isupport.is_channel(target.substr(1))) {
        target.remove_prefix(1);  // @#channel: to the operators of a channel
    }
    if (me_.isupport.is_channel(target)) {
        event.in = me_.room(target);
        event.nick = me_.text(message.source.nick);
    } else {
        event.in = event.from_self ? me_.contact(target) : event.from;
    }
    if (message.has_tags()) {
        if (auto id = message.tag("msgid")) event.id = LegacyMessageId(text::repair(*id));
        const auto time = message.tag("time");
        const auto sent = time ? parse_time(*time) : std::nullopt;
        if (sent && (*sent < now.wall - kNow)) event.sent_at = sent;
    }
    output_.events.emplace_back(std::move(event));
}

bool Client::confirm_echo(const Message& message) {
    const std::string target = me_.isupport.fold(message.param(0));
    const auto body = message.param(1);
    // Our own CTCP questions come back too; they are neither messages nor news.
    const auto ctcp = parse_ctcp(body);
    if (ctcp && ctcp->command != "ACTION") return true;
    const auto to_target = [&](const Waiting& w) {
        return w.ask == Ask::message && w.written && !w.by_fence && w.target == target;
    };
    const auto* waiting =
        requests_.oldest([&](const Waiting& w) { return to_target(w) && w.detail == body; });
    if (waiting == nullptr) {  // servers may cut, or take colours out
        waiting = requests_.oldest(
            [&](const Waiting& w) { return to_target(w) && is_cut_or_same(body, w.detail); });
    }
    if (waiting == nullptr) return false;
    adapter::Accepted accepted;
    if (auto id = message.tag("msgid")) accepted.parts.emplace_back(text::repair(*id));
    requests_.settle(waiting->tag, Reply{std::move(accepted)});
    return true;
}

void Client::on_ctcp_request(const Message& message, const Ctcp& ctcp, const Moment& now) {
    std::string answer;
    const std::string command = text::ascii_lower(ctcp.command);
    if (command == "version")
        answer = make_ctcp("VERSION", "Causeway " CAUSEWAY_VERSION);
    else if (command == "time")
        answer = make_ctcp("TIME", format_utc(now.wall));
    else if (command == "ping")
        answer = make_ctcp("PING", ctcp.text.substr(0, kMaxCtcpEcho));
    else
        return;
    if (now.steady - ctcp_window_ > kCtcpWindow) {
        ctcp_window_ = now.steady;
        ctcp_answers_ = 0;
    }
    if (++ctcp_answers_ > kCtcpAnswers) return;
    const auto line = encode("NOTICE", {message.source.nick, answer});
    if (line) outbox_.write(*line);
}

void Client::on_ctcp_reply(const Message& message, const Ctcp& ctcp) {
    const std::string from = me_.isupport.fold(message.source.nick);
    const bool is_ping = text::ascii_lower(ctcp.command) == "ping";
    if (!is_ping && text::ascii_lower(ctcp.command) != "version") return;
    const auto* waiting = requests_.oldest([&](const Waiting& w) {
        return w.target == from &&
               (is_ping ? w.ask == Ask::ping && w.detail == ctcp.text : w.ask == Ask::version);
    });
    if (waiting != nullptr) requests_.settle(waiting->tag, Reply{me_.text(ctcp.text)});
}

}  // namespace causeway::irc
