#include "tests/conformance/recording_host.hpp"

#include <algorithm>
#include <type_traits>

#include <boost/asio/post.hpp>

namespace causeway::conformance {
namespace {

using namespace adapter;

std::string name_of(const model::Conversation& in) {
    return std::visit([](const auto& id) { return id.str(); }, in);
}

/// The conversation that an event belongs to; events of a person or the endpoint are one of their own.
std::string conversation_of(const EventBody& body) {
    return std::visit(
        []<class Event>(const Event& event) -> std::string {
            if constexpr (requires { event.in; }) {
                return name_of(event.in);
            } else if constexpr (requires { event.room; }) {
                return event.room.str();
            } else if constexpr (requires { event.who; }) {
                return event.who.str();
            } else {
                return event.endpoint.str();
            }
        },
        body);
}

void append(std::string& out, const EventBody& body) {
    if (const auto* message = std::get_if<EventMessage>(&body))
        out += message->nick + "\n" + message->text + "\n";
    if (const auto* notice = std::get_if<EventServerNotice>(&body)) out += notice->text + "\n";
    if (const auto* presence = std::get_if<EventPresence>(&body)) out += presence->presence.status + "\n";
    if (const auto* topic = std::get_if<EventTopic>(&body)) out += topic->topic.text + "\n";
    if (const auto* left = std::get_if<EventMemberLeft>(&body)) out += left->reason + "\n";
    if (const auto* lost = std::get_if<EventRoomLost>(&body)) out += lost->reason + "\n";
    out += conversation_of(body) + "\n";
}

}  // namespace

Task<> RecordingHost::pass(std::string conversation) {
    most_at_once_ = std::max(most_at_once_, ++at_once_[conversation]);
    ++waiting_;
    // Never at once: what overruns us would show itself.
    co_await asio::post(co_await asio::this_coro::executor, use_awaitable);
    (void)co_await released_.wait();
    --waiting_;
    --at_once_[conversation];
}

Task<Result<>> RecordingHost::deliver(Event event) {
    offered_.push_back(event.key);
    std::string conversation = conversation_of(event.body);
    co_await pass(std::move(conversation));
    if (failures_ > 0) {
        --failures_;
        co_return fail(Errc::storage, "the test says so");
    }
    if (std::ranges::find(kept_, event.key) != kept_.end()) co_return Result<>{};  // a repeat
    kept_.push_back(event.key);
    events_.push_back(std::move(event.body));
    co_return Result<>{};
}

Task<> RecordingHost::publish(EventBody event) {
    std::string conversation = conversation_of(event);
    co_await pass(std::move(conversation));
    events_.push_back(std::move(event));
}

void RecordingHost::state(SessionState state, std::string reason) noexcept {
    if (state == SessionState::connected) ++connects_;
    reasons_.push_back(std::move(reason));
}

Task<Result<std::optional<std::string>>> RecordingHost::get(std::string key) {
    const auto found = records_.find(key);
    co_return found == records_.end() ? std::nullopt : std::optional(found->second);
}

Task<Result<>> RecordingHost::put(std::string key, std::string value) {
    records_[std::move(key)] = std::move(value);
    co_return Result<>{};
}

std::vector<std::string> RecordingHost::texts(const model::Conversation& in) const {
    std::vector<std::string> result;
    for (const auto& body : events_) {
        const auto* message = std::get_if<EventMessage>(&body);
        if (message != nullptr && message->in == in && !message->from_self) result.push_back(message->text);
    }
    return result;
}

std::string RecordingHost::transcript() const {
    std::string out;
    for (const auto& body : events_) append(out, body);
    for (const auto& body : hints_) append(out, body);
    for (const auto& reason : reasons_) out += reason + "\n";
    for (const auto& [key, value] : records_) out += key + "=" + value + "\n";
    return out;
}

}  // namespace causeway::conformance
