#include "gateway/store/postgres/message_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace causeway::store::postgres {

namespace {

using model::State;

// ------------------------------------------------------------------------------------------------ statements
/// Two parts of a statement as one, when it is compiled.
template <std::size_t First, std::size_t Second>
[[nodiscard]] consteval std::array<char, First + Second - 1> joined(const std::array<char, First>& first,
                                                                    const std::array<char, Second>& second) {
    std::array<char, First + Second - 1> all{};
    std::copy_n(first.begin(), First - 1, all.begin());
    std::ranges::copy(second, all.begin() + First - 1);
    return all;
}

// The order of these columns is that of read_row().
constexpr auto kSelect = std::to_array(
    "SELECT sequence, network, account, direction, endpoint, conversation, key, state, notice, attempts,"
    " losses, accepted_ms, next_ms, kind, wants_receipt, wants_marker, body, sender, recipient, stanza_id,"
    " reply_to, network_ids, reason, steps");
constexpr int kColumnsOfARow = 24;

constexpr auto kRowsSql =
    joined(kSelect, std::to_array(" FROM messages WHERE sequence = ANY($1::bigint[]) ORDER BY sequence"));
constexpr auto kOfKeySql =
    joined(kSelect, std::to_array(" FROM messages WHERE account = $1 AND direction = $2 AND key = $3"));
// $5: the id; LF around both makes it match one of the network's ids as a whole.
constexpr auto kFilteredSql = joined(
    kSelect,
    std::to_array(
        ", coalesce((SELECT a.user_jid FROM accounts a WHERE a.id = messages.account), '') FROM messages"
        " WHERE ($1 = '' OR network = $1)"
        " AND ($2 = '' OR account IN (SELECT a.id FROM accounts a WHERE a.user_jid = $2))"
        " AND ($3::bigint IS NULL OR state = $3) AND ($4::bigint IS NULL OR direction = $4)"
        " AND ($5 = '' OR sequence = $6 OR stanza_id = $5"
        " OR strpos(chr(10) || network_ids || chr(10), chr(10) || $5 || chr(10)) > 0)"
        " ORDER BY sequence DESC LIMIT $7"));

constexpr Statement kPut{
    "put_message",
    "INSERT INTO messages (sequence, network, account, direction, endpoint, conversation, key, state, notice,"
    " attempts, losses, accepted_ms, next_ms, kind, wants_receipt, wants_marker, body, sender, recipient,"
    " stanza_id, reply_to, network_ids, reason, steps) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
    " $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) ON CONFLICT DO NOTHING"};
constexpr Statement kMove{
    "move_message",
    "UPDATE messages SET state = $1, steps = steps || $2, notice = coalesce($3, notice),"
    " attempts = coalesce($4, attempts), losses = coalesce($5, losses), next_ms = coalesce($6, next_ms),"
    " network_ids = coalesce($7, network_ids), reason = coalesce($8, reason),"
    " body = CASE WHEN $9 THEN '' ELSE body END, accepted_ms = coalesce($10, accepted_ms)"
    " WHERE sequence = $11 AND state = $12"};
constexpr Statement kSettle{"settle_messages",
                            "UPDATE messages SET state = 4, steps = steps || $1, body = ''"
                            " WHERE sequence = ANY($2::bigint[]) AND direction = 1 AND state = 1"};
constexpr Statement kSettleNotice{"settle_notice",
                                  "UPDATE messages SET notice = 0 WHERE sequence = $1 AND notice = $2"};
constexpr Statement kPurge{
    "purge_messages",
    "WITH purged AS (DELETE FROM messages WHERE sequence IN (SELECT sequence FROM messages"
    " WHERE accepted_ms < $1 AND state IN (3, 4, 5, 8, 9, 10) AND notice = 0"
    " ORDER BY accepted_ms, sequence LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING sequence)"
    " UPDATE message_numbers SET last = greatest(last, (SELECT max(sequence) FROM purged))"
    " WHERE last < (SELECT max(sequence) FROM purged)"};

constexpr Statement kLast{"last_sequence",
                          "SELECT greatest(last, (SELECT max(sequence) FROM messages)) FROM message_numbers"};
constexpr Statement kOthers{"other_holders",
                            "SELECT count(*) FROM leases WHERE holder <> $1 AND expires > clock_timestamp()"};
// Ranges of 10^12: at a thousand messages a second one lasts for 31 years, and there are nine million of them.
constexpr Statement kSetAside{
    "set_sequences_aside",
    "UPDATE message_numbers SET last = (greatest(last, (SELECT max(sequence) FROM messages))"
    " / 1000000000000 + 1) * 1000000000000 RETURNING last"};
constexpr Statement kOpen{
    "open_messages",
    "SELECT sequence, account, direction, endpoint, conversation, state, notice, attempts, losses,"
    " accepted_ms, next_ms FROM messages WHERE network = $1 AND sequence > $2"
    " AND (state IN (1, 2, 6, 7) OR notice <> 0) ORDER BY sequence LIMIT $3"};
constexpr Statement kRows{"messages", kRowsSql.data()};
constexpr Statement kOfKey{"message_of_key", kOfKeySql.data()};
constexpr Statement kFiltered{"find_messages", kFilteredSql.data()};
constexpr Statement kCount{"count_messages",
                           "SELECT network, direction, state, count(*), min(accepted_ms) FROM messages"
                           " GROUP BY network, direction, state"};

constexpr Statement kPurgeable{"purgeable",
                               "SELECT count(*) FROM (SELECT 1 FROM messages WHERE accepted_ms < $1"
                               " AND state IN (3, 4, 5, 8, 9, 10) AND notice = 0 LIMIT 1) AS any_message"};

constexpr std::array kStatements{kPut,      kMove, kSettle, kSettleNotice, kPurge,    kLast,  kOthers,
                                 kSetAside, kOpen, kRows,   kOfKey,        kFiltered, kCount, kPurgeable};

// ------------------------------------------------------------------------------------------------ values
/// LIMIT is signed.
[[nodiscard]] std::int64_t limit(std::size_t most) noexcept {
    constexpr auto kGreatest = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(most, kGreatest));
}

