#pragma once
/// @file tests/conformance/adapter_under_test.hpp
/// NAME       AdapterUnderTest: what the suite needs of an adapter and of its far side. Implement it, add one line
///            to instances.cpp, and the whole suite runs over the new adapter.
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "gateway/adapter/adapter.hpp"

namespace causeway::conformance {

class AdapterUnderTest {
public:
    virtual ~AdapterUnderTest() = default;

    [[nodiscard]] virtual adapter::Network& network() = 0;

    // ---- names, as somebody would type them
    [[nodiscard]] virtual std::string contact() const = 0;  ///< one who is there and talks
    [[nodiscard]] virtual std::string room() const = 0;     ///< one that may be entered; "" = there are none
    [[nodiscard]] virtual std::optional<std::string> nobody()
        const = 0;  ///< one whom the network does not know
    /// Pairs of writings of the same thing.
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> same() const = 0;
    /// A login that works. `secret()` is in it, or empty where the network knows no secrets.
    [[nodiscard]] virtual adapter::Answers answers() const = 0;
    [[nodiscard]] virtual std::string secret() const = 0;

    // ---- the far side
    /// The contact says something to the user; in the room that the user has entered.
    [[nodiscard]] virtual Task<> speak(adapter::Session& session, std::string text) = 0;
    [[nodiscard]] virtual Task<> speak_in_room(adapter::Session& /*session*/, std::string /*text*/) {
        co_return;
    }
    /// Bytes of a bad network, in whatever framing it has.
    [[nodiscard]] virtual std::vector<std::string> hostile_bytes() const { return {}; }
    virtual void send_raw(std::string_view /*bytes*/) {}
    /// False where there is no far side that could go away.
    [[nodiscard]] virtual bool has_connection() const = 0;
    virtual void mute() {}  ///< keeps its connections, answers nothing from now on
    virtual void unmute() {}
    virtual void disconnect() {}  ///< drops all connections; accepts new ones
    virtual void stop() {}        ///< nothing of the far side stays scheduled
    /// Texts that have reached the contact, in order; empty optional: look at what comes back instead.
    [[nodiscard]] virtual std::optional<std::vector<std::string>> heard() const = 0;
    /// Every unit of the protocol (line, frame) that has come from the adapter.
    [[nodiscard]] virtual std::vector<std::string> raw_units() const { return {}; }
};

struct Instance {
    std::string name;
    std::unique_ptr<AdapterUnderTest> (*make)(asio::io_context& loop, Context context);
};

/// For GoogleTest's messages.
inline void PrintTo(const Instance& instance, std::ostream* out) {
    *out << instance.name;
}

/// All adapters that the suite runs over.
[[nodiscard]] std::vector<Instance> instances();

std::unique_ptr<AdapterUnderTest> make_loopback(asio::io_context& loop, Context context);
std::unique_ptr<AdapterUnderTest> make_durable_loopback(asio::io_context& loop, Context context);
std::unique_ptr<AdapterUnderTest> make_submitting_loopback(asio::io_context& loop, Context context);
std::unique_ptr<AdapterUnderTest> make_irc(asio::io_context& loop, Context context);

}  // namespace causeway::conformance
