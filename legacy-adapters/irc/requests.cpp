#include "legacy-adapters/irc/requests.hpp"

#include <algorithm>

namespace causeway::irc {

namespace {

/// Answers that nobody waits for any more are remembered, so that they are not taken for others'. Not for ever.
constexpr std::size_t kMaxWaiting = 1024;

}  // namespace

void Requests::make_room() {
    if (waiting_.size() < kMaxWaiting) return;
    std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.id == 0; });
}

RequestId Requests::begin(Ask ask, std::string target, std::string detail, bool by_fence) {
    make_room();
    Waiting waiting{.id = next_id_++,
                    .tag = next_tag_++,
                    .ask = ask,
                    .target = std::move(target),
                    .detail = std::move(detail),
                    .by_fence = by_fence};
    const RequestId id = waiting.id;
    waiting_.push_back(std::move(waiting));
    return id;
}

RequestId Requests::begin_parts() {
    of_parts_.push_back({.id = next_id_, .left = 0, .accepted = {}, .succeeded = 0, .error = {}});
    return next_id_++;
}

LineTag Requests::begin_part(RequestId id, Ask ask, std::string target, std::string detail, bool by_fence) {
    const auto parts = std::ranges::find(of_parts_, id, &Parts::id);
    if (parts != of_parts_.end()) ++parts->left;
    make_room();
    waiting_.push_back({.id = id,
                        .tag = next_tag_,
                        .ask = ask,
                        .target = std::move(target),
                        .detail = std::move(detail),
                        .by_fence = by_fence});
    return next_tag_++;
}

void Requests::mark_written(const std::vector<LineTag>& tags) {
    for (const LineTag tag : tags) {
        const auto found = std::ranges::find(waiting_, tag, &Waiting::tag);
        if (found == waiting_.end()) continue;
        found->written = true;
        found->fence = last_fence_ + 1;
        uncovered_ = uncovered_ || found->by_fence;
    }
}

std::optional<std::uint64_t> Requests::fence_due() {
    if (!wants_fence()) return std::nullopt;
    fence_under_way_ = true;
    uncovered_ = false;
    return ++last_fence_;
}

void Requests::fence_passed(std::uint64_t number) {
    if (number != last_fence_ || !fence_under_way_) return;
    fence_under_way_ = false;
    std::vector<LineTag> settled;
    for (const Waiting& waiting : waiting_) {
        if (waiting.by_fence && waiting.written && waiting.fence <= number) settled.push_back(waiting.tag);
    }
    for (const LineTag tag : settled) settle(tag, Reply{});
}

void Requests::settle(LineTag tag, Outcome outcome) {
    const auto found = std::ranges::find(waiting_, tag, &Waiting::tag);
    if (found == waiting_.end()) return;
    const RequestId id = found->id;
    waiting_.erase(found);
    if (id == 0) return;
    if (std::ranges::find(of_parts_, id, &Parts::id) != of_parts_.end())
        return settle_part(id, std::move(outcome));
    completions_.push_back({id, std::move(outcome)});
}

void Requests::settle_part(RequestId id, Outcome outcome) {
    const auto parts = std::ranges::find(of_parts_, id, &Parts::id);
    if (parts == of_parts_.end()) return;
    if (outcome) {
        ++parts->succeeded;
        if (auto* accepted = std::get_if<adapter::Accepted>(&*outcome)) {
            std::ranges::move(accepted->parts, std::back_inserter(parts->accepted.parts));
        }
    } else if (!parts->error) {
        parts->error = std::move(outcome.error());
    }
    if (--parts->left > 0) return;
    if (parts->error) {
        if (parts->succeeded > 0) parts->error->error.ambiguous = Ambiguous::yes;  // some of it was seen
        completions_.push_back({id, std::unexpected(std::move(*parts->error))});
    } else {
        completions_.push_back({id, Reply{std::move(parts->accepted)}});
    }
    of_parts_.erase(parts);
}

Requests::Abandoned Requests::abandon(RequestId id) {
    Abandoned result;
    for (Waiting& waiting : waiting_) {
        if (waiting.id != id) continue;
        if (waiting.written)
            result.any_written = true;
        else
            result.unwritten.push_back(waiting.tag);
        waiting.id = 0;
    }
    // People need not answer CTCP at all: what nobody waits for there would stay for ever.
    std::erase_if(waiting_, [](const Waiting& waiting) {
        const bool is_ctcp = waiting.ask == Ask::version || waiting.ask == Ask::ping;
        return waiting.id == 0 && (!waiting.written || is_ctcp);
    });
    const auto parts = std::ranges::find(of_parts_, id, &Parts::id);
    if (parts != of_parts_.end()) {
        result.any_written = result.any_written || parts->succeeded > 0;
        of_parts_.erase(parts);
    }
    return result;
}

void Requests::lose_all(const Error& why) {
    while (!waiting_.empty()) {
        adapter::RoomError error{.error = why, .refusal = model::RoomRefusal::other, .reason = {}};
        const bool perhaps_seen = waiting_.front().written;
        error.error.ambiguous = perhaps_seen ? Ambiguous::yes : Ambiguous::no;
        error.error.retry = perhaps_seen ? Retry::never : Retry::when_connected;
        settle(waiting_.front().tag, std::unexpected(std::move(error)));
    }
    fence_under_way_ = false;
    uncovered_ = false;
}

}  // namespace causeway::irc
