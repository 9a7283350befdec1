#pragma once
/// @file gateway/delivery/port.hpp
/// NAME       Port: what the two pure halves of the ledger, ToNetwork and ToXmpp, want done.
/// WHY        They do no I/O: the daemon does it for them on the loop, the simulator in a world of its own, where a
///            seed decides what is slow, fails or dies.
/// INVARIANTS Answers come later, never from within the call; commits end in the order in which they were asked for.
#include <cstdint>
#include <functional>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "gateway/store/store.hpp"

namespace causeway::delivery {

class Port {
public:
    using Committed = std::move_only_function<void(Result<>)>;
    using Fetched = std::move_only_function<void(Result<std::vector<store::MessageRow>>)>;

    virtual ~Port() = default;
    virtual void commit(store::Batch batch, Committed done) = 0;
    /// Rows that are there, in order of their sequence.
    virtual void fetch(std::vector<std::int64_t> sequences, Fetched done) = 0;
    /// The row of an account's message to the network; none, or one.
    virtual void fetch_of_key(AccountId account, MessageKey key, Fetched done) = 0;

    // ---- the network
    /// Somebody's messages wait for this session: it should be there.
    virtual void want_session(const AccountId& account, const EndpointId& endpoint) = 0;
    /// Sends; ToNetwork::sent() follows.
    virtual void send(store::MessageRow row) = 0;

    // ---- the XMPP side
    /// A notice for the sender of a message is in the store: ToXmpp::tell().
    virtual void notice_kept(std::int64_t sequence, model::Notice notice) = 0;
    /// @param again it may have been written before: with a delay
    virtual Result<> write(const store::MessageRow& row, bool again) = 0;
    virtual Result<> write_notice(const store::MessageRow& row, model::Notice notice) = 0;
    /// @param done everything written before has been taken by the server, or the stream was lost
    virtual void barrier(Committed done) = 0;

    // ---- both
    /// A message is in another state now: for metrics.
    virtual void moved(model::Direction direction, model::State from, model::State to) noexcept = 0;
    /// For the log: a message was set aside or given up, or something that cannot be has been seen.
    virtual void remark(std::int64_t sequence, model::State state, const Error& why) noexcept = 0;
};

}  // namespace causeway::delivery
