/// @file tests/conformance/irc_under_test.cpp
/// NAME       irc for the suite, against IrcPeer.
#include "legacy-adapters/irc/network.hpp"
#include "tests/conformance/adapter_under_test.hpp"
#include "tests/conformance/irc_peer.hpp"

namespace causeway::conformance {
namespace {

constexpr std::string_view kSecret = "s3cr3t-parting-is-such";

irc::NetworkOptions options(std::uint16_t port) {
    irc::NetworkOptions result;
    result.name = "irc";
    result.servers = {{.name = "irc.test", .host = "127.0.0.1", .port = port, .tls = false}};
    result.flood = {.burst = 0, .lines_per_second = 0};
    return result;
}

class IrcUnderTest final : public AdapterUnderTest {
public:
    IrcUnderTest(asio::io_context& loop, Context context)
        : peer_(loop), network_(irc::make_network(loop.get_executor(), options(peer_.port()), context)) {}

    adapter::Network& network() override { return *network_; }
    std::string contact() const override { return "juliet%irc.test"; }
    std::string room() const override { return "#balcony%irc.test"; }
    std::optional<std::string> nobody() const override { return "ghost%irc.test"; }
    std::vector<std::pair<std::string, std::string>> same() const override {
        return {{"juliet%irc.test", "Juliet%IRC.test"}, {"#balcony%irc.test", "#BALCONY%irc.test"}};
    }
    adapter::Answers answers() const override {
        return {{"nick", "romeo"}, {"server_password", std::string(kSecret)}};
    }
    std::string secret() const override { return std::string(kSecret); }

    Task<> speak(adapter::Session&, std::string text) override {
        peer_.send(":juliet!j@capulet.test PRIVMSG %nick% :" + text);
        co_return;
    }
    Task<> speak_in_room(adapter::Session&, std::string text) override {
        peer_.send(":juliet!j@capulet.test PRIVMSG #balcony :" + text);
        co_return;
    }
    std::vector<std::string> hostile_bytes() const override {
        using namespace std::string_literals;
        const std::string talk = ":juliet!j@capulet.test PRIVMSG %nick% :";
        return {talk + "overlong \xC0\xAF\xE0\x80\xAF",
                talk + "beyond \xF5\x80\x80\x80 \xF4\x90\x80\x80",
                talk + "surrogate \xED\xA0\x80",
                talk + "cut \xE2\x82",
                talk + "nul \0 after"s,
                talk + "controls \x01\x02\x1b\x7f \xEF\xBF\xBE",
                talk + std::string(64 * 1024, 'x'),
                ":\xC0\xAF!\xFF@\xFE PRIVMSG %nick% :\xFF",
                ":",
                "@",
                "@= :",
                ":x",
                "   ",
                "353",
                ":irc.test 353",
                ":irc.test 366 %nick%",
                ":juliet NICK",
                ":juliet JOIN",
                ":romeo JOIN :",
                "PING",
                "CAP",
                "CAP * ACK",
                ":irc.test 005 %nick% PREFIX=( CHANTYPES= NICKLEN=99999999999999999999 CASEMAPPING= :x"};
    }
    void send_raw(std::string_view bytes) override { peer_.send(bytes); }
    bool has_connection() const override { return true; }
    void mute() override { peer_.set_muted(true); }
    void unmute() override { peer_.set_muted(false); }
    void disconnect() override { peer_.drop_all(); }
    void stop() override { peer_.stop(); }
    std::optional<std::vector<std::string>> heard() const override { return peer_.said_to("juliet"); }
    std::vector<std::string> raw_units() const override { return peer_.lines(); }

private:
    IrcPeer peer_;
    std::unique_ptr<adapter::Network> network_;
};

}  // namespace

std::unique_ptr<AdapterUnderTest> make_irc(asio::io_context& loop, Context context) {
    return std::make_unique<IrcUnderTest>(loop, context);
}

}  // namespace causeway::conformance
