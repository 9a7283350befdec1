#include "gateway/store/sqlite/message_rows.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/store/sqlite/query.hpp"

namespace causeway::store::sqlite {

namespace {

using model::State;

/// SQLite's LIMIT is signed, and negative means none.
[[nodiscard]] std::int64_t limit(std::size_t most) noexcept {
    constexpr auto kGreatest = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(most, kGreatest));
}

template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] std::int64_t number(Enum value) noexcept {
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

[[nodiscard]] std::optional<std::string_view> view(const std::optional<std::string>& text) noexcept {
    if (!text) return std::nullopt;
    return *text;
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

/// As json_each() takes them: one parameter for any number of sequences.
[[nodiscard]] std::string json(const std::vector<std::int64_t>& sequences) {
    std::string text("[");
    for (const std::int64_t sequence : sequences) {
        if (text.size() > 1) text += ',';
        text += std::to_string(sequence);
    }
    return text += ']';
}

// The order of these columns is that of read_row().
constexpr std::string_view kColumns =
    "sequence, network, account, direction, endpoint, conversation, key, state, notice, attempts, losses,"
    " accepted_ms, next_ms, kind, wants_receipt, wants_marker, text, sender, recipient, stanza_id, reply_to,"
    " network_ids, reason, steps";
constexpr int kColumnsOfARow = 24;

[[nodiscard]] std::string select_rows(std::string_view rest) {
    return std::string("SELECT ").append(kColumns).append(rest);
}

// Enumerations are in range: the table's CHECKs see to it.
[[nodiscard]] MessageRow read_row(const Statement& at) {
    MessageRow row;
    row.sequence = at.number(0);
    row.network = NetworkName(at.text(1));
    row.account = AccountId(at.text(2));
    row.direction = static_cast<model::Direction>(at.number(3));
    row.endpoint = EndpointId(at.text(4));
    row.conversation = at.text(5);
    row.key = MessageKey(at.text(6));
    row.state = static_cast<State>(at.number(7));
    row.notice = static_cast<model::Notice>(at.number(8));
    row.attempts = static_cast<std::uint32_t>(at.number(9));
    row.losses = static_cast<std::uint32_t>(at.number(10));
    row.accepted = time(at.number(11));
    row.next = time(at.number(12));
    row.kind = static_cast<model::MessageKind>(at.number(13));
    row.wants_receipt = at.number(14) != 0;
    row.wants_marker = at.number(15) != 0;
    row.text = at.text(16);
    row.from = at.text(17);
    row.to = at.text(18);
    row.stanza_id = at.text(19);
    row.reply_to = at.text(20);
    row.network_ids = at.text(21);
    row.reason = at.text(22);
    row.steps = at.text(23);
    return row;
}

[[nodiscard]] OpenMessage read_open(const Statement& at) {
    OpenMessage message;
    message.sequence = at.number(0);
    message.account = AccountId(at.text(1));
    message.direction = static_cast<model::Direction>(at.number(2));
    message.endpoint = EndpointId(at.text(3));
    message.conversation = at.text(4);
    message.state = static_cast<State>(at.number(5));
    message.notice = static_cast<model::Notice>(at.number(6));
    message.attempts = static_cast<std::uint32_t>(at.number(7));
    message.losses = static_cast<std::uint32_t>(at.number(8));
    message.accepted = time(at.number(9));
    message.next = time(at.number(10));
    return message;
}

/// The sequence that an operator may mean by `id`; 0, which no message has, if it is no number.
[[nodiscard]] std::int64_t sequence_of(std::string_view id) noexcept {
    std::int64_t sequence = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), sequence);
    return error == std::errc{} && end == id.data() + id.size() ? sequence : 0;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ changes
Result<> put_message(Database& database, const MessageRow& row) {
    auto put = run(
        database,
        "INSERT INTO messages (sequence, network, account, direction, endpoint, conversation, key, state,"
        " notice, attempts, losses, accepted_ms, next_ms, kind, wants_receipt, wants_marker, text, sender,"
        " recipient, stanza_id, reply_to, network_ids, reason, steps)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
        row.sequence, row.network.view(), row.account.view(), number(row.direction), row.endpoint.view(),
        row.conversation, row.key.view(), number(row.state), number(row.notice), number(row.attempts),
        number(row.losses), number(row.accepted), number(row.next), number(row.kind), row.wants_receipt,
        row.wants_marker, row.text, row.from, row.to, row.stanza_id, row.reply_to, row.network_ids,
        row.reason, row.steps);
    if (!put) return put;
    if (database.changes() == 0) return fail(Errc::conflict, "the message is kept already");
    return {};
}

Result<> move_message(Database& database, const MoveMessage& change) {
    auto moved =
        run(database,
            "UPDATE messages SET state = ?, steps = steps || ?, notice = coalesce(?, notice),"
            " attempts = coalesce(?, attempts), losses = coalesce(?, losses),"
            " next_ms = coalesce(?, next_ms), accepted_ms = coalesce(?, accepted_ms), network_ids = "
            "coalesce(?, network_ids),"
            " reason = coalesce(?, reason), text = CASE WHEN ? THEN '' ELSE text END"
            " WHERE sequence = ? AND state = ?",
            number(change.to), step(change.to, change.at), number(change.notice), number(change.attempts),
            number(change.losses), number(change.next), number(change.accepted), view(change.network_ids),
            view(change.reason), change.forget_text, change.sequence, number(change.from));
    if (!moved) return moved;
    if (database.changes() == 0) {
        return fail(Errc::conflict, "message " + std::to_string(change.sequence) + " is not " +
                                        std::string(to_string(change.from)));
    }
    return {};
}

Result<> settle_messages(Database& database, const SettleMessages& change) {
    return run(database,
               "UPDATE messages SET state = ?, steps = steps || ?, text = ''"
               " WHERE sequence IN (SELECT value FROM json_each(?)) AND direction = ? AND state = ?",
               number(State::delivered), step(State::delivered, change.at), json(change.sequences),
               number(model::Direction::to_xmpp), number(State::queued));
}

Result<> settle_notice(Database& database, const SettleNotice& change) {
    return run(database, "UPDATE messages SET notice = 0 WHERE sequence = ? AND notice = ?", change.sequence,
               number(change.notice));
}

Result<> purge_messages(Database& database, const PurgeMessages& change) {
    return run(database,
               "DELETE FROM messages WHERE sequence IN (SELECT sequence FROM messages"
               " WHERE accepted_ms < ? AND (state BETWEEN 3 AND 5 OR state >= 8) AND notice = 0"
               " ORDER BY accepted_ms, sequence LIMIT ?)",
               number(change.before), number(change.most));
}

// ------------------------------------------------------------------------------------------------ reads
Result<std::int64_t> find_last_sequence(Database& database) {
    std::int64_t sequence = 0;
    auto read = each_row(database, "SELECT seq FROM sqlite_sequence WHERE name = 'messages'",
                         [&sequence](const Statement& row) { sequence = row.number(0); });
    if (!read) return fail(std::move(read.error()));
    return sequence;
}

Result<std::vector<OpenMessage>> find_open(Database& database, const NetworkName& network, std::int64_t after,
                                           std::size_t most) {
    std::vector<OpenMessage> open;
    auto read = each_row(
        database,
        "SELECT sequence, account, direction, endpoint, conversation, state, notice, attempts, losses,"
        " accepted_ms, next_ms FROM messages WHERE network = ? AND sequence > ?"
        " AND (state <= 2 OR state BETWEEN 6 AND 7 OR notice <> 0) ORDER BY sequence LIMIT ?",
        [&open](const Statement& row) { open.push_back(read_open(row)); }, network.view(), after,
        limit(most));
    if (!read) return fail(std::move(read.error()));
    return open;
}

Result<std::vector<MessageRow>> find_rows(Database& database, const std::vector<std::int64_t>& sequences) {
    std::vector<MessageRow> rows;
    auto read = each_row(
        database,
        select_rows(" FROM messages WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence"),
        [&rows](const Statement& row) { rows.push_back(read_row(row)); }, json(sequences));
    if (!read) return fail(std::move(read.error()));
    return rows;
}

Result<std::optional<MessageRow>> find_key(Database& database, const AccountId& account,
                                           model::Direction direction, const MessageKey& key) {
    std::optional<MessageRow> found;
    auto read = each_row(
        database, select_rows(" FROM messages WHERE account = ? AND direction = ? AND key = ?"),
        [&found](const Statement& row) { found = read_row(row); }, account.view(), number(direction),
        key.view());
    if (!read) return fail(std::move(read.error()));
    return found;
}

Result<std::vector<FoundMessage>> find_filtered(Database& database, const MessageFilter& filter) {
    std::vector<FoundMessage> found;
    // ?5: the id; LF around both makes it match one of the network's ids as a whole.
    const auto sql = select_rows(
        ", coalesce((SELECT a.user FROM accounts a WHERE a.id = messages.account), '') FROM messages"
        " WHERE (?1 = '' OR network = ?1)"
        " AND (?2 = '' OR account IN (SELECT a.id FROM accounts a WHERE a.user = ?2))"
        " AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR direction = ?4)"
        " AND (?5 = '' OR sequence = ?6 OR stanza_id = ?5"
        " OR instr(char(10) || network_ids || char(10), char(10) || ?5 || char(10)) > 0)"
        " ORDER BY sequence DESC LIMIT ?7");
    auto read = each_row(
        database, sql,
        [&found](const Statement& row) {
            found.push_back({read_row(row), UserId(row.text(kColumnsOfARow))});
        },
        filter.network.view(), filter.user.view(), number(filter.state), number(filter.direction), filter.id,
        sequence_of(filter.id), limit(filter.most));
    if (!read) return fail(std::move(read.error()));
    return found;
}

Result<bool> find_purgeable(Database& database, WallTime before) {
    bool found = false;
    auto read = each_row(
        database,
        "SELECT 1 FROM messages WHERE accepted_ms < ? AND (state BETWEEN 3 AND 5 OR state >= 8)"
        " AND notice = 0 LIMIT 1",
        [&found](const Statement&) { found = true; }, number(before));
    if (!read) return fail(std::move(read.error()));
    return found;
}

Result<std::vector<MessageCount>> count_rows(Database& database) {
    std::vector<MessageCount> counts;
    auto read = each_row(
        database,
        "SELECT network, direction, state, count(*), min(accepted_ms) FROM messages"
        " GROUP BY network, direction, state",
        [&counts](const Statement& row) {
            counts.push_back({NetworkName(row.text(0)), static_cast<model::Direction>(row.number(1)),
                              static_cast<State>(row.number(2)), row.number(3), time(row.number(4))});
        });
    if (!read) return fail(std::move(read.error()));
    return counts;
}

}  // namespace causeway::store::sqlite
