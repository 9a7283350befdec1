/// @file tests/bench/relay.cpp
/// NAME       bench_relay: the bound. expat in, socket out, nothing else.
/// WHY        What no gateway can be cheaper than: it parses the component stream with expat and copies bodies to
///            IRC, and copies IRC lines into stanzas. No state but who sits where, no checks, no features.
/// USE        bench_relay XMPP_PORT IRC_PORT COMPONENT_JID
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <expat.h>

#include "tests/bench/poller.hpp"

namespace causeway::bench {
namespace {

/// One user in one room, with a connection of its own.
struct Seat {
    std::string user;     ///< full JID
    std::string room;     ///< bare JID
    std::string channel;  ///< `#c1`
    std::string nick;
    std::unique_ptr<Stream> irc;
};

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '\'':
                out += "&apos;";
                break;
            default:
                out += c;
        }
    }
}

class Relay {
public:
    Relay(std::uint16_t xmpp_port, std::uint16_t irc_port, std::string_view jid)
        : irc_port_(irc_port), xmpp_(poller_.connect(xmpp_port)), parser_(XML_ParserCreate(nullptr)) {
        XML_SetUserData(parser_, this);
        XML_SetElementHandler(parser_, &Relay::on_start, &Relay::on_end);
        XML_SetCharacterDataHandler(parser_, &Relay::on_text);
        xmpp_->on_data([this](std::string_view bytes) { return parse(bytes); });
        xmpp_->on_close([this] { running_ = false; });
        xmpp_->write(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "
            "to='");
        xmpp_->write(jid);
        xmpp_->write("'>");
    }
    ~Relay() { XML_ParserFree(parser_); }
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    void run() {
        while (running_) poller_.turn();
    }

private:
    std::size_t parse(std::string_view bytes) {
        if (XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), XML_FALSE) == XML_STATUS_ERROR) {
            std::fputs("bench_relay: the stream is not XML\n", stderr);
            running_ = false;
        }
        return bytes.size();
    }

    static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
        static_cast<Relay*>(self)->start(name, attributes);
    }
    static void on_end(void* self, const XML_Char* name) { static_cast<Relay*>(self)->end(name); }
    static void on_text(void* self, const XML_Char* text, int size) {
        auto& relay = *static_cast<Relay*>(self);
        if (relay.in_body_) relay.body_.append(text, static_cast<std::size_t>(size));
    }

    void start(std::string_view name, const XML_Char** attributes) {
        ++depth_;
        if (depth_ == 1) return xmpp_->write("<handshake>0</handshake>");
        if (depth_ == 3) in_body_ = name == "body";
        if (depth_ != 2) return;
        body_.clear();
        for (std::size_t i = 0; attributes[i] != nullptr; i += 2) {
            const std::string_view attribute = attributes[i];
            if (attribute == "from") from_ = attributes[i + 1];
            if (attribute == "to") to_ = attributes[i + 1];
            if (attribute == "id") id_ = attributes[i + 1];
        }
    }

    void end(std::string_view name) {
        --depth_;
        if (depth_ == 2) in_body_ = false;
        if (depth_ != 1) return;
        if (name == "message") say();
        if (name == "presence") join();
    }

    void join() {
        const auto slash = to_.find('/');
        const auto percent = to_.find('%');
        if (slash == std::string::npos || percent == std::string::npos || seats_.contains(from_)) return;
        auto seat = std::make_unique<Seat>(Seat{.user = from_,
                                                .room = to_.substr(0, slash),
                                                .channel = to_.substr(0, percent),
                                                .nick = to_.substr(slash + 1),
                                                .irc = poller_.connect(irc_port_)});
        seat->irc->on_data(
            [this, &target = *seat](std::string_view bytes) { return irc_lines(target, bytes); });
        seat->irc->write("NICK " + seat->nick + "\r\nUSER " + seat->nick + " 0 * :bench\r\nJOIN " +
                         seat->channel + "\r\n");
        seats_[from_] = std::move(seat);
    }

    void say() {
        const auto found = seats_.find(from_);
        if (found == seats_.end()) return;
        Seat& seat = *found->second;
        line_.assign("PRIVMSG ").append(seat.channel).append(" :").append(body_).append("\r\n");
        seat.irc->write(line_);
        groupchat(seat, seat.nick, id_, body_);  // as XEP-0045 demands: one's own words come back
    }

    void groupchat(const Seat& seat, std::string_view nick, std::string_view id, std::string_view text) {
        line_.assign("<message type='groupchat' from='").append(seat.room).append("/").append(nick);
        line_.append("' to='").append(seat.user).append("' id='").append(id).append("'><body>");
        append_escaped(line_, text);
        line_.append("</body></message>");
        xmpp_->write(line_);
    }

    std::size_t irc_lines(Seat& seat, std::string_view bytes) {
        std::size_t used = 0;
        for (auto end = bytes.find("\r\n"); end != std::string_view::npos; end = bytes.find("\r\n", used)) {
            irc_line(seat, bytes.substr(used, end - used));
            used = end + 2;
        }
        return used;
    }

    void irc_line(const Seat& seat, std::string_view line) {
        if (line.starts_with("PING ")) return seat.irc->write("PONG " + std::string(line.substr(5)) + "\r\n");
        const auto command = line.find(' ') + 1;
        const auto words = line.substr(command);
        if (words.starts_with("PRIVMSG ")) {
            const auto text = words.find(" :");
            if (text == std::string_view::npos) return;
            return groupchat(seat, line.substr(1, line.find('!') - 1), "0", words.substr(text + 2));
        }
        if (words.starts_with("353 ")) names(seat, words.substr(words.find(" :") + 2));
        if (words.starts_with("366 ")) presence(seat, seat.nick, "<status code='110'/>");
    }

    void names(const Seat& seat, std::string_view list) {
        while (!list.empty()) {
            const auto nick = list.substr(0, list.find(' '));
            list.remove_prefix(std::min(list.size(), nick.size() + 1));
            if (!nick.empty() && nick != seat.nick) presence(seat, nick, "");
        }
    }

    void presence(const Seat& seat, std::string_view nick, std::string_view status) {
        line_.assign("<presence from='")
            .append(seat.room)
            .append("/")
            .append(nick)
            .append("' to='")
            .append(seat.user);
        line_.append(
            "'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' "
            "role='participant'/>");
        line_.append(status).append("</x></presence>");
        xmpp_->write(line_);
    }

    Poller poller_;
    std::uint16_t irc_port_;
    std::unique_ptr<Stream> xmpp_;
    XML_Parser parser_;
    bool running_ = true;
    int depth_ = 0;
    bool in_body_ = false;
    std::string from_, to_, id_, body_, line_;
    std::unordered_map<std::string, std::unique_ptr<Seat>> seats_;  // by full JID: one room each
};

}  // namespace
}  // namespace causeway::bench

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    if (words.size() != 4) {
        std::fputs("usage: bench_relay XMPP_PORT IRC_PORT COMPONENT_JID\n", stderr);
        return 2;
    }
    causeway::bench::Relay relay(static_cast<std::uint16_t>(std::stoi(words[1])),
                                 static_cast<std::uint16_t>(std::stoi(words[2])), words[3]);
    relay.run();
    return 0;
}
