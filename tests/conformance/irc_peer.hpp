#pragma once
/// @file tests/conformance/irc_peer.hpp
/// NAME       IrcPeer: a small IRC server on loopback, in the test's own loop, that can misbehave on purpose.
/// WHY        The suite needs a far side that answers, speaks, falls silent, drops connections, and remembers every
///            line, without the time and chance of a real server.
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "gateway/base/task.hpp"

namespace causeway::conformance {

class IrcPeer {
public:
    explicit IrcPeer(asio::io_context& loop);
    ~IrcPeer();
    IrcPeer(const IrcPeer&) = delete;
    IrcPeer& operator=(const IrcPeer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// While muted it reads and remembers, and answers nothing.
    void set_muted(bool muted) noexcept { muted_ = muted; }
    void drop_all();
    void stop();
    /// To every client that has registered; `%nick%` becomes the client's nick.
    void send(std::string_view bytes);

    /// Every line that came from clients, in order.
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    /// Texts of PRIVMSGs to `target`.
    [[nodiscard]] std::vector<std::string> said_to(std::string_view target) const;

private:
    struct Client {
        explicit Client(asio::ip::tcp::socket connected) : socket(std::move(connected)) {}
        asio::ip::tcp::socket socket;
        std::string nick = "*";
        std::string out;
        bool user_given = false;
        bool negotiating = false;
        bool welcomed = false;
        bool writing = false;
    };

    [[nodiscard]] Task<> accept();
    [[nodiscard]] Task<> serve(std::shared_ptr<Client> client);
    [[nodiscard]] Task<> write_out(std::shared_ptr<Client> client);
    void line(const std::shared_ptr<Client>& client, const std::string& text);
    void command(const std::shared_ptr<Client>& client, const std::vector<std::string>& words);
    void joined(const std::shared_ptr<Client>& client, const std::string& channel);
    void register_if_complete(const std::shared_ptr<Client>& client);
    void reply(const std::shared_ptr<Client>& client, std::string_view text);

    asio::io_context& loop_;
    asio::ip::tcp::acceptor acceptor_;
    std::set<std::shared_ptr<Client>> clients_;
    std::vector<std::string> lines_;
    bool muted_ = false;
};

}  // namespace causeway::conformance
