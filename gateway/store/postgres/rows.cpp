#include "gateway/store/postgres/rows.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "gateway/store/postgres/message_rows.hpp"

namespace causeway::store::postgres {

namespace {

// ------------------------------------------------------------------------------------------------ statements
constexpr Statement kPutAccount{
    "put_account",
    "INSERT INTO accounts (id, network, user_jid, registered, logged_out, remote_name, sealed_credentials,"
    " created_ms, always_on, language, write_roster, show_typing)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    " ON CONFLICT (id) DO UPDATE SET network = excluded.network, user_jid = excluded.user_jid,"
    " registered = excluded.registered, logged_out = excluded.logged_out, remote_name = excluded.remote_name,"
    " sealed_credentials = excluded.sealed_credentials, created_ms = excluded.created_ms,"
    " always_on = excluded.always_on, language = excluded.language, write_roster = excluded.write_roster,"
    " show_typing = excluded.show_typing"};
constexpr Statement kRemoveAccount{"remove_account", "DELETE FROM accounts WHERE id = $1"};
constexpr Statement kPutContact{
    "put_contact",
    "INSERT INTO contacts (account, contact, address, user_sees, contact_sees) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (account, contact) DO UPDATE SET address = excluded.address,"
    " user_sees = excluded.user_sees, contact_sees = excluded.contact_sees"};
constexpr Statement kRemoveContact{"remove_contact",
                                   "DELETE FROM contacts WHERE account = $1 AND contact = $2"};
constexpr Statement kPutJoin{
    "put_join",
    "INSERT INTO joins (account, room, address, resource_jid, nick, sealed_password)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (account, room, resource_jid) DO UPDATE SET address = excluded.address,"
    " nick = excluded.nick, sealed_password = excluded.sealed_password"};
constexpr Statement kRemoveJoin{
    "remove_join", "DELETE FROM joins WHERE account = $1 AND room = $2 AND ($3 = '' OR resource_jid = $3)"};
constexpr Statement kPutRecord{"put_record",
                               "INSERT INTO records (account, key, value) VALUES ($1, $2, $3)"
                               " ON CONFLICT (account, key) DO UPDATE SET value = excluded.value"};
constexpr Statement kRemoveRecord{"remove_record", "DELETE FROM records WHERE account = $1 AND key = $2"};
constexpr Statement kPutOptions{"put_options",
                                "INSERT INTO options (account, endpoint, sealed) VALUES ($1, $2, $3)"
                                " ON CONFLICT (account, endpoint) DO UPDATE SET sealed = excluded.sealed"};
constexpr Statement kPutNetworkRecord{"put_network_record",
                                      "INSERT INTO network_records (network, key, value) VALUES ($1, $2, $3)"
                                      " ON CONFLICT (network, key) DO UPDATE SET value = excluded.value"};
constexpr Statement kRemoveNetworkRecord{"remove_network_record",
                                         "DELETE FROM network_records WHERE network = $1 AND key = $2"};
constexpr Statement kPutNetworkSecret{"put_network_secret",
                                      "INSERT INTO network_secrets (network, sealed) VALUES ($1, $2)"
                                      " ON CONFLICT (network) DO UPDATE SET sealed = excluded.sealed"};

constexpr Statement kAccounts{
    "accounts",
    "SELECT id, network, user_jid, registered, logged_out, remote_name, sealed_credentials, created_ms,"
    " always_on, language, write_roster, show_typing FROM accounts WHERE network = $1"
    " ORDER BY created_ms, id"};
constexpr Statement kContacts{
    "contacts",
    "SELECT c.account, c.contact, c.address, c.user_sees, c.contact_sees FROM contacts c"
    " JOIN accounts a ON a.id = c.account WHERE a.network = $1 ORDER BY c.account, c.contact"};
constexpr Statement kJoins{
    "joins",
    "SELECT j.account, j.room, j.address, j.resource_jid, j.nick, j.sealed_password FROM joins j"
    " JOIN accounts a ON a.id = j.account WHERE a.network = $1 ORDER BY j.account, j.room, j.resource_jid"};
constexpr Statement kOptions{"options",
                             "SELECT o.account, o.endpoint, o.sealed FROM options o"
                             " JOIN accounts a ON a.id = o.account WHERE a.network = $1"};
constexpr Statement kNetworkRecords{"network_records",
                                    "SELECT key, value FROM network_records WHERE network = $1"};
constexpr Statement kNetworkSecret{"network_secret", "SELECT sealed FROM network_secrets WHERE network = $1"};
constexpr Statement kRecord{"record", "SELECT value FROM records WHERE account = $1 AND key = $2"};

// For the check at start alone: not prepared.
constexpr Statement kSealedCredentials{
    nullptr, "SELECT sealed_credentials, id FROM accounts WHERE sealed_credentials <> '' ORDER BY id"};
constexpr Statement kSealedOptions{
    nullptr, "SELECT sealed, account, endpoint FROM options ORDER BY account, endpoint"};
constexpr Statement kSealedPasswords{
    nullptr, "SELECT sealed_password, account FROM joins WHERE sealed_password <> ''"};
constexpr Statement kSealedSecrets{nullptr, "SELECT sealed, network FROM network_secrets ORDER BY network"};

constexpr std::array kStatements{
    kPutAccount, kRemoveAccount, kPutContact,       kRemoveContact,       kPutJoin,
    kRemoveJoin, kPutRecord,     kRemoveRecord,     kPutOptions,          kAccounts,
    kContacts,   kJoins,         kPutNetworkRecord, kRemoveNetworkRecord, kPutNetworkSecret,
    kOptions,    kRecord,        kNetworkRecords,   kNetworkSecret};

// ------------------------------------------------------------------------------------------------ changes
struct Sender {
    Connection& connection;

