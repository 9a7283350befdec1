/// @file tests/conformance/durable_loopback_under_test.cpp
/// NAME       loopback in its durable class for the suite; its far side is a directory of the test's own.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>

#include "legacy-adapters/loopback/durable.hpp"
#include "tests/conformance/adapter_under_test.hpp"

namespace causeway::conformance {
namespace {

namespace json = boost::json;

class DurableLoopbackUnderTest final : public AdapterUnderTest {
public:
    /// @param manners lines of the script that always hold
    DurableLoopbackUnderTest(asio::io_context& loop, Context context, std::string manners)
        : manners_(std::move(manners)) {
        std::string name = (std::filesystem::temp_directory_path() / "causeway-loopback-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
        write_script();
        loopback::DurableOptions options{.display_name = "Loopback", .journal = at("journal")};
        options.script = at("script");
        options.offers = at("offers");
        options.keeps_order = true;
        options.delivery_reports = true;
        options.latency = Millis(2);
        network_ = loopback::make_durable_network(loop.get_executor(), std::move(options), context);
    }
    ~DurableLoopbackUnderTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    DurableLoopbackUnderTest(const DurableLoopbackUnderTest&) = delete;
    DurableLoopbackUnderTest& operator=(const DurableLoopbackUnderTest&) = delete;

    adapter::Network& network() override { return *network_; }
    std::string contact() const override { return "juliet"; }
    std::string room() const override { return {}; }
    std::optional<std::string> nobody() const override { return std::nullopt; }
    std::vector<std::pair<std::string, std::string>> same() const override {
        return {{"juliet", "Juliet"}, {"juliet", " juliet "}};
    }
    adapter::Answers answers() const override { return {{"username", "romeo"}}; }
    std::string secret() const override { return {}; }

    Task<> speak(adapter::Session&, std::string text) override {
        json::object offer{{"user", "romeo"}, {"contact", "juliet"}, {"text", std::move(text)}};
        offer["key"] = "spoken" + std::to_string(++spoken_);
        std::ofstream(at("offers"), std::ios::app) << json::serialize(offer) << '\n';
        co_return;
    }
    bool has_connection() const override { return true; }
    std::vector<std::string> hostile_bytes() const override {
        return {"\n",        "{\n", "[]\n", "{\"user\":\"romeo\"}\n", std::string(100'000, '[') + "\n",
                "\xFF\xFE\n"};
    }
    void send_raw(std::string_view bytes) override { std::ofstream(at("offers"), std::ios::app) << bytes; }
    void mute() override {
        muted_ = true;
        write_script();
    }
    void unmute() override {
        muted_ = false;
        write_script();
    }
    void disconnect() override {
        ++drops_;
        write_script();
    }
    void stop() override {
        down_ = true;
        write_script();
    }
    std::optional<std::vector<std::string>> heard() const override {
        std::vector<std::string> texts;
        for (const auto& line : raw_units()) {
            const auto taken = json::parse(line).as_object();
            if (taken.at("contact") == "juliet") texts.emplace_back(taken.at("text").as_string());
        }
        return texts;
    }
    std::vector<std::string> raw_units() const override {
        std::vector<std::string> lines;
        std::ifstream journal(at("journal"));
        for (std::string line; std::getline(journal, line);) lines.push_back(line);
        return lines;
    }

private:
    std::string at(const std::string& name) const { return directory_ + "/" + name; }
    void write_script() {
        std::ofstream next(at("script.next"));
        next << "# " << ++versions_ << "\n";
        if (down_) next << "down\n";
        if (drops_ > 0) next << "drop " << drops_ << "\n";
        if (muted_) next << "* silent\n";
        next << manners_;
        next.close();
        std::filesystem::rename(at("script.next"), at("script"));
    }

    std::string manners_;
    std::string directory_;
    std::unique_ptr<adapter::Network> network_;
    bool muted_ = false;
    bool down_ = false;
    int drops_ = 0;
    int versions_ = 0;
    int spoken_ = 0;
};

}  // namespace

std::unique_ptr<AdapterUnderTest> make_durable_loopback(asio::io_context& loop, Context context) {
    return std::make_unique<DurableLoopbackUnderTest>(loop, context, "");
}
std::unique_ptr<AdapterUnderTest> make_submitting_loopback(asio::io_context& loop, Context context) {
    return std::make_unique<DurableLoopbackUnderTest>(loop, context, "* report\n");
}

}  // namespace causeway::conformance
