#pragma once
/// @file tests/conformance/recording_host.hpp
/// NAME       RecordingHost, RecordingSink: the gateway's side of the door, which remembers everything.
/// WHY        The rules of the door are about what the gateway sees; so the suite looks from there.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "gateway/base/async.hpp"
#include "gateway/base/log.hpp"

namespace causeway::conformance {

class RecordingHost final : public adapter::SessionHost, public adapter::Records {
public:
    struct Report {
        MessageKey key;
        model::DeliveryStage stage;
    };

    explicit RecordingHost(const Executor& executor) : released_(executor) { released_.open(); }

    // ---- what the test turns
    /// From now on deliver() and publish() do not return, as when XMPP is slow.
    void hold() { released_.close(); }
    void release() { released_.open(); }
    void fail_deliveries(int count) { failures_ = count; }

    // ---- what the test looks at
    /// Everything published, and everything that a deliver() has kept, in order.
    [[nodiscard]] const std::vector<adapter::EventBody>& events() const noexcept { return events_; }
    [[nodiscard]] const std::vector<adapter::EventBody>& hints() const noexcept { return hints_; }
    [[nodiscard]] const std::vector<EventKey>& offered() const noexcept { return offered_; }
    [[nodiscard]] const std::vector<EventKey>& kept() const noexcept { return kept_; }
    [[nodiscard]] const std::vector<Report>& reports() const noexcept { return reports_; }
    [[nodiscard]] int connects() const noexcept { return connects_; }
    [[nodiscard]] int most_at_once() const noexcept { return most_at_once_; }
    [[nodiscard]] int waiting() const noexcept { return waiting_; }
    /// Texts of all messages in `in`, in order.
    [[nodiscard]] std::vector<std::string> texts(const model::Conversation& in) const;
    /// Everything that was said to the gateway, as one text: nothing secret may be in it.
    [[nodiscard]] std::string transcript() const;

    // ---- SessionHost
    Task<Result<>> deliver(adapter::Event event) override;
    Task<> publish(adapter::EventBody event) override;
    void hint(adapter::EventBody event) noexcept override { hints_.push_back(std::move(event)); }
    void report(MessageKey key, model::DeliveryStage stage, std::optional<Error>) noexcept override {
        reports_.push_back({std::move(key), stage});
    }
    void state(adapter::SessionState state, std::string reason) noexcept override;
    [[nodiscard]] adapter::Records& records() noexcept override { return *this; }

    // ---- Records
    Task<Result<std::optional<std::string>>> get(std::string key) override;
    Task<Result<>> put(std::string key, std::string value) override;

private:
    [[nodiscard]] Task<> pass(std::string conversation);

    Gate released_;
    std::vector<adapter::EventBody> events_;
    std::vector<adapter::EventBody> hints_;
    std::vector<EventKey> offered_;
    std::vector<EventKey> kept_;
    std::vector<Report> reports_;
    std::vector<std::string> reasons_;
    std::map<std::string, std::string> records_;
    std::map<std::string, int> at_once_;  // by conversation
    int most_at_once_ = 0;
    int waiting_ = 0;
    int failures_ = 0;
    int connects_ = 0;
};

/// Keeps every line that is logged, debug included.
class RecordingSink final : public log::Sink {
public:
    [[nodiscard]] bool enabled(log::Level) const noexcept override { return true; }
    void write(const log::Message& message, std::span<const log::Field> fields) noexcept override {
        text_ += log::render(message, fields, log::Format::json) + "\n";
    }
    [[nodiscard]] std::string person(std::string_view) const override { return "aaaaaaaaaa"; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace causeway::conformance
