// What is done once the server has let us in: NickServ, the user's own commands, the nick that somebody else had.
#include <algorithm>

#include "legacy-adapters/irc/client.hpp"

namespace causeway::irc {

void Client::after_login() {
    const std::string& wanted = settings_.login.nick;
    const bool fits = me_.isupport.nicklen == 0 || wanted.size() <= me_.isupport.nicklen;
    reclaims_nick_ = fits && !me_.is_me(wanted);
    nick_tried_ = heard_;
    identify();
    for (const auto& command : settings_.commands) write_own(command);
}

void Client::identify() {
    if (settings_.nickserv_password.empty() || authenticated_) return;
    std::string words = "IDENTIFY ";
    // While our nick is somebody else's, NickServ must be told which account is meant.
    if (!me_.is_me(settings_.login.nick)) words.append(settings_.login.nick).append(" ");
    words += settings_.nickserv_password.reveal();
    auto line = encode("PRIVMSG", {"NickServ", words});
    if (line) {
        write_own(std::string_view(*line).substr(0, line->size() - 2));
        wipe(line->data(), line->size());
    }
    wipe(words.data(), words.size());
}

/// What it says to somebody is awaited like a message, so that neither its echo nor an error is taken for news.
void Client::write_own(std::string_view line) {
    std::string with_end = std::string(line) + "\r\n";
    const auto message = Message::parse(line);
    const bool talks = message && (message->is("PRIVMSG") || message->is("NOTICE")) && message->size() > 1;
    if (!talks) return outbox_.write(std::move(with_end));
    const bool by_fence = !me_.caps.has(Cap::echo_message);
    const auto id = requests_.begin_parts();
    const auto tag =
        requests_.begin_part(id, Ask::message, me_.isupport.fold(message->param(0)),
                             by_fence ? std::string{} : std::string(message->param(1)), by_fence);
    outbox_.write(std::move(with_end), tag);
}

void Client::nick_is_free(std::string_view nick) {
    if (me_.isupport.same(nick, settings_.login.nick)) reclaim_nick();
}

void Client::reclaim_nick() {
    if (!reclaims_nick_ || phase_ != Phase::ready) return;
    const auto asked = [](const Waiting& w) { return w.ask == Ask::nick; };
    if (requests_.oldest(asked) != nullptr) return;
    nick_tried_ = heard_;
    const std::string& nick = settings_.login.nick;
    (void)ask(Ask::nick, {}, nick, encode("NICK", {nick}), true);  // nobody waits; what comes of it is seen
}

}  // namespace causeway::irc
