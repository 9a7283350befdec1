#include "tests/bench/irc_side.hpp"

#include <algorithm>
#include <utility>

namespace causeway::bench {
namespace {

constexpr std::string_view kServer = ":irc.bench.test ";
constexpr std::size_t kNamesLine =
    400;  // leaves room for what stands before the names (RFC 1459: 512 in all)

/// "@op +voice other talker" and then as many "member00042" as are wanted, cut into lines.
std::vector<std::string> make_members(std::uint32_t count) {
    std::vector<std::string> lines{"@op +voice other talker"};
    for (std::uint32_t number = 4; number < count; ++number) {
        if (lines.back().size() > kNamesLine) lines.emplace_back();
        const auto digits = std::to_string(number);
        auto& line = lines.back();
        if (!line.empty()) line += ' ';
        line.append("member").append(5 - std::min<std::size_t>(5, digits.size()), '0').append(digits);
    }
    return lines;
}

/// Cuts the first word off.
std::string_view next_word(std::string_view& text) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

}  // namespace

IrcSide::IrcSide(Poller& poller, std::uint16_t port, EchoMessage echo, std::uint32_t members,
                 OnMessage on_message)
    : echo_(echo), members_(make_members(members)), on_message_(std::move(on_message)) {
    poller.listen(port, [this](std::unique_ptr<Stream> stream) {
        auto& client = *clients_.emplace_back(std::make_unique<Client>());
        client.stream = std::move(stream);
        client.stream->on_data([this, &client](std::string_view bytes) { return lines(client, bytes); });
    });
}

void IrcSide::say(std::uint32_t user, std::uint32_t sequence) {
    Client& client = *by_user_.at(user);
    out_.assign(":talker!talker@far.bench.test PRIVMSG ").append(client.channel).append(" :");
    out_.append(body_(sequence)).append("\r\n");
    client.stream->write(out_);
}

std::size_t IrcSide::lines(Client& client, std::string_view bytes) {
    std::size_t used = 0;
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n', used)) {
        auto text = bytes.substr(used, end - used);
        if (text.ends_with('\r')) text.remove_suffix(1);
        line(client, text);
        used = end + 1;
    }
    return used;
}

void IrcSide::line(Client& client, std::string_view text) {
    if (text.starts_with('@')) next_word(text);  // message tags
    auto rest = text;
    const auto command = next_word(rest);
    if (command == "PRIVMSG") return message(client, rest);
    if (command == "PING") {
        out_.assign(kServer).append("PONG irc.bench.test ").append(rest).append("\r\n");
        return client.stream->write(out_);
    }
    if (command == "CAP") return capability(client, rest);
    if (command == "NICK") {
        client.nick = rest.starts_with(':') ? rest.substr(1) : rest;
        client.named = true;
    } else if (command == "USER") {
        client.user_given = true;
    } else if (command == "JOIN") {
        return joined(client, next_word(rest));
    } else if (command == "QUIT") {
        return client.stream->close();
    } else if (command == "MODE" && rest.starts_with('#')) {
        return reply(client, "324", std::string(next_word(rest)) + " +nt");
    } else if (command == "WHO") {
        return reply(client, "315", std::string(next_word(rest)) + " :End of WHO");
    } else if (command == "ISON") {
        return reply(client, "303", ":");
    }
    registered(client);
}

void IrcSide::capability(Client& client, std::string_view words) {
    const auto verb = next_word(words);
    if (verb == "LS") {
        client.negotiating = true;
        client.stream->write(echo_ == EchoMessage::yes ? ":irc.bench.test CAP * LS :echo-message\r\n"
                                                       : ":irc.bench.test CAP * LS :\r\n");
    } else if (verb == "REQ") {
        client.negotiating = true;
        const bool known = echo_ == EchoMessage::yes && words.find("echo-message") != std::string_view::npos;
        client.echoes = known;
        out_.assign(kServer).append("CAP * ").append(known ? "ACK " : "NAK ").append(words).append("\r\n");
        client.stream->write(out_);
    } else if (verb == "END") {
        client.negotiating = false;
        registered(client);
    }
}

void IrcSide::registered(Client& client) {
    if (client.welcomed || client.negotiating || !client.named || !client.user_given) return;
    client.welcomed = true;
    reply(client, "001", ":Welcome");
    reply(client, "002", ":Your host is irc.bench.test");
    reply(client, "003", ":This server was created today");
    reply(client, "004", "irc.bench.test bench-1 iow bov");
    reply(client, "005",
          "CASEMAPPING=ascii CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,imnpst NICKLEN=30 "
          "CHANNELLEN=50 NETWORK=bench :are supported by this server");
    reply(client, "422", ":There is no message of the day");
}

void IrcSide::joined(Client& client, std::string_view channel) {
    client.channel = channel;
    by_user_[number_after(channel, 2)] = &client;
    out_.assign(":").append(client.nick).append("!u@host.bench.test JOIN ").append(channel).append("\r\n");
    client.stream->write(out_);
    reply(client, "353", "= " + client.channel + " :" + client.nick);
    for (const auto& names : members_) reply(client, "353", "= " + client.channel + " :" + names);
    reply(client, "366", client.channel + " :End of NAMES");
}

void IrcSide::message(Client& client, std::string_view text) {
    if (client.echoes) {
        out_.assign(":")
            .append(client.nick)
            .append("!u@host.bench.test PRIVMSG ")
            .append(text)
            .append("\r\n");
        client.stream->write(out_);
    }
    if (const auto sequence = sequence_in(text)) on_message_(*sequence);
}

void IrcSide::reply(Client& client, std::string_view numeric, std::string_view rest) {
    out_.assign(kServer)
        .append(numeric)
        .append(" ")
        .append(client.nick)
        .append(" ")
        .append(rest)
        .append("\r\n");
    client.stream->write(out_);
}

}  // namespace causeway::bench
