// IrcSession, second part: what the gateway asks of it. Each call becomes a request of the client's, and waits for its answer.
#include <algorithm>

#include "legacy-adapters/irc/session.hpp"

namespace causeway::irc {

namespace {

using adapter::Capability;
using adapter::RoomError;
using adapter::RoomResult;

constexpr std::size_t kFewWaiters = 4;  // room for them is kept

/// The error without what only rooms have.
template <class T>
Result<T> plain(RoomResult<T> result) {
    if (!result) return fail(std::move(result.error().error));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*result);
}

}  // namespace

Task<Outcome> IrcSession::answer(Client::Begun begun, SteadyTime deadline) {
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    if (*begun == kNothingToDo) co_return Reply{};
    schedule_flush();
    Waiter waiter(shared_.executor, *begun);
    waiters_.push_back(&waiter);
    (void)co_await waiter.answered.wait(deadline);
    std::erase(waiters_, &waiter);
    if (waiters_.empty() && waiters_.capacity() > kFewWaiters) waiters_.shrink_to_fit();
    if (waiter.outcome) co_return std::move(*waiter.outcome);
    co_return std::unexpected(
        RoomError{.error = client_.abandon(*begun), .refusal = model::RoomRefusal::other, .reason = {}});
}

Task<RoomResult<>> IrcSession::done(Client::Begun begun, SteadyTime deadline) {
    auto outcome = co_await answer(std::move(begun), deadline);
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return RoomResult<>{};
}

Task<Result<adapter::SendOutcome>> IrcSession::send(model::OutgoingMessage message, SteadyTime deadline) {
    auto outcome = co_await answer(client_.say(message), deadline);
    if (!outcome) co_return fail(std::move(outcome.error().error));
    auto* accepted = std::get_if<adapter::Accepted>(&*outcome);
    co_return adapter::SendOutcome(accepted != nullptr ? std::move(*accepted) : adapter::Accepted{});
}

Task<Result<>> IrcSession::set_presence(model::Presence presence, SteadyTime) {
    auto result = client_.set_presence(presence);
    schedule_flush();
    co_return result;
}

adapter::Capabilities IrcSession::capabilities(const model::Conversation& in) const noexcept {
    if (std::holds_alternative<RoomId>(in)) return {Capability::rooms, Capability::accept_ack};
    return {Capability::roster, Capability::presence, Capability::queries, Capability::accept_ack};
}

Task<RoomResult<model::RoomSnapshot>> IrcSession::join(RoomId room, std::string, Secret<std::string> password,
                                                       SteadyTime deadline) {
    const bool stays = client_.stay(room);
    wake_now();  // who wanted to leave
    if (stays) {
        if (auto known = client_.snapshot(room)) co_return std::move(*known);
    }
    auto outcome = co_await answer(client_.join(room, password.reveal()), deadline);
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    if (auto* snapshot = std::get_if<model::RoomSnapshot>(&*outcome)) co_return std::move(*snapshot);
    co_return std::unexpected(RoomError{.error = make_error(Errc::internal, "join without snapshot"),
                                        .refusal = model::RoomRefusal::other,
                                        .reason = {}});
}

Task<Result<>> IrcSession::leave(RoomId room, std::string reason, SteadyTime deadline) {
    auto result = co_await done(client_.part(room, reason), deadline);
    co_return plain(std::move(result));
}

Task<RoomResult<>> IrcSession::set_topic(RoomId room, std::string text, SteadyTime deadline) {
    co_return co_await done(client_.set_topic(room, text), deadline);
}

Task<RoomResult<>> IrcSession::kick(RoomId room, std::string nick, std::string reason, SteadyTime deadline) {
    co_return co_await done(client_.kick(room, nick, reason), deadline);
}

Task<RoomResult<>> IrcSession::set_rank(RoomId room, std::string nick, model::Rank rank,
                                        SteadyTime deadline) {
    co_return co_await done(client_.set_rank(room, nick, rank), deadline);
}

Task<RoomResult<>> IrcSession::ban(RoomId room, std::string who, std::string reason, SteadyTime deadline) {
    co_return co_await done(client_.ban(room, who, reason), deadline);
}

Task<RoomResult<>> IrcSession::unban(RoomId room, std::string mask, SteadyTime deadline) {
    co_return co_await done(client_.unban(room, mask), deadline);
}

Task<RoomResult<std::vector<model::Ban>>> IrcSession::bans(RoomId room, SteadyTime deadline) {
    auto outcome = co_await answer(client_.ask_bans(room), deadline);
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    auto* bans = std::get_if<std::vector<model::Ban>>(&*outcome);
    co_return bans != nullptr ? std::move(*bans) : std::vector<model::Ban>{};
}

Task<RoomResult<>> IrcSession::invite(RoomId room, ContactId who, std::string, SteadyTime deadline) {
    co_return co_await done(client_.invite(room, who), deadline);
}

Task<RoomResult<>> IrcSession::configure(RoomId room, model::RoomSettings changes, SteadyTime deadline) {
    co_return co_await done(client_.configure(room, changes), deadline);
}

Task<Result<std::vector<model::RoomListing>>> IrcSession::list(SteadyTime deadline) {
    auto outcome = co_await answer(client_.list_rooms(), deadline);
    if (!outcome) co_return fail(std::move(outcome.error().error));
    auto* rooms = std::get_if<std::vector<model::RoomListing>>(&*outcome);
    co_return rooms != nullptr ? std::move(*rooms) : std::vector<model::RoomListing>{};
}

Task<RoomResult<>> IrcSession::change_nick(std::string nick, SteadyTime deadline) {
    co_return co_await done(client_.change_nick(nick), deadline);
}

Task<Result<>> IrcSession::add(ContactId who, SteadyTime) {
    auto result = client_.watch(who);
    schedule_flush();
    co_return result;
}

Task<Result<>> IrcSession::remove(ContactId who, SteadyTime) {
    client_.unwatch(who);
    schedule_flush();
    co_return Result<>{};
}

Task<Result<std::string>> IrcSession::client_version(ContactId who, SteadyTime deadline) {
    auto outcome = co_await answer(client_.ask_version(who), deadline);
    if (!outcome) co_return fail(std::move(outcome.error().error));
    auto* text = std::get_if<std::string>(&*outcome);
    co_return text != nullptr ? std::move(*text) : std::string{};
}

Task<Result<>> IrcSession::ping(ContactId who, SteadyTime deadline) {
    auto result = co_await done(client_.ask_ping(who), deadline);
    co_return plain(std::move(result));
}

}  // namespace causeway::irc
