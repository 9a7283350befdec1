#include "legacy-adapters/loopback/loopback.hpp"

#include <deque>
#include <map>

#include "gateway/base/async.hpp"
#include "gateway/base/text.hpp"

namespace causeway::loopback {
namespace {
using namespace adapter;
constexpr std::size_t kMostAnswers = 1024;  // what the far side remembers
/// The far side is the queue `answers_`; run() is what reads it, one answer at a time, as from a socket.
class LoopbackSession final : public Session, public Rooms, public Roster {
public:
    LoopbackSession(const Executor& executor, const NetworkInfo& info, SessionHost& host)
        : info_(info), host_(host), wake_(executor), ended_(executor) {
        ended_.open();
    }
    Task<Error> run() override {
        ended_.close();
        host_.state(SessionState::connected, {});
        for (bool kept = true; kept && !closing_;) {
            if (answers_.empty()) {
                wake_.close();
                co_await wake_.wait();
            } else {  // what the gateway could not keep stays here, and comes again in the next run()
                kept = co_await hand_over(answers_.front());
                if (kept) answers_.pop_front();
            }
        }
        nicks_.clear();
        ended_.open();
        co_return make_error(closing_ ? Errc::cancelled : Errc::not_connected);
    }
    Task<> close(std::string, SteadyTime deadline) override {
        closing_ = true;
        wake_.open();
        co_await ended_.wait(deadline);
    }
    Task<Result<SendOutcome>> send(OutgoingMessage message, SteadyTime) override {
        if (ended_.is_open()) co_return fail({.code = Errc::not_connected, .retry = Retry::when_connected});
        if (answers_.size() >= kMostAnswers) co_return fail({Errc::rate_limited, Retry::later});
        const auto* room = std::get_if<RoomId>(&message.to);
        if (room != nullptr && !nicks_.contains(*room)) co_return fail(Errc::refused, "not in the room");
        const LegacyMessageId id(message.key.str());  // sent twice, it is still the same message
        EventMessage echo{.in = message.to, .nick = room != nullptr ? "echo" : "", .id = id};
        echo.from = room != nullptr ? ContactId("echo") : std::get<ContactId>(message.to);
        echo.kind = message.kind;
        echo.text = text::repair(message.text);
        wake_.open();
        answers_.push_back(
            {.key = EventKey(room != nullptr ? "" : "echo/" + id.str()), .body = std::move(echo)});
        co_return Accepted{.parts = {id}};
    }
    Capabilities capabilities(const Conversation&) const noexcept override { return info_.capabilities; }
    Rooms* rooms() noexcept override { return this; }
    Roster* roster() noexcept override { return this; }
    Task<RoomResult<model::RoomSnapshot>> join(RoomId room, std::string nick, Secret<>, SteadyTime) override {
        if (ended_.is_open()) co_return std::unexpected(RoomError{make_error(Errc::not_connected), {}, {}});
        nicks_.insert_or_assign(room, nick);
        const model::Member self{.nick = nick, .contact = ContactId(nick)};
        const model::Member echo{.nick = "echo", .contact = ContactId("echo")};
        co_return model::RoomSnapshot{.room = room, .own_nick = nick, .members = {self, echo}};
    }
    Task<Result<>> leave(RoomId room, std::string, SteadyTime) override {
        answers_.push_back({.body = EventMemberLeft{.room = room, .nick = nicks_[room], .self = true}});
        nicks_.erase(room);
        wake_.open();
        co_return Result<>{};
    }
    Task<Result<>> add(ContactId who, SteadyTime) override {
        host_.hint(EventPresence{.who = who, .presence = {.show = model::Availability::online}});
        co_return Result<>{};
    }
    Task<Result<>> remove(ContactId, SteadyTime) override { co_return Result<>{}; }

private:
    /// Words to a person have a key and are durable; what happens in a room lives only while one listens.
    Task<bool> hand_over(Event event) {
        if (!event.key.empty()) co_return (co_await host_.deliver(std::move(event))).has_value();
        co_await host_.publish(std::move(event.body));
        co_return true;
    }
    const NetworkInfo& info_;
    SessionHost& host_;
    std::deque<Event> answers_;
    std::map<RoomId, std::string> nicks_;  // of the rooms one is in
    Gate wake_, ended_;
    bool closing_ = false;
};
class LoopbackLogin final : public LoginProcess {
    Task<Result<LoginStep>> start(SteadyTime) override {
        co_return StepForm{"Choose a name.", {{.id = "username", .label = "Name"}}};
    }
    Task<Result<LoginStep>> submit(Answers answers, SteadyTime) override {
        if (answers.empty() || answers[0].second.empty()) co_return fail(Errc::bad_input, "no name");
        co_return StepDone{answers[0].second, Secret(answers[0].second)};
    }
};
class LoopbackNetwork final : public Network {
public:
    LoopbackNetwork(const Executor& executor, std::string name)
        : executor_(executor), info_{.display_name = std::move(name)}, closed_(executor) {
        info_.protocol = "loopback";
        info_.contact_noun = "name";
        info_.capabilities = {Capability::rooms, Capability::roster, Capability::presence};
        info_.login_required = false;
    }
    const NetworkInfo& info() const noexcept override { return info_; }
    Task<> run() override { co_await closed_.wait(); }
    Task<> close(SteadyTime) override { co_return closed_.open(); }
    Task<Result<>> check(SteadyTime) override { co_return Result<>{}; }
    std::unique_ptr<LoginProcess> begin_login(Secret<>) override { return std::make_unique<LoopbackLogin>(); }
    Result<std::unique_ptr<Session>> open(SessionSettings, SessionHost& host) override {
        return std::make_unique<LoopbackSession>(executor_, info_, host);
    }
    /// `bob` is a contact, `#name` a room; case does not matter.
    Result<Address> parse_address(std::string_view typed) const override {
        const auto name = text::ascii_lower(text::display_name(typed));
        if (name.empty() || name == "#" || name.size() > 512) return fail(Errc::bad_recipient, "not a name");
        return name.front() == '#' ? Address{.target = RoomId(name)} : Address{.target = ContactId(name)};
    }
    std::string format_address(const Address& address) const override {
        const auto* room = std::get_if<RoomId>(&address.target);
        const auto* contact = std::get_if<ContactId>(&address.target);
        return room != nullptr ? room->str() : contact != nullptr ? contact->str() : std::string{};
    }

private:
    Executor executor_;
    NetworkInfo info_;
    Gate closed_;
};
}  // namespace
std::unique_ptr<Network> make_network(Executor executor, std::string display_name, Context) {
    return std::make_unique<LoopbackNetwork>(executor, std::move(display_name));
}
}  // namespace causeway::loopback
