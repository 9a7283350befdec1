#pragma once
/// @file tests/unit/component/link_fixture.hpp
/// NAME       A scripted XMPP server on a loopback port, in the loop of the Link under test; certificates for it.
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "component/stream/link.hpp"
#include "gateway/base/async.hpp"

namespace causeway::xmpp::test {

using asio::ip::tcp;

/// The server's end of one connection.
class Peer {
public:
    explicit Peer(tcp::socket socket) : socket_(std::move(socket)) {}

    /// @return false when the handshake failed
    Task<bool> start_tls(asio::ssl::context& context) {
        tls_.emplace(socket_, context);
        boost::system::error_code error;
        co_await tls_->async_handshake(asio::ssl::stream_base::server,
                                       asio::redirect_error(use_awaitable, error));
        co_return !error;
    }

    Task<> write(std::string bytes) {
        boost::system::error_code error;
        if (tls_) {
            co_await asio::async_write(*tls_, asio::buffer(bytes),
                                       asio::redirect_error(use_awaitable, error));
        } else {
            co_await asio::async_write(socket_, asio::buffer(bytes),
                                       asio::redirect_error(use_awaitable, error));
        }
    }

    /// What came up to and including `mark`; the rest stays. At the end of the stream: all there was.
    Task<std::string> read_until(std::string mark) {
        while (!ended_ && seen_.find(mark) == std::string::npos) co_await read_more();
        const std::size_t at = seen_.find(mark);
        const std::size_t count = at == std::string::npos ? seen_.size() : at + mark.size();
        std::string result = seen_.substr(0, count);
        seen_.erase(0, count);
        co_return result;
    }

    /// One read of whatever is there.
    Task<> read_more() {
        std::string buffer(256 * 1024, '\0');
        boost::system::error_code error;
        std::size_t count = 0;
        if (tls_) {
            count = co_await tls_->async_read_some(asio::buffer(buffer),
                                                   asio::redirect_error(use_awaitable, error));
        } else {
            count = co_await socket_.async_read_some(asio::buffer(buffer),
                                                     asio::redirect_error(use_awaitable, error));
        }
        if (error) ended_ = true;
        seen_.append(buffer, 0, count);
    }
    Task<> read_to_end() {
        while (!ended_) co_await read_more();
    }

    /// Header, handshake, and our component's first ping to itself, which is looped back.
    Task<> let_in() {
        co_await let_in_without_loop();
        co_await loop_ping();
    }
    Task<> let_in_without_loop() {
        co_await offer();
        co_await write("<handshake/>");
    }
    /// Up to the digest, which is not judged.
    Task<> offer() {
        co_await read_until("to=");
        co_await write(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            "xmlns:stream='http://etherx.jabber.org/streams' from='gw.test' id='s1'>");
        co_await read_until("</handshake>");
    }
    /// Reads up to the next IQ's end and sends the IQ back. @return everything that was read
    Task<std::string> loop_ping() {
        std::string read = co_await read_until("</iq>");
        const std::size_t at = read.rfind("<iq ");
        if (at != std::string::npos) co_await write(read.substr(at));
        co_return read;
    }

    void cut() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        ended_ = true;
    }
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] const std::string& unread() const { return seen_; }

private:
    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
    std::string seen_;
    bool ended_ = false;
};

/// Writes down what the Link says, and wakes who waits for it.
class Gateway final : public LinkHandler {
public:
    explicit Gateway(const Executor& executor) : changed_(executor) {}

    void on_stanza(Stanza stanza) override {
        ids.push_back(stanza.head.id);
        if (answer_with != nullptr) {
            auto reply =
                make_stanza(StanzaKind::message, stanza.head.to, stanza.head.from, "", stanza.head.id);
            EXPECT_TRUE(answer_with->send(reply));
        }
        news();
    }
    void on_oversize(StanzaHead, std::string_view) override { news(); }
    void on_up() override {
        ++ups;
        news();
    }
    void on_down(const Error& why) override {
        downs.push_back(why);
        news();
    }

    /// Until `condition` holds; the test's own time limit ends it otherwise.
    template <class Condition>
    Task<> until(Condition condition) {
        while (!condition()) {
            changed_.close();
            co_await changed_.wait();
        }
    }

    int ups = 0;
    std::vector<Error> downs;
    std::vector<std::string> ids;
    Link* answer_with = nullptr;

private:
    void news() { changed_.open(); }

    Gate changed_;
};

class RecordingSink final : public log::Sink {
public:
    explicit RecordingSink(const Executor& executor) : first_line(executor) {}

    [[nodiscard]] bool enabled(log::Level) const noexcept override { return true; }
    void write(const log::Message& message, std::span<const log::Field>) noexcept override {
        ids.emplace_back(message.id);
        first_line.open();
    }
    [[nodiscard]] std::string person(std::string_view) const override { return "person"; }

    std::vector<std::string> ids;
    Gate first_line;
};

/// A certificate authority of our own, and a certificate for `xmpp.test` that it signed.
class Certificates {
public:
    Certificates() {
        std::string pattern = (std::filesystem::temp_directory_path() / "causeway-link-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        const std::string key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 ";
        openssl("req -x509" + key + "-subj /CN=ca -keyout " + path("ca.key") + " -out " + path("ca.pem"));
        openssl("req -x509" + key + "-subj /CN=other -keyout " + path("other.key") + " -out " +
                path("other.pem"));
        openssl("req -x509" + key + "-subj /CN=server -CA " + path("ca.pem") + " -CAkey " + path("ca.key") +
                " -addext subjectAltName=DNS:xmpp.test -addext basicConstraints=critical,CA:FALSE -keyout " +
                path("server.key") + " -out " + path("server.pem"));
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    [[nodiscard]] asio::ssl::context server_context() const {
        asio::ssl::context context(asio::ssl::context::tls_server);
        context.use_certificate_chain_file(path("server.pem"));
        context.use_private_key_file(path("server.key"), asio::ssl::context::pem);
        return context;
    }

private:
    static void openssl(const std::string& arguments) {
        const std::string command = "openssl " + arguments + " >/dev/null 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }

    std::filesystem::path folder_;
};

}  // namespace causeway::xmpp::test