template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] constexpr std::int64_t number(Enum value) noexcept {
    return static_cast<std::int64_t>(value);
}
[[nodiscard]] std::int64_t number(WallTime time) noexcept {
    return time.time_since_epoch().count();
}
[[nodiscard]] std::int64_t number(std::uint32_t count) noexcept {
    return count;
}
template <class T>
[[nodiscard]] std::optional<std::int64_t> number(const std::optional<T>& value) noexcept {
    if (!value) return std::nullopt;
    return number(*value);
}

[[nodiscard]] WallTime time(std::int64_t milliseconds) noexcept {
    return WallTime(Millis(milliseconds));
}

/// What a move adds to the steps.
[[nodiscard]] std::string step(State state, WallTime at) {
    std::string text(" ");
    text.append(to_string(state)).append("@").append(std::to_string(number(at)));
    return text;
}

/// The sequence that an operator may mean by `id`; 0, which no message has, if it is no number.
[[nodiscard]] std::int64_t sequence_of(std::string_view id) noexcept {
    std::int64_t sequence = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), sequence);
    return error == std::errc{} && end == id.data() + id.size() ? sequence : 0;
}

// Enumerations are in range: the table's CHECKs see to it.
[[nodiscard]] MessageRow read_row(const Rows& rows, int at) {
    MessageRow row;
    row.sequence = rows.number(at, 0);
    row.network = NetworkName(rows.text(at, 1));
    row.account = AccountId(rows.text(at, 2));
    row.direction = static_cast<model::Direction>(rows.number(at, 3));
    row.endpoint = EndpointId(rows.text(at, 4));
    row.conversation = rows.text(at, 5);
    row.key = MessageKey(rows.text(at, 6));
    row.state = static_cast<State>(rows.number(at, 7));
    row.notice = static_cast<model::Notice>(rows.number(at, 8));
    row.attempts = static_cast<std::uint32_t>(rows.number(at, 9));
    row.losses = static_cast<std::uint32_t>(rows.number(at, 10));
    row.accepted = time(rows.number(at, 11));
    row.next = time(rows.number(at, 12));
    row.kind = static_cast<model::MessageKind>(rows.number(at, 13));
    row.wants_receipt = rows.flag(at, 14);
    row.wants_marker = rows.flag(at, 15);
    row.text = rows.text(at, 16);
    row.from = rows.text(at, 17);
    row.to = rows.text(at, 18);
    row.stanza_id = rows.text(at, 19);
    row.reply_to = rows.text(at, 20);
    row.network_ids = rows.text(at, 21);
    row.reason = rows.text(at, 22);
    row.steps = rows.text(at, 23);
    return row;
}

[[nodiscard]] OpenMessage read_open(const Rows& rows, int at) {
    OpenMessage message;
    message.sequence = rows.number(at, 0);
    message.account = AccountId(rows.text(at, 1));
    message.direction = static_cast<model::Direction>(rows.number(at, 2));
    message.endpoint = EndpointId(rows.text(at, 3));
    message.conversation = rows.text(at, 4);
    message.state = static_cast<State>(rows.number(at, 5));
    message.notice = static_cast<model::Notice>(rows.number(at, 6));
    message.attempts = static_cast<std::uint32_t>(rows.number(at, 7));
    message.losses = static_cast<std::uint32_t>(rows.number(at, 8));
    message.accepted = time(rows.number(at, 9));
    message.next = time(rows.number(at, 10));
    return message;
}