    void operator()(const PutAccount& change) const {
        const auto& row = change.row;
        connection.send(kPutAccount, row.id.view(), row.network.view(), row.user.view(), row.registered,
                        row.logged_out, row.remote_name, row.sealed_credentials,
                        std::int64_t{row.created.time_since_epoch().count()}, row.always_on,
                        row.preferences.language, row.preferences.write_roster, row.preferences.show_typing);
    }
    void operator()(const RemoveAccount& change) const { connection.send(kRemoveAccount, change.id.view()); }
    void operator()(const PutContact& change) const {
        const auto& row = change.row;
        connection.send(kPutContact, row.account.view(), row.contact.view(), row.address,
                        static_cast<std::int64_t>(row.user_sees),
                        static_cast<std::int64_t>(row.contact_sees));
    }
    void operator()(const RemoveContact& change) const {
        connection.send(kRemoveContact, change.account.view(), change.contact.view());
    }
    void operator()(const PutJoin& change) const {
        const auto& row = change.row;
        connection.send(kPutJoin, row.account.view(), row.room.view(), row.address, row.resource_jid,
                        row.nick, row.sealed_password);
    }
    void operator()(const RemoveJoin& change) const {
        connection.send(kRemoveJoin, change.account.view(), change.room.view(), change.resource_jid);
    }
    void operator()(const PutRecord& change) const {
        if (change.value.empty()) {
            connection.send(kRemoveRecord, change.account.view(), change.key);
        } else {
            connection.send(kPutRecord, change.account.view(), change.key, change.value);
        }
    }
    void operator()(const PutOptions& change) const {
        const auto& row = change.row;
        connection.send(kPutOptions, row.account.view(), row.endpoint.view(), row.sealed);
    }
    void operator()(const PutNetworkSecret& change) const {
        connection.send(kPutNetworkSecret, change.network.view(), change.sealed);
    }
    void operator()(const PutNetworkRecord& change) const {
        if (change.value.empty()) {
            connection.send(kRemoveNetworkRecord, change.network.view(), change.key);
        } else {
            connection.send(kPutNetworkRecord, change.network.view(), change.key, change.value);
        }
    }
    void operator()(const PutMessage& change) const { postgres::send(connection, change); }
    void operator()(const MoveMessage& change) const { postgres::send(connection, change); }
    void operator()(const SettleMessages& change) const { postgres::send(connection, change); }
    void operator()(const SettleNotice& change) const { postgres::send(connection, change); }
    void operator()(const PurgeMessages& change) const { postgres::send(connection, change); }
};

[[nodiscard]] Sent::Expects expected_of(const Change& change) noexcept {
    if (std::holds_alternative<PutMessage>(change)) return Sent::Expects::new_message;
    if (std::holds_alternative<MoveMessage>(change)) return Sent::Expects::moved_message;
    return Sent::Expects::nothing;
}

// ------------------------------------------------------------------------------------------------ rows
[[nodiscard]] AccountRow read_account(const Rows& rows, int at) {
    AccountRow account;
    account.id = AccountId(rows.text(at, 0));
    account.network = NetworkName(rows.text(at, 1));
    account.user = UserId(rows.text(at, 2));
    account.registered = rows.flag(at, 3);
    account.logged_out = rows.flag(at, 4);
    account.remote_name = rows.text(at, 5);
    account.sealed_credentials = rows.text(at, 6);
    account.created = WallTime(Millis(rows.number(at, 7)));
    account.always_on = rows.flag(at, 8);
    account.preferences.language = rows.text(at, 9);
    account.preferences.write_roster = rows.flag(at, 10);
    account.preferences.show_typing = rows.flag(at, 11);
    return account;
}

[[nodiscard]] ContactRow read_contact(const Rows& rows, int at) {
    // The table's CHECKs keep the decisions in range.
    return {AccountId(rows.text(at, 0)), ContactId(rows.text(at, 1)), rows.text(at, 2),
            static_cast<Decision>(rows.number(at, 3)), static_cast<Decision>(rows.number(at, 4))};
}

[[nodiscard]] JoinRow read_join(const Rows& rows, int at) {
    return {AccountId(rows.text(at, 0)),
            RoomId(rows.text(at, 1)),
            rows.text(at, 2),
            rows.text(at, 3),
            rows.text(at, 4),
            rows.text(at, 5)};
}

/// Calls `take` with each row.
template <class Take>
void each(const Rows& rows, const Take& take) {
    for (int at = 0; at < rows.count(); ++at) take(rows, at);
}

/// The answers of all that was sent, or the first failure.
[[nodiscard]] Result<std::vector<Rows>> all_answers(Connection& connection) {
    auto landing = connection.land();
    if (!landing) return fail(std::move(landing.error()));
    if (landing->failure) return fail(std::move(*landing->failure));
    return std::move(landing->rows);
}

}  // namespace

std::span<const Statement> row_statements() noexcept {
    return kStatements;
}

void send_batch(Connection& connection, const Batch& batch, std::size_t number, std::vector<Sent>& sent) {
    const Sender sender{connection};
    for (const auto& change : batch) {
        std::visit(sender, change);
        sent.push_back({number, expected_of(change)});
    }
}

Result<> judge(const Sent& sent, const Rows& rows) {
    if (sent.expects == Sent::Expects::nothing || rows.affected() == 1) return {};
    return fail(Errc::conflict, sent.expects == Sent::Expects::new_message
                                    ? "the message is kept already"
                                    : "a message is not in the state that it was to leave");
}

Result<NetworkRows> load_network(Connection& connection, const NetworkName& network) {
    for (const auto& statement : {kAccounts, kContacts, kJoins, kOptions, kNetworkRecords, kNetworkSecret})
        connection.send(statement, network.view());
    const auto answers = all_answers(connection);
    if (!answers) return fail(answers.error());
    NetworkRows all;
    each((*answers)[0], [&all](const Rows& rows, int at) { all.accounts.push_back(read_account(rows, at)); });
    each((*answers)[1], [&all](const Rows& rows, int at) { all.contacts.push_back(read_contact(rows, at)); });
    each((*answers)[2], [&all](const Rows& rows, int at) { all.joins.push_back(read_join(rows, at)); });
    each((*answers)[3], [&all](const Rows& rows, int at) {
        all.options.push_back({AccountId(rows.text(at, 0)), EndpointId(rows.text(at, 1)), rows.text(at, 2)});
    });
    each((*answers)[4],
         [&all](const Rows& rows, int at) { all.records.emplace(rows.text(at, 0), rows.text(at, 1)); });
    each((*answers)[5], [&all](const Rows& rows, int at) { all.sealed_network_secret = rows.text(at, 0); });
    return all;
}

Result<std::optional<std::string>> find_record(Connection& connection, const AccountId& account,
                                               const std::string& key) {
    const auto rows = connection.ask(kRecord, account.view(), key);
    if (!rows) return fail(rows.error());
    if (rows->count() == 0) return std::optional<std::string>{};
    return rows->text(0, 0);
}

Result<std::vector<SealedValue>> find_sealed(Connection& connection) {
    for (const auto& statement : {kSealedCredentials, kSealedOptions, kSealedPasswords, kSealedSecrets})
        connection.send(statement);
    const auto answers = all_answers(connection);
    if (!answers) return fail(answers.error());
    std::vector<SealedValue> values;
    const auto of_account = [&values](const Rows& rows, int at) {
        values.push_back({rows.text(at, 0), sealed_owner(AccountId(rows.text(at, 1)))});
    };
    each((*answers)[0], of_account);
    each((*answers)[1], [&values](const Rows& rows, int at) {
        values.push_back(
            {rows.text(at, 0), sealed_owner(AccountId(rows.text(at, 1)), EndpointId(rows.text(at, 2)))});
    });
    each((*answers)[2], of_account);
    each((*answers)[3], [&values](const Rows& rows, int at) {
        values.push_back({rows.text(at, 0), sealed_owner(NetworkName(rows.text(at, 1)))});
    });
    return values;
}

}  // namespace causeway::store::postgres
