#pragma once
/// @file gateway/delivery/to_xmpp.hpp
/// NAME       ToXmpp: kept messages, and notices for senders, on their way to the XMPP server. Pure: no I/O.
/// WHY        A component's stream acknowledges nothing (XEP-0114). So: write, barrier (our own ping comes back behind
///            everything written before it), grace (servers store asynchronously), settled. What was not settled when the
///            stream was lost is written again with the same ids.
/// INVARIANTS Written in the order of add(). At most `most_unconfirmed` stanzas are written without a barrier behind them.
///            A message leaves this class settled, failed or quarantined in the store, never otherwise.
/// TESTS      tests/unit/gateway/to_xmpp_test.cpp, tests/sim
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/delivery/message_state.hpp"
#include "gateway/delivery/port.hpp"

namespace causeway::delivery {

struct XmppRules {
    std::size_t most_unconfirmed = 256;  ///< written, and no barrier has come back from behind them
    std::size_t barrier_every = 64;      ///< stanzas; half of the above, if that is less
    std::size_t most_unconfirmed_bytes = 256 * 1024;
    Millis barrier_after{100};
    Millis grace{5'000};
    std::uint32_t most_losses = 3;  ///< stream errors with it in flight before it is suspected
    std::size_t most_ready = 1024;  ///< rows kept in memory for writing
    Millis first_retry{5'000};      ///< of what a user's server refused for now
    Millis longest_retry{3'600'000};
    std::uint32_t most_attempts = 12;
};

class ToXmpp {
public:
    using Taken = std::move_only_function<void(Result<>)>;

    ToXmpp(XmppRules rules, Port& port, const Clock& clock, Random& random);
    ~ToXmpp();
    ToXmpp(const ToXmpp&) = delete;
    ToXmpp& operator=(const ToXmpp&) = delete;

    /// At start: what the store holds, in order. It may have been written before.
    void restore(const store::OpenMessage& message);

    /// Keeps a message for a user, with `along` in the same commit, and writes it.
    /// @param taken after the commit: ok (a repeat too: it is kept already), or storage
    void accept(store::MessageRow row, store::Batch along, Taken taken);
    /// A notice is kept with its message, and goes to its sender.
    void tell(std::int64_t sequence, model::Notice notice);
    /// The user's server sent a stanza of ours back. @param for_now it may take it later
    void bounced(std::int64_t sequence, model::Notice notice, bool for_now, std::string reason);

    // ---- operators
    /// Once more. @param done conflict: it is under way, done, or its text is gone; bad_input: no such message
    void release(std::int64_t sequence, Taken done);
    /// Gives it up, if it waits or was set aside. @param done as above, or storage
    void cancel(std::int64_t sequence, Taken done);

    void link_up();
    /// @param stream_error the server closed the stream because of something in it
    void link_down(bool stream_error);

    void tick();
    [[nodiscard]] SteadyTime next_tick() const;

    /// The age of the oldest message, notices apart, that is not settled. Looks at every one.
    [[nodiscard]] std::optional<Millis> longest_wait() const;
    /// Not settled yet.
    [[nodiscard]] std::size_t open() const noexcept {
        return unwritten() + written_.size() + routed_.size() + settling_ + later_.size() + aside_.size();
    }
    [[nodiscard]] std::size_t unwritten() const noexcept {
        return waiting_.size() + fetching_.size() + ready_.size();
    }

private:
    /// A stanza that is to be written: a message itself, or a notice of one.
    struct Item {
        std::int64_t sequence = 0;
        std::uint32_t since = 0;  ///< when the message was taken, in seconds since 1970
        model::Notice notice = model::Notice::none;
        std::uint8_t losses = 0;
        bool again = false;  ///< may have been written before
    };
    struct Ready {
        Item item;
        store::MessageRow row;
    };
    struct Written {
        Item item;
        std::size_t bytes = 0;
    };
    struct Routed {
        Item item;
        SteadyTime at;
        std::uint64_t number = 0;  ///< rises in the order of writing
        bool stored = false;  ///< its grace is over: the server has it, only our store does not know it yet
    };
    struct Later {
        Item item;
        std::uint32_t attempts = 0;
        SteadyTime due;
    };

    /// Given up, and the store does not know it yet.
    struct Aside {
        Item item;
        Step step = Step::poisoned;
        model::State to = model::State::quarantined;
        std::string reason;
    };

    [[nodiscard]] static std::uint32_t seconds_of(WallTime time) noexcept;
    void add(Item item, std::optional<store::MessageRow> row);
    void pump();
    [[nodiscard]] bool write_one();
    void refill();
    void fetched(Result<std::vector<store::MessageRow>> rows);
    void ask_for_barrier();
    void barrier_passed(const Result<>& result);
    void settle();
    void settled(std::vector<Routed> those, const Result<>& result);
    void suspect();
    [[nodiscard]] bool anybody_suspect() const;
    void set_aside(const Item& item, Step step, model::State to, std::string reason);
    void come_back();
    // to_xmpp_operators.cpp
    void release_found(const store::MessageRow& row, Taken done);
    void cancel_found(const store::MessageRow& row, Taken done);
    /// Takes a message out of what has not been written. @return nothing if it is not there
    [[nodiscard]] std::optional<Item> take_out(std::int64_t sequence);

    XmppRules rules_;
    Port& port_;
    const Clock& clock_;
    Random& random_;
    std::deque<Item> waiting_;    ///< to be fetched, in order; all of them after what is ready
    std::vector<Item> fetching_;  ///< before those that wait
    std::deque<Ready> ready_;
    std::deque<Written> written_;
    std::deque<Routed> routed_;
    std::vector<Later> later_;
    std::vector<Aside> aside_;  ///< the store did not answer: tried again
    std::map<std::pair<std::int64_t, model::Notice>, std::uint32_t> bounces_;
    std::uint64_t routed_ever_ = 0;
    std::size_t settling_ = 0;  ///< under commit
    std::size_t written_bytes_ = 0;
    std::size_t window_;       ///< shrinks to find out which stanza ends the stream
    std::size_t covered_ = 0;  ///< of written_, by the barrier that is out
    std::uint64_t epoch_ = 0;  ///< of the stream
    bool up_ = false;
    bool barrier_out_ = false;
    std::optional<SteadyTime> oldest_unconfirmed_;
    SteadyTime retry_ = SteadyTime::max();
};

}  // namespace causeway::delivery
