#include "tests/conformance/irc_peer.hpp"

#include <array>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "gateway/base/async.hpp"

namespace causeway::conformance {
namespace {

using asio::ip::tcp;

/// Words of a line; the one after " :" keeps its spaces.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        if (line.front() == ':' && !words.empty()) {
            words.emplace_back(line.substr(1));
            break;
        }
        const auto word = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(line.size(), word.size() + 1));
        if (!word.empty()) words.emplace_back(word);
    }
    return words;
}

}  // namespace

IrcPeer::IrcPeer(asio::io_context& loop)
    : loop_(loop), acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    spawn(loop_.get_executor(), accept());
}

IrcPeer::~IrcPeer() {
    stop();
}

std::uint16_t IrcPeer::port() const {
    return acceptor_.local_endpoint().port();
}

Task<> IrcPeer::accept() {
    while (true) {
        boost::system::error_code error;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(use_awaitable, error));
        if (error) co_return;
        auto client = std::make_shared<Client>(std::move(socket));
        clients_.insert(client);
        spawn(loop_.get_executor(), serve(client));
    }
}

Task<> IrcPeer::serve(std::shared_ptr<Client> client) {
    std::array<char, 16 * 1024> chunk;
    std::string unread;
    while (true) {
        boost::system::error_code error;
        const auto count = co_await client->socket.async_read_some(
            asio::buffer(chunk), asio::redirect_error(use_awaitable, error));
        if (error) break;
        unread.append(chunk.data(), count);
        for (auto end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
            std::string text = unread.substr(0, end);
            unread.erase(0, end + 1);
            if (text.ends_with('\r')) text.pop_back();
            line(client, text);
        }
    }
    clients_.erase(client);
}

Task<> IrcPeer::write_out(std::shared_ptr<Client> client) {
    while (!client->out.empty()) {
        const std::string bytes = std::exchange(client->out, {});
        boost::system::error_code error;
        co_await asio::async_write(client->socket, asio::buffer(bytes),
                                   asio::redirect_error(use_awaitable, error));
        if (error) co_return;
    }
    client->writing = false;
}

void IrcPeer::drop_all() {
    for (const auto& client : clients_) {
        boost::system::error_code ignored;
        client->socket.close(ignored);
    }
}

void IrcPeer::stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    drop_all();
}

void IrcPeer::send(std::string_view bytes) {
    for (const auto& client : clients_) {
        std::string text(bytes);
        if (const auto at = text.find("%nick%"); at != std::string::npos) text.replace(at, 6, client->nick);
        if (client->welcomed) reply(client, text);
    }
}

std::vector<std::string> IrcPeer::said_to(std::string_view target) const {
    std::vector<std::string> result;
    for (const auto& text : lines_) {
        const auto words = words_of(text);
        if (words.size() == 3 && words[0] == "PRIVMSG" && words[1] == target) result.push_back(words[2]);
    }
    return result;
}

void IrcPeer::line(const std::shared_ptr<Client>& client, const std::string& text) {
    lines_.push_back(text);
    if (muted_) return;
    const auto words = words_of(text);
    if (!words.empty()) command(client, words);
}

void IrcPeer::command(const std::shared_ptr<Client>& client, const std::vector<std::string>& words) {
    const std::string first = words.size() > 1 ? words[1] : "";
    const std::string prefix = ":" + client->nick + "!user@host.test ";
    if (words[0] == "CAP") {
        client->negotiating = first != "END";
        if (first == "LS") reply(client, ":irc.test CAP * LS :");
        if (first == "REQ") reply(client, ":irc.test CAP * NAK :" + words.back());
    } else if (words[0] == "NICK") {
        if (client->welcomed) reply(client, prefix + "NICK :" + first);
        client->nick = first;
    } else if (words[0] == "USER") {
        client->user_given = true;
    } else if (words[0] == "PING") {
        reply(client, ":irc.test PONG irc.test :" + first);
    } else if (words[0] == "JOIN") {
        joined(client, first);
    } else if (words[0] == "PART") {
        reply(client, prefix + "PART " + first + " :" + (words.size() > 2 ? words[2] : ""));
    } else if (words[0] == "TOPIC" && words.size() > 2) {
        reply(client, prefix + "TOPIC " + first + " :" + words[2]);
    } else if (words[0] == "PRIVMSG" && first == "ghost") {
        reply(client, ":irc.test 401 " + client->nick + " ghost :No such nick/channel");
    } else if (words[0] == "KICK" && words.size() > 2) {
        reply(client, ":irc.test 482 " + client->nick + " " + first + " :You're not channel operator");
    } else if (words[0] == "MODE") {
        reply(client, ":irc.test 324 " + client->nick + " " + first + " +nt");
    } else if (words[0] == "ISON") {
        reply(client, ":irc.test 303 " + client->nick + " :juliet");
    } else if (words[0] == "USERHOST") {
        reply(client, ":irc.test 302 " + client->nick + " :juliet=+j@capulet.test");
    } else if (words[0] == "QUIT") {
        reply(client, "ERROR :Closing link");
    }
    register_if_complete(client);
}

void IrcPeer::joined(const std::shared_ptr<Client>& client, const std::string& channel) {
    reply(client, ":" + client->nick + "!user@host.test JOIN " + channel);
    reply(client, ":irc.test 353 " + client->nick + " = " + channel + " :" + client->nick + " @juliet");
    reply(client, ":irc.test 366 " + client->nick + " " + channel + " :End of /NAMES list");
}

void IrcPeer::register_if_complete(const std::shared_ptr<Client>& client) {
    if (client->welcomed || client->negotiating || !client->user_given || client->nick == "*") return;
    client->welcomed = true;
    reply(client, ":irc.test 001 " + client->nick + " :Welcome");
    reply(client, ":irc.test 005 " + client->nick +
                      " CASEMAPPING=ascii CHANTYPES=# PREFIX=(ov)@+ NICKLEN=30 :are supported");
    reply(client, ":irc.test 422 " + client->nick + " :There is no message of the day");
}

void IrcPeer::reply(const std::shared_ptr<Client>& client, std::string_view text) {
    client->out.append(text).append("\r\n");
    if (!std::exchange(client->writing, true)) spawn(loop_.get_executor(), write_out(client));
}

}  // namespace causeway::conformance
