#pragma once
/// @file gateway/store/message_rows.hpp
/// NAME       Rows and changes of durable messages: what the ledger keeps (DESIGN §5).
/// INVARIANTS A message is unique by (account, direction, key): a second one of that name conflicts.
///            A state is only ever left by who knows it: MoveMessage names the state it expects to find.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/model/delivery.hpp"
#include "gateway/model/ids.hpp"
#include "gateway/model/message.hpp"

namespace causeway::store {

struct MessageRow {
    std::int64_t sequence = 0;  ///< order of acceptance; unique in the store, never used twice
    NetworkName network;
    AccountId account;
    model::Direction direction = model::Direction::to_network;
    EndpointId endpoint;
    std::string conversation;  ///< id of the contact: what order is kept within
    MessageKey key;            ///< what makes it a repeat of another
    model::State state = model::State::queued;
    model::Notice notice = model::Notice::none;
    std::uint32_t attempts = 0;  ///< tries that were begun
    std::uint32_t losses = 0;    ///< crashes or ends of the stream that it was under way in
    WallTime accepted{};         ///< when it was taken
    WallTime next{};             ///< deferred: when it is tried again
    model::MessageKind kind = model::MessageKind::normal;
    bool wants_receipt = false;
    bool wants_marker = false;
    std::string text;         ///< to network: what was said; to XMPP: the stanza. Empty once it is done
    std::string from;         ///< to network: the sender's full JID; to XMPP: the contact's JID
    std::string to;           ///< to network: the JID that was written to; to XMPP: the user's JID
    std::string stanza_id;    ///< to network: the sender's id of it; to XMPP: ours
    std::string reply_to;     ///< to network: id of the message it answers; "" = none
    std::string network_ids;  ///< what the network calls its parts, in order, LF between them
    std::string reason;       ///< why it was last refused: the code's name, and words for operators
    std::string steps;        ///< "queued@1790000000000 sending@1790000000007": times in ms since 1970
};

/// What the gateway holds in memory of a message that is not done.
struct OpenMessage {
    std::int64_t sequence = 0;
    AccountId account;
    model::Direction direction = model::Direction::to_network;
    EndpointId endpoint;
    std::string conversation;
    model::State state = model::State::queued;
    model::Notice notice = model::Notice::none;
    std::uint32_t attempts = 0;
    std::uint32_t losses = 0;
    WallTime accepted{};
    WallTime next{};
};

/// Keeps a new message. The batch fails with `conflict`, and nothing of it is kept, if it is there already.
struct PutMessage {
    MessageRow row;
};
/// The batch fails with `conflict` if the message is not in state `from`.
struct MoveMessage {
    std::int64_t sequence = 0;
    model::State from = model::State::queued;
    model::State to = model::State::queued;
    WallTime at{};                        ///< goes into the steps
    std::optional<model::Notice> notice;  ///< a new one; none: as it is
    std::optional<std::uint32_t> attempts;
    std::optional<std::uint32_t> losses;
    std::optional<WallTime> next;
    std::optional<WallTime> accepted;  ///< its lifetime begins anew
    std::optional<std::string> network_ids;
    std::optional<std::string> reason;
    bool forget_text = false;  ///< it is done and will not be tried again
};
/// Messages to XMPP that are settled: queued -> delivered, their text is forgotten. What is not queued stays as it is.
struct SettleMessages {
    std::vector<std::int64_t> sequences;
    WallTime at{};
};
/// The sender has been told. A newer notice of the same message stays.
struct SettleNotice {
    std::int64_t sequence = 0;
    model::Notice notice = model::Notice::none;
};
/// Forgets messages that are done, told, and older than `before`: at most `most` of them, oldest first.
struct PurgeMessages {
    WallTime before{};
    std::uint32_t most = 1000;
};

/// What an operator asks for. Empty or absent: any.
struct MessageFilter {
    NetworkName network;
    UserId user;
    std::optional<model::State> state;
    std::optional<model::Direction> direction;
    std::string id;  ///< sequence number, stanza id, or one of the network's ids
    std::size_t most = 100;
};
/// A message as operators see it.
struct FoundMessage {
    MessageRow row;
    UserId user;  ///< "" when the account is gone
};

struct MessageCount {
    NetworkName network;
    model::Direction direction = model::Direction::to_network;
    model::State state = model::State::queued;
    std::int64_t count = 0;
    WallTime oldest{};  ///< the first of them was taken then
};

/// Done: nothing happens to it any more by itself.
[[nodiscard]] constexpr bool is_done(model::State state) noexcept {
    using enum model::State;
    return state == accepted || state == delivered || state == displayed || state == failed ||
           state == expired || state == quarantined;
}

}  // namespace causeway::store
