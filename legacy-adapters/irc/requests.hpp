#pragma once
/// @file legacy-adapters/irc/requests.hpp
/// NAME       Requests: what we have asked the server and not yet heard of.
/// WHY        IRC has no acknowledgements. A request is done by its echo, by an error numeric that names its
///            target, or by the PONG of a PING written after it: servers answer in order, so by then nothing had
///            gone wrong. One PING is under way at a time and covers all that was written before it.
/// INVARIANTS Every request begun ends by exactly one Completion, unless it is abandoned. Sans-IO.
/// TESTS      tests/unit/irc/outbox_test.cpp
#include <cstdint>
#include <expected>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/irc/outbox.hpp"

namespace causeway::irc {

using RequestId = std::uint64_t;
using Reply = std::variant<std::monostate, adapter::Accepted, model::RoomSnapshot, std::string,
                           std::vector<model::Ban>, std::vector<model::RoomListing>>;
using Outcome = std::expected<Reply, adapter::RoomError>;
struct Completion {
    RequestId id;
    Outcome outcome;
};

/// Of begin(), begin_parts(): never a request's id, for what is done without asking.
inline constexpr RequestId kNothingToDo = 0;

enum class Ask : std::uint8_t {
    message,
    join,
    part,
    topic,
    kick,
    nick,
    version,
    ping,
    mode,
    bans,
    invite,
    list,
};

/// One line that was (or will be) written and waits for its answer.
struct Waiting {
    RequestId id = 0;  ///< 0: nobody waits any more, but the answer will still come
    LineTag tag = 0;
    Ask ask = Ask::message;
    std::string target;    ///< folded channel or nick
    std::string detail;    ///< message: body · kick, invite: folded nick · nick: the wish · ping: token ·
                           ///< mode: folded nick or mask, if it is about one
    bool by_fence = true;  ///< a PONG settles it
    bool written = false;
    std::uint64_t fence = 0;  ///< number of the PING that covers it
};

class Requests {
public:
    /// One line of its own. @return its id; the line's tag is tag_of_last()
    RequestId begin(Ask ask, std::string target, std::string detail, bool by_fence);
    /// What takes several lines, each added with begin_part(); it is answered when all of them are.
    RequestId begin_parts();
    LineTag begin_part(RequestId parts, Ask ask, std::string target, std::string detail, bool by_fence);
    [[nodiscard]] LineTag tag_of_last() const noexcept { return next_tag_ - 1; }

    void mark_written(const std::vector<LineTag>& tags);
    /// Number of the PING to write now, if one is due.
    [[nodiscard]] std::optional<std::uint64_t> fence_due();
    [[nodiscard]] bool wants_fence() const noexcept { return uncovered_ && !fence_under_way_; }
    /// PONG of a fence: everything that it covers has gone well.
    void fence_passed(std::uint64_t number);

    /// Oldest entry that `matches`; nullptr if none. Valid until the next change.
    template <class Predicate>
    [[nodiscard]] const Waiting* oldest(Predicate matches) const {
        for (const Waiting& waiting : waiting_) {
            if (matches(waiting)) return &waiting;
        }
        return nullptr;
    }
    /// The entry of `tag` is answered.
    void settle(LineTag tag, Outcome outcome);

    struct Abandoned {
        bool any_written = false;
        std::vector<LineTag> unwritten;  ///< to be withdrawn from the outbox
    };
    /// Nobody waits for `id` any more.
    [[nodiscard]] Abandoned abandon(RequestId id);
    /// The connection is gone: all end with `why`; ambiguous where a line was written and may have been seen.
    void lose_all(const Error& why);

    [[nodiscard]] std::vector<Completion>& completions() noexcept { return completions_; }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
    struct Parts {
        RequestId id = 0;
        std::size_t left = 0;
        adapter::Accepted accepted;
        std::size_t succeeded = 0;
        std::optional<adapter::RoomError> error;
    };

    /// At kMaxWaiting nobody's entries make room.
    void make_room();
    void settle_part(RequestId id, Outcome outcome);

    // Answers come in the order of writing: what is settled is nearly always at the front. Lists, because an empty
    // deque costs 600 bytes, and there are thousands of sessions that wait for nothing.
    std::list<Waiting> waiting_;
    std::list<Parts> of_parts_;
    std::vector<Completion> completions_;
    RequestId next_id_ = 1;
    LineTag next_tag_ = 1;
    std::uint64_t last_fence_ = 0;
    bool fence_under_way_ = false;
    bool uncovered_ = false;  ///< something was written since the last PING
};

}  // namespace causeway::irc
