#include "tests/power/traffic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "gateway/store/sqlite/message_rows.hpp"

namespace causeway::power {

namespace {

using model::State;

constexpr std::size_t kAll = 1'000'000;
constexpr std::size_t kMostInAGroup = 4;
/// So many messages stay when it is cleared up: the file has many pages, and checks stay quick.
constexpr std::int64_t kKeep = 40;
constexpr std::size_t kFew = 20;
constexpr std::int64_t kStart = 1'700'000'000'000;

WallTime at(std::int64_t sequence) {
    return WallTime(Millis(kStart + sequence));
}

std::string step(State state, WallTime when) {
    return std::string(to_string(state)) + "@" + std::to_string(when.time_since_epoch().count());
}

std::string line(State state, const std::string& text, const std::string& steps) {
    return std::string(to_string(state)).append("|").append(text).append("|").append(steps);
}

}  // namespace

Contents contents_of(store::sqlite::Database& database) {
    Contents contents;
    store::MessageFilter everything;
    everything.most = kAll;
    const auto rows = store::sqlite::find_filtered(database, everything);
    if (!rows) {
        ADD_FAILURE() << rows.error().detail;
        return contents;
    }
    for (const auto& [row, user] : *rows) contents[row.sequence] = line(row.state, row.text, row.steps);
    return contents;
}

store::PutMessage Traffic::put() {
    store::MessageRow row;
    row.sequence = ++last_;
    row.network = NetworkName("net");
    row.account = AccountId("account");
    row.endpoint = EndpointId("endpoint");
    row.conversation = "friend" + std::to_string(random_() % 8);
    row.key = MessageKey("key" + std::to_string(last_));
    row.accepted = at(last_);
    row.text = "text " + std::to_string(last_) + " " +
               std::string(random_() % 8 == 0 ? random_() % 9'000 : random_() % 200, 'x');
    row.from = "alice@example.org/phone";
    row.to = "friend@net.example.org";
    row.stanza_id = "id" + std::to_string(last_);
    row.steps = step(State::queued, row.accepted);
    return {std::move(row)};
}

store::MoveMessage Traffic::move() {
    // The oldest that is under way is done, or else the oldest that waits is begun. Now and then it is one that has left that
    // state: then nothing is moved, and the batch fails alone.
    const auto in = [this](State state) {
        return std::ranges::find_if(messages_,
                                    [state](const auto& entry) { return entry.second.state == state; });
    };
    auto found = random_() % 10 == 0 ? messages_.begin() : in(State::sending);
    auto from = State::sending;
    if (found == messages_.end()) {
        found = in(State::queued);
        from = State::queued;
    }
    store::MoveMessage move;
    move.sequence = found == messages_.end() ? last_ : found->first;
    move.from = from;
    move.to = from == State::queued ? State::sending : State::accepted;
    move.at = at(last_);
    move.forget_text = move.to == State::accepted;
    return move;
}

std::vector<store::Batch> Traffic::next_group() {
    std::vector<store::Batch> group;
    const auto size = 1 + random_() % kMostInAGroup;
    while (group.size() < size) {
        auto& batch = group.emplace_back();
        const auto kind = random_() % 20;
        if (messages_.size() < kFew || kind < 6) {
            batch.emplace_back(put());
        } else if (kind == 6) {
            batch.emplace_back(store::PurgeMessages{at(last_ - kKeep), 1000});
        } else if (kind == 7) {  // two at once: whole or not at all
            batch.emplace_back(put());
            batch.emplace_back(put());
        } else {
            batch.emplace_back(move());
        }
    }
    return group;
}

void Traffic::ended(const store::Batch& batch, bool kept) {
    if (!kept) return;
    for (const auto& change : batch) apply(change);
}

void Traffic::write(std::int64_t sequence) {
    const auto& message = messages_.at(sequence);
    expected_[sequence] = line(message.state, message.text, message.steps);
}

void Traffic::apply(const store::Change& change) {
    if (const auto* put = std::get_if<store::PutMessage>(&change)) {
        const auto& row = put->row;
        messages_[row.sequence] =
            Message{row.state, row.text, row.steps, row.accepted.time_since_epoch().count()};
        write(row.sequence);
    } else if (const auto* move = std::get_if<store::MoveMessage>(&change)) {
        auto& message = messages_.at(move->sequence);
        EXPECT_EQ(message.state, move->from);
        message.state = move->to;
        message.steps += " " + step(move->to, move->at);
        if (move->forget_text) message.text.clear();
        write(move->sequence);
    } else if (const auto* purge = std::get_if<store::PurgeMessages>(&change)) {
        forget_done(*purge);
    }
}

void Traffic::forget_done(const store::PurgeMessages& purge) {
    std::erase_if(messages_, [&](const auto& entry) {
        const auto& [sequence, message] = entry;
        const bool gone =
            message.state == State::accepted && message.accepted < purge.before.time_since_epoch().count();
        if (gone) expected_.erase(sequence);
        return gone;
    });
}

}  // namespace causeway::power
