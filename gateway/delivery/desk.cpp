#include "gateway/delivery/desk.hpp"

#include <algorithm>

namespace causeway::delivery {
namespace {

using Answer = Desk::Answer;
using Wish = Desk::Wish;

constexpr log::Message kMoved{"CAUSEWAY_MESSAGE_MOVED", log::Level::info,
                              "an operator had a kept message sent again or given up"};

Answer cancelled(const store::MessageRow& row) noexcept {
    if (row.direction == model::Direction::to_xmpp) return Answer::cancelled_to_user;
    const bool doubtful = row.state == State::ambiguous || row.state == State::quarantined;
    return doubtful ? Answer::cancelled_in_doubt : Answer::cancelled;
}

}  // namespace

std::string_view to_string(Wish wish) noexcept {
    switch (wish) {
        case Wish::retry:
            return "retry";
        case Wish::release:
            return "release";
        case Wish::cancel:
            break;
    }
    return "cancel";
}

bool is_done_as_wished(Answer answer) noexcept {
    return answer <= Answer::cancelled_to_user;
}

Answer judged(Wish wish, const store::MessageRow& row) noexcept {
    const bool again = wish != Wish::cancel;
    switch (row.state) {
        case State::received:
        case State::sending:
            return Answer::under_way;
        case State::accepted:
        case State::delivered:
        case State::displayed:
            return Answer::done_already;
        case State::queued:
            return again ? Answer::waiting : cancelled(row);
        case State::deferred:
        case State::failed:
        case State::expired:
            if (!again) return row.state == State::deferred ? cancelled(row) : Answer::given_up_already;
            if (wish == Wish::release) return Answer::needs_retry;
            return row.text.empty() ? Answer::text_gone : Answer::retried;
        case State::ambiguous:
        case State::quarantined:
            if (!again) return cancelled(row);
            if (wish == Wish::retry) return Answer::needs_release;
            return row.text.empty() ? Answer::text_gone : Answer::released;
    }
    return Answer::unknown;
}

Desk::Desk(store::Store& store, LedgerOf ledger_of, Context context)
    : store_(store), ledger_of_(std::move(ledger_of)), context_(context) {}

Task<Result<Desk::Found>> Desk::find(store::MessageFilter filter) {
    if (filter.id.size() > kMostIdBytes) co_return fail(Errc::bad_input, "the id is too long");
    filter.most = std::min(filter.most, kMostFound);
    auto found = co_await store_.find_messages(std::move(filter));
    if (!found) co_return fail(Errc::storage, found.error().detail);
    co_return std::move(*found);
}

Task<Desk::Outcome> Desk::act(Wish wish, NetworkName network, std::string id, std::string by) {
    if (id.empty()) co_return Outcome{};
    store::MessageFilter filter;
    filter.network = std::move(network);
    filter.id = id;
    auto found = co_await find(std::move(filter));
    if (!found)
        co_return Outcome{found.error().code == Errc::storage ? Answer::store_failed : Answer::unknown, {}};
    // A number is given to one message alone; the other ids are of others' making.
    const auto numbered = std::ranges::find(
        *found, id, [](const auto& message) { return std::to_string(message.row.sequence); });
    if (numbered != found->end()) {
        store::FoundMessage only = std::move(*numbered);
        found->clear();
        found->push_back(std::move(only));
    }
    Outcome outcome;
    outcome.found = std::move(*found);
    if (outcome.found.empty()) co_return outcome;
    outcome.answer = Answer::several;
    if (outcome.found.size() > 1) co_return outcome;
    store::FoundMessage message = outcome.found.front();
    const auto was = message.row.state;
    const auto sequence = message.row.sequence;
    const NetworkName of = message.row.network;
    outcome.answer = co_await move(wish, std::move(message));
    if (is_done_as_wished(outcome.answer)) {
        context_.log.event(kMoved, {{"network", of.str()},
                                    {"message", sequence},
                                    {"command", to_string(wish)},
                                    {"state", to_string(was)},
                                    {"by", by}});
    }
    co_return outcome;
}

Task<Answer> Desk::move(Wish wish, store::FoundMessage message) {
    const auto& row = message.row;
    const auto answer = judged(wish, row);
    if (!is_done_as_wished(answer)) co_return answer;
    auto* ledger = ledger_of_(row.network);
    if (ledger == nullptr) co_return Answer::not_served;
    Result<> moved;
    if (wish == Wish::cancel) {
        moved = co_await ledger->cancel(row.direction, row.sequence);
    } else {
        moved = co_await ledger->release(row.direction, row.sequence);
    }
    if (moved) co_return answer;
    co_return moved.error().code == Errc::storage ? Answer::store_failed : Answer::moved;
}

}  // namespace causeway::delivery
