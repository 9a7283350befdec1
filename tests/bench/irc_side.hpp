#pragma once
/// @file tests/bench/irc_side.hpp
/// NAME       IrcSide: an IRC server with one channel a user, and somebody who talks there.
/// WHY        Registration, CAP, JOIN with NAMES, PING and echo-message: what a gateway needs to be at work, no more.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/bench/poller.hpp"
#include "tests/bench/traffic.hpp"

namespace causeway::bench {

/// Does the server confirm messages by sending them back (IRCv3 echo-message)?
enum class EchoMessage : bool { no, yes };

class IrcSide {
public:
    using OnMessage = std::function<void(std::uint32_t sequence)>;

    /// @param members how many there are in each channel besides the user
    IrcSide(Poller& poller, std::uint16_t port, EchoMessage echo, std::uint32_t members,
            OnMessage on_message);

    /// Somebody in the user's channel says message `sequence`.
    void say(std::uint32_t user, std::uint32_t sequence);

private:
    struct Client {
        std::unique_ptr<Stream> stream;
        std::string nick = "*";
        std::string channel;
        bool named = false, user_given = false, negotiating = false, welcomed = false, echoes = false;
    };

    std::size_t lines(Client& client, std::string_view bytes);
    void line(Client& client, std::string_view text);
    void capability(Client& client, std::string_view words);
    void registered(Client& client);
    void joined(Client& client, std::string_view channel);
    void message(Client& client, std::string_view text);
    void reply(Client& client, std::string_view numeric, std::string_view rest);

    EchoMessage echo_;
    std::vector<std::string> members_;  ///< as NAMES lists them, as many a line as fit
    OnMessage on_message_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::unordered_map<std::uint32_t, Client*> by_user_;  // the number in the channel's name
    std::string out_;
    Body body_;
};

}  // namespace causeway::bench
