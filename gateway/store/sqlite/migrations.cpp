#include "gateway/store/sqlite/migrations.hpp"

#include <array>
#include <string>
#include <utility>

namespace causeway::store::sqlite {

namespace {

constexpr const char* kSessionMap = R"sql(
CREATE TABLE accounts (
    id                 TEXT PRIMARY KEY NOT NULL,
    network            TEXT NOT NULL,
    user               TEXT NOT NULL,
    registered         INTEGER NOT NULL,
    logged_out         INTEGER NOT NULL,
    remote_name        TEXT NOT NULL,
    sealed_credentials TEXT NOT NULL,
    created_ms         INTEGER NOT NULL,
    UNIQUE (network, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    account      TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact      TEXT NOT NULL,
    address      TEXT NOT NULL,
    user_sees    INTEGER NOT NULL CHECK (user_sees BETWEEN 0 AND 4),
    contact_sees INTEGER NOT NULL CHECK (contact_sees BETWEEN 0 AND 4),
    PRIMARY KEY (account, contact)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kJoins = R"sql(
CREATE TABLE joins (
    account      TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    room         TEXT NOT NULL,
    address      TEXT NOT NULL,
    resource_jid TEXT NOT NULL,
    nick         TEXT NOT NULL,
    PRIMARY KEY (account, room, resource_jid)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kRecordsAndSecrets = R"sql(
CREATE TABLE records (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE network_secrets (
    network TEXT PRIMARY KEY NOT NULL,
    sealed  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kAlwaysOn = R"sql(
ALTER TABLE accounts ADD COLUMN always_on INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr const char* kOptionsAndPreferences = R"sql(
CREATE TABLE options (
    account  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    sealed   TEXT NOT NULL,
    PRIMARY KEY (account, endpoint)
) STRICT, WITHOUT ROWID;

ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN write_roster INTEGER NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN show_typing INTEGER NOT NULL DEFAULT 1;
)sql";

constexpr const char* kNetworkRecords = R"sql(
CREATE TABLE network_records (
    network TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (network, key)
) STRICT, WITHOUT ROWID;

ALTER TABLE joins ADD COLUMN sealed_password TEXT NOT NULL DEFAULT '';
)sql";

// AUTOINCREMENT: sqlite_sequence remembers the greatest sequence when its message has long been purged. No reference to
// accounts: a repeat is recognised also when its account was removed and made again.
// Each partial index serves one statement, which repeats its condition word for word. Ranges, because IN makes SQLite
// build a table of its values whenever a row is written.
constexpr const char* kMessages = R"sql(
CREATE TABLE messages (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (sequence > 0),
    network       TEXT NOT NULL,
    account       TEXT NOT NULL,
    direction     INTEGER NOT NULL CHECK (direction BETWEEN 0 AND 1),
    endpoint      TEXT NOT NULL,
    conversation  TEXT NOT NULL,
    key           TEXT NOT NULL,
    state         INTEGER NOT NULL CHECK (state BETWEEN 1 AND 10),
    notice        INTEGER NOT NULL CHECK (notice BETWEEN 0 AND 7),
    attempts      INTEGER NOT NULL,
    losses        INTEGER NOT NULL,
    accepted_ms   INTEGER NOT NULL,
    next_ms       INTEGER NOT NULL,
    kind          INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    wants_receipt INTEGER NOT NULL,
    wants_marker  INTEGER NOT NULL,
    text          TEXT NOT NULL,
    sender        TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    stanza_id     TEXT NOT NULL,
    reply_to      TEXT NOT NULL,
    network_ids   TEXT NOT NULL,
    reason        TEXT NOT NULL,
    steps         TEXT NOT NULL,
    UNIQUE (account, direction, key)
) STRICT;

CREATE INDEX messages_open ON messages (network, sequence)
    WHERE state <= 2 OR state BETWEEN 6 AND 7 OR notice <> 0;
CREATE INDEX messages_done ON messages (accepted_ms)
    WHERE (state BETWEEN 3 AND 5 OR state >= 8) AND notice = 0;
)sql";

constexpr std::array kMigrations{
    Migration{1, kSessionMap},
    Migration{2, kJoins},
    Migration{3, kRecordsAndSecrets},
    Migration{4, kAlwaysOn},
    Migration{5, kOptionsAndPreferences},
    Migration{6, kNetworkRecords},
    Migration{7, kMessages},
};

[[nodiscard]] Result<> apply(Database& database, const Migration& step) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(std::move(transaction.error()));
    if (auto done = database.execute(step.sql); !done) return done;
    auto note = database.statement("INSERT INTO schema_version (version) VALUES (?)");
    if (!note) return fail(std::move(note.error()));
    if (auto noted = note->bind(step.version).run(); !noted) return noted;
    return transaction->commit();
}

}  // namespace

std::span<const Migration> migrations() noexcept {
    return kMigrations;
}

Result<std::int64_t> schema_version(Database& database) {
    if (auto made = database.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY NOT NULL) STRICT");
        !made) {
        return fail(std::move(made.error()));
    }
    auto query = database.statement("SELECT coalesce(max(version), 0) FROM schema_version");
    if (!query) return fail(std::move(query.error()));
    if (auto row = query->step(); !row) return fail(std::move(row.error()));
    return query->number(0);
}

Result<> migrate(Database& database, std::span<const Migration> steps) {
    const auto found = schema_version(database);
    if (!found) return fail(found.error());
    const std::int64_t newest = steps.empty() ? 0 : steps.back().version;
    if (*found > newest) {
        return fail(Errc::conflict,
                    "the store has schema version " + std::to_string(*found) +
                        ", this program knows versions up to " + std::to_string(newest) +
                        ": start the newer Causeway, or restore a backup made before the upgrade");
    }
    for (const auto& step : steps) {
        if (step.version <= *found) continue;
        if (auto applied = apply(database, step); !applied) {
            applied.error().detail =
                "migration to schema version " + std::to_string(step.version) + ": " + applied.error().detail;
            return applied;
        }
    }
    return {};
}

}  // namespace causeway::store::sqlite
