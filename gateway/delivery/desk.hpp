#pragma once
/// @file gateway/delivery/desk.hpp
/// NAME       Desk: what operators see of kept messages, and have done with them.
/// WHY        One code path for the command line and for administrators' commands: both only ask and write.
/// INVARIANTS A message is moved by the ledger of its network and nobody else. What may arrive a second time is only sent
///            again by the wish that says so (release). The text of a message is never shown.
/// TESTS      tests/unit/gateway/desk_test.cpp, tests/e2e/test_message_commands.py
#include <functional>
#include <string>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/delivery/ledger.hpp"
#include "gateway/store/store.hpp"

namespace causeway::delivery {

class Desk {
public:
    /// The ledger of a network that is served; nullptr: none.
    using LedgerOf = std::function<Ledger*(const NetworkName&)>;
    using Found = std::vector<store::FoundMessage>;

    static constexpr std::size_t kMostFound = 1'000;
    static constexpr std::size_t kMostIdBytes = 1'024;

    enum class Wish : std::uint8_t {
        retry,    ///< what has certainly not arrived, at once
        release,  ///< what may have arrived, or was set aside: it may arrive twice
        cancel,   ///< give up what is not under way
    };
    enum class Answer : std::uint8_t {
        retried,
        released,
        cancelled,           ///< its sender is told
        cancelled_in_doubt,  ///< … but it may have arrived
        cancelled_to_user,   ///< there is nobody to tell
        unknown,
        several,  ///< the id is that of more than one
        waiting,
        under_way,
        done_already,
        given_up_already,
        needs_release,
        needs_retry,
        text_gone,
        not_served,
        moved,  ///< it changed while it was looked at
        store_failed,
    };
    struct Outcome {
        Answer answer = Answer::unknown;
        Found found;  ///< what the id was found to be of, as it was before
    };

    Desk(store::Store& store, LedgerOf ledger_of, Context context);

    /// Newest first; at most kMostFound. @return bad_input: a filter that cannot be; storage
    [[nodiscard]] Task<Result<Found>> find(store::MessageFilter filter);
    /// @param network only messages of this one; empty: of all
    /// @param id the message's number, the stanza's id or one of the network's ids; a number names one message alone
    /// @param by whose wish it is, for the log: no address
    [[nodiscard]] Task<Outcome> act(Wish wish, NetworkName network, std::string id, std::string by);

    [[nodiscard]] WallTime now() const noexcept { return context_.clock.wall(); }

private:
    [[nodiscard]] Task<Answer> move(Wish wish, store::FoundMessage message);

    store::Store& store_;
    LedgerOf ledger_of_;
    Context context_;
};

[[nodiscard]] bool is_done_as_wished(Desk::Answer answer) noexcept;
[[nodiscard]] std::string_view to_string(Desk::Wish wish) noexcept;
/// What would become of the wish, by the state alone: the answers that need no ledger; retried, released or cancelled: ask it.
[[nodiscard]] Desk::Answer judged(Desk::Wish wish, const store::MessageRow& row) noexcept;

}  // namespace causeway::delivery
