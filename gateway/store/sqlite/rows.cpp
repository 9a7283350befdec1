#include "gateway/store/sqlite/rows.hpp"

#include <utility>
#include <variant>

#include "gateway/store/sqlite/message_rows.hpp"
#include "gateway/store/sqlite/query.hpp"

namespace causeway::store::sqlite {

namespace {

// ------------------------------------------------------------------------------------------------ changes
struct Applier {
    Database& database;

    Result<> operator()(const PutAccount& change) const {
        const auto& row = change.row;
        return run(database,
                   "INSERT INTO accounts (id, network, user, registered, logged_out, remote_name,"
                   " sealed_credentials, created_ms, always_on, language, write_roster, show_typing)"
                   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
                   " ON CONFLICT (id) DO UPDATE SET network = excluded.network, user = excluded.user,"
                   " registered = excluded.registered, logged_out = excluded.logged_out,"
                   " remote_name = excluded.remote_name, sealed_credentials = excluded.sealed_credentials,"
                   " created_ms = excluded.created_ms, always_on = excluded.always_on,"
                   " language = excluded.language, write_roster = excluded.write_roster,"
                   " show_typing = excluded.show_typing",
                   row.id.view(), row.network.view(), row.user.view(), row.registered, row.logged_out,
                   row.remote_name, row.sealed_credentials,
                   std::int64_t{row.created.time_since_epoch().count()}, row.always_on,
                   row.preferences.language, row.preferences.write_roster, row.preferences.show_typing);
    }
    Result<> operator()(const RemoveAccount& change) const {
        return run(database, "DELETE FROM accounts WHERE id = ?", change.id.view());
    }
    Result<> operator()(const PutContact& change) const {
        const auto& row = change.row;
        return run(
            database,
            "INSERT INTO contacts (account, contact, address, user_sees, contact_sees) VALUES (?,?,?,?,?)"
            " ON CONFLICT (account, contact) DO UPDATE SET address = excluded.address,"
            " user_sees = excluded.user_sees, contact_sees = excluded.contact_sees",
            row.account.view(), row.contact.view(), row.address, static_cast<std::int64_t>(row.user_sees),
            static_cast<std::int64_t>(row.contact_sees));
    }
    Result<> operator()(const RemoveContact& change) const {
        return run(database, "DELETE FROM contacts WHERE account = ? AND contact = ?", change.account.view(),
                   change.contact.view());
    }
    Result<> operator()(const PutJoin& change) const {
        const auto& row = change.row;
        return run(database,
                   "INSERT INTO joins (account, room, address, resource_jid, nick, sealed_password)"
                   " VALUES (?,?,?,?,?,?)"
                   " ON CONFLICT (account, room, resource_jid) DO UPDATE SET address = excluded.address,"
                   " nick = excluded.nick, sealed_password = excluded.sealed_password",
                   row.account.view(), row.room.view(), row.address, row.resource_jid, row.nick,
                   row.sealed_password);
    }
    Result<> operator()(const RemoveJoin& change) const {
        if (change.resource_jid.empty()) {
            return run(database, "DELETE FROM joins WHERE account = ? AND room = ?", change.account.view(),
                       change.room.view());
        }
        return run(database, "DELETE FROM joins WHERE account = ? AND room = ? AND resource_jid = ?",
                   change.account.view(), change.room.view(), change.resource_jid);
    }
    Result<> operator()(const PutRecord& change) const {
        if (change.value.empty()) {
            return run(database, "DELETE FROM records WHERE account = ? AND key = ?", change.account.view(),
                       change.key);
        }
        auto statement = database.statement(
            "INSERT INTO records (account, key, value) VALUES (?,?,?)"
            " ON CONFLICT (account, key) DO UPDATE SET value = excluded.value");
        if (!statement) return fail(std::move(statement.error()));
        return statement->bind(change.account.view()).bind(change.key).bind_bytes(change.value).run();
    }
    Result<> operator()(const PutOptions& change) const {
        const auto& row = change.row;
        return run(database,
                   "INSERT INTO options (account, endpoint, sealed) VALUES (?,?,?)"
                   " ON CONFLICT (account, endpoint) DO UPDATE SET sealed = excluded.sealed",
                   row.account.view(), row.endpoint.view(), row.sealed);
    }
    Result<> operator()(const PutNetworkRecord& change) const {
        if (change.value.empty()) {
            return run(database, "DELETE FROM network_records WHERE network = ? AND key = ?",
                       change.network.view(), change.key);
        }
        auto statement = database.statement(
            "INSERT INTO network_records (network, key, value) VALUES (?,?,?)"
            " ON CONFLICT (network, key) DO UPDATE SET value = excluded.value");
        if (!statement) return fail(std::move(statement.error()));
        return statement->bind(change.network.view()).bind(change.key).bind_bytes(change.value).run();
    }
    Result<> operator()(const PutNetworkSecret& change) const {
        return run(database,
                   "INSERT INTO network_secrets (network, sealed) VALUES (?,?)"
                   " ON CONFLICT (network) DO UPDATE SET sealed = excluded.sealed",
                   change.network.view(), change.sealed);
    }
    Result<> operator()(const PutMessage& change) const { return put_message(database, change.row); }
    Result<> operator()(const MoveMessage& change) const { return move_message(database, change); }
    Result<> operator()(const SettleMessages& change) const { return settle_messages(database, change); }
    Result<> operator()(const SettleNotice& change) const { return settle_notice(database, change); }
    Result<> operator()(const PurgeMessages& change) const { return purge_messages(database, change); }
};

// ------------------------------------------------------------------------------------------------ rows
[[nodiscard]] AccountRow read_account(const Statement& row) {
    AccountRow account;
    account.id = AccountId(row.text(0));
    account.network = NetworkName(row.text(1));
    account.user = UserId(row.text(2));
    account.registered = row.number(3) != 0;
    account.logged_out = row.number(4) != 0;
    account.remote_name = row.text(5);
    account.sealed_credentials = row.text(6);
    account.created = WallTime(std::chrono::milliseconds(row.number(7)));
    account.always_on = row.number(8) != 0;
    account.preferences.language = row.text(9);
    account.preferences.write_roster = row.number(10) != 0;
    account.preferences.show_typing = row.number(11) != 0;
    return account;
}

[[nodiscard]] ContactRow read_contact(const Statement& row) {
    ContactRow contact;
    contact.account = AccountId(row.text(0));
    contact.contact = ContactId(row.text(1));
    contact.address = row.text(2);
    contact.user_sees = static_cast<Decision>(row.number(3));  // the table's CHECK keeps it in range
    contact.contact_sees = static_cast<Decision>(row.number(4));
    return contact;
}

[[nodiscard]] JoinRow read_join(const Statement& row) {
    JoinRow join;
    join.account = AccountId(row.text(0));
    join.room = RoomId(row.text(1));
    join.address = row.text(2);
    join.resource_jid = row.text(3);
    join.nick = row.text(4);
    join.sealed_password = row.text(5);
    return join;
}

}  // namespace

Result<> apply(Database& database, const Batch& batch) {
    const Applier applier{database};
    for (const auto& change : batch) {
        if (auto applied = std::visit(applier, change); !applied) return applied;
    }
    return {};
}

Result<NetworkRows> load_network(Database& database, const NetworkName& network) {
    NetworkRows rows;
    auto read = each_row(
        database,
        "SELECT id, network, user, registered, logged_out, remote_name, sealed_credentials, created_ms,"
        " always_on, language, write_roster, show_typing FROM accounts WHERE network = ? ORDER BY "
        "created_ms, id",
        [&rows](const Statement& row) { rows.accounts.push_back(read_account(row)); }, network.view());
    if (!read) return fail(std::move(read.error()));
    read = each_row(
        database,
        "SELECT c.account, c.contact, c.address, c.user_sees, c.contact_sees"
        " FROM contacts c JOIN accounts a ON a.id = c.account WHERE a.network = ? ORDER BY c.account, "
        "c.contact",
        [&rows](const Statement& row) { rows.contacts.push_back(read_contact(row)); }, network.view());
    if (!read) return fail(std::move(read.error()));
    read = each_row(
        database,
        "SELECT j.account, j.room, j.address, j.resource_jid, j.nick, j.sealed_password"
        " FROM joins j JOIN accounts a ON a.id = j.account WHERE a.network = ? ORDER BY j.account, j.room",
        [&rows](const Statement& row) { rows.joins.push_back(read_join(row)); }, network.view());
    if (!read) return fail(std::move(read.error()));
    read = each_row(
        database,
        "SELECT o.account, o.endpoint, o.sealed"
        " FROM options o JOIN accounts a ON a.id = o.account WHERE a.network = ?",
        [&rows](const Statement& row) {
            rows.options.push_back({AccountId(row.text(0)), EndpointId(row.text(1)), row.text(2)});
        },
        network.view());
    if (!read) return fail(std::move(read.error()));
    read = each_row(
        database, "SELECT key, value FROM network_records WHERE network = ?",
        [&rows](const Statement& row) { rows.records.emplace(row.text(0), row.text(1)); }, network.view());
    if (!read) return fail(std::move(read.error()));
    read = each_row(
        database, "SELECT sealed FROM network_secrets WHERE network = ?",
        [&rows](const Statement& row) { rows.sealed_network_secret = row.text(0); }, network.view());
    if (!read) return fail(std::move(read.error()));
    return rows;
}

Result<std::optional<std::string>> find_record(Database& database, const AccountId& account,
                                               const std::string& key) {
    std::optional<std::string> value;
    auto read = each_row(
        database, "SELECT value FROM records WHERE account = ? AND key = ?",
        [&value](const Statement& row) { value = row.text(0); }, account.view(), key);
    if (!read) return fail(std::move(read.error()));
    return value;
}

Result<std::vector<SealedValue>> find_sealed(Database& database) {
    std::vector<SealedValue> values;
    auto read =
        each_row(database, "SELECT sealed_credentials, id FROM accounts WHERE sealed_credentials <> ''",
                 [&values](const Statement& row) {
                     values.push_back({row.text(0), sealed_owner(AccountId(row.text(1)))});
                 });
    if (!read) return fail(std::move(read.error()));
    read =
        each_row(database, "SELECT sealed, account, endpoint FROM options", [&values](const Statement& row) {
            values.push_back({row.text(0), sealed_owner(AccountId(row.text(1)), EndpointId(row.text(2)))});
        });
    if (!read) return fail(std::move(read.error()));
    read = each_row(database, "SELECT sealed_password, account FROM joins WHERE sealed_password <> ''",
                    [&values](const Statement& row) {
                        values.push_back({row.text(0), sealed_owner(AccountId(row.text(1)))});
                    });
    if (!read) return fail(std::move(read.error()));
    read = each_row(database, "SELECT sealed, network FROM network_secrets", [&values](const Statement& row) {
        values.push_back({row.text(0), sealed_owner(NetworkName(row.text(1)))});
    });
    if (!read) return fail(std::move(read.error()));
    return values;
}

}  // namespace causeway::store::sqlite
