/// @file tests/conformance/loopback_under_test.cpp
/// NAME       loopback for the suite: its contacts speak when they are spoken to.
#include "legacy-adapters/loopback/loopback.hpp"
#include "tests/conformance/adapter_under_test.hpp"

namespace causeway::conformance {
namespace {

class LoopbackUnderTest final : public AdapterUnderTest {
public:
    LoopbackUnderTest(asio::io_context& loop, Context context)
        : network_(loopback::make_network(loop.get_executor(), "Loopback", context)) {}

    adapter::Network& network() override { return *network_; }
    std::string contact() const override { return "juliet"; }
    std::string room() const override { return "#balcony"; }
    std::optional<std::string> nobody() const override { return std::nullopt; }
    std::vector<std::pair<std::string, std::string>> same() const override {
        return {{"juliet", "Juliet"}, {"#balcony", "#BALCONY"}, {"juliet", " juliet "}};
    }
    adapter::Answers answers() const override { return {{"username", "romeo"}}; }
    std::string secret() const override { return {}; }

    Task<> speak(adapter::Session& session, std::string text) override {
        return echo(session, ContactId("juliet"), std::move(text));
    }
    Task<> speak_in_room(adapter::Session& session, std::string text) override {
        return echo(session, RoomId("#balcony"), std::move(text));
    }
    bool has_connection() const override { return false; }
    std::optional<std::vector<std::string>> heard() const override { return std::nullopt; }

private:
    Task<> echo(adapter::Session& session, model::Conversation to, std::string text) {
        model::OutgoingMessage message{.key = MessageKey("spoken" + std::to_string(++count_)),
                                       .to = std::move(to)};
        message.text = std::move(text);
        (void)co_await session.send(std::move(message), SteadyTime::max());
    }

    std::unique_ptr<adapter::Network> network_;
    int count_ = 0;
};

}  // namespace

std::unique_ptr<AdapterUnderTest> make_loopback(asio::io_context& loop, Context context) {
    return std::make_unique<LoopbackUnderTest>(loop, context);
}

}  // namespace causeway::conformance