/// Each row of an answer as a T.
template <class T, class Read>
[[nodiscard]] Result<std::vector<T>> all_of(Result<Rows> rows, const Read& read) {
    if (!rows) return fail(std::move(rows.error()));
    std::vector<T> all;
    all.reserve(static_cast<std::size_t>(rows->count()));
    for (int at = 0; at < rows->count(); ++at) all.push_back(read(*rows, at));
    return all;
}

}  // namespace

std::span<const Statement> message_statements() noexcept {
    return kStatements;
}

// ------------------------------------------------------------------------------------------------ changes
void send(Connection& connection, const PutMessage& change) {
    const auto& row = change.row;
    connection.send(kPut, row.sequence, row.network.view(), row.account.view(), number(row.direction),
                    row.endpoint.view(), row.conversation, row.key.view(), number(row.state),
                    number(row.notice), number(row.attempts), number(row.losses), number(row.accepted),
                    number(row.next), number(row.kind), row.wants_receipt, row.wants_marker, row.text,
                    row.from, row.to, row.stanza_id, row.reply_to, row.network_ids, row.reason, row.steps);
}

void send(Connection& connection, const MoveMessage& change) {
    connection.send(kMove, number(change.to), step(change.to, change.at), number(change.notice),
                    number(change.attempts), number(change.losses), number(change.next), change.network_ids,
                    change.reason, change.forget_text, number(change.accepted), change.sequence,
                    number(change.from));
}

void send(Connection& connection, const SettleMessages& change) {
    static_assert(number(State::delivered) == 4 && number(State::queued) == 1 &&
                  number(model::Direction::to_xmpp) == 1);
    connection.send(kSettle, step(State::delivered, change.at), number_array(change.sequences));
}

void send(Connection& connection, const SettleNotice& change) {
    connection.send(kSettleNotice, change.sequence, number(change.notice));
}

void send(Connection& connection, const PurgeMessages& change) {
    connection.send(kPurge, number(change.before), number(change.most));
}

// ------------------------------------------------------------------------------------------------ reads
Result<std::int64_t> find_last_sequence(Connection& connection, const std::optional<std::string>& holder) {
    bool alone = true;
    if (holder) {
        const auto others = connection.ask(kOthers, *holder);
        if (!others) return fail(others.error());
        alone = others->number(0, 0) == 0;
    }
    const auto last = connection.ask(alone ? kLast : kSetAside);
    if (!last) return fail(last.error());
    return last->number(0, 0);
}

Result<std::vector<OpenMessage>> find_open(Connection& connection, const NetworkName& network,
                                           std::int64_t after, std::size_t most) {
    return all_of<OpenMessage>(connection.ask(kOpen, network.view(), after, limit(most)), read_open);
}

Result<std::vector<MessageRow>> find_rows(Connection& connection,
                                          const std::vector<std::int64_t>& sequences) {
    return all_of<MessageRow>(connection.ask(kRows, number_array(sequences)), read_row);
}

Result<std::optional<MessageRow>> find_key(Connection& connection, const AccountId& account,
                                           model::Direction direction, const MessageKey& key) {
    const auto rows = connection.ask(kOfKey, account.view(), number(direction), key.view());
    if (!rows) return fail(rows.error());
    if (rows->count() == 0) return std::optional<MessageRow>{};
    return read_row(*rows, 0);
}

Result<std::vector<FoundMessage>> find_filtered(Connection& connection, const MessageFilter& filter) {
    auto rows =
        connection.ask(kFiltered, filter.network.view(), filter.user.view(), number(filter.state),
                       number(filter.direction), filter.id, sequence_of(filter.id), limit(filter.most));
    return all_of<FoundMessage>(std::move(rows), [](const Rows& found, int at) {
        return FoundMessage{read_row(found, at), UserId(found.text(at, kColumnsOfARow))};
    });
}

Result<std::vector<MessageCount>> count_rows(Connection& connection) {
    return all_of<MessageCount>(connection.ask(kCount), [](const Rows& rows, int at) {
        return MessageCount{NetworkName(rows.text(at, 0)), static_cast<model::Direction>(rows.number(at, 1)),
                            static_cast<State>(rows.number(at, 2)), rows.number(at, 3),
                            time(rows.number(at, 4))};
    });
}

Result<bool> find_purgeable(Connection& connection, WallTime before) {
    const auto found = connection.ask(kPurgeable, number(before));
    if (!found) return fail(found.error());
    return found->number(0, 0) > 0;
}

}  // namespace causeway::store::postgres
