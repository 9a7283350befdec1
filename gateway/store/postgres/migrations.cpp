#include "gateway/store/postgres/migrations.hpp"

#include <array>
#include <string>
#include <utility>

namespace causeway::store::postgres {

namespace {

// Ids are compared by their bytes, as everywhere else in the house: hence the collation.
constexpr const char* kSessionMap = R"sql(
CREATE TABLE accounts (
    id                 text COLLATE "C" PRIMARY KEY,
    network            text COLLATE "C" NOT NULL,
    user_jid           text COLLATE "C" NOT NULL,
    registered         boolean NOT NULL,
    logged_out         boolean NOT NULL,
    always_on          boolean NOT NULL,
    remote_name        text NOT NULL,
    sealed_credentials text NOT NULL,
    created_ms         bigint NOT NULL,
    language           text NOT NULL,
    write_roster       boolean NOT NULL,
    show_typing        boolean NOT NULL,
    UNIQUE (network, user_jid)
);

CREATE TABLE contacts (
    account      text COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact      text COLLATE "C" NOT NULL,
    address      text NOT NULL,
    user_sees    bigint NOT NULL CHECK (user_sees BETWEEN 0 AND 4),
    contact_sees bigint NOT NULL CHECK (contact_sees BETWEEN 0 AND 4),
    PRIMARY KEY (account, contact)
);

CREATE TABLE joins (
    account         text COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    room            text COLLATE "C" NOT NULL,
    address         text NOT NULL,
    resource_jid    text COLLATE "C" NOT NULL,
    nick            text NOT NULL,
    sealed_password text NOT NULL,
    PRIMARY KEY (account, room, resource_jid)
);

CREATE TABLE records (
    account text COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key     text COLLATE "C" NOT NULL,
    value   bytea NOT NULL,
    PRIMARY KEY (account, key)
);

CREATE TABLE options (
    account  text COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    endpoint text COLLATE "C" NOT NULL,
    sealed   text NOT NULL,
    PRIMARY KEY (account, endpoint)
);

CREATE TABLE network_secrets (
    network text COLLATE "C" PRIMARY KEY,
    sealed  text NOT NULL
);

CREATE TABLE network_records (
    network text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    value   bytea NOT NULL,
    PRIMARY KEY (network, key)
);

-- Which of a process's transactions was committed last: asked when the answer to a COMMIT was lost.
CREATE TABLE writers (
    writer      text COLLATE "C" PRIMARY KEY,
    last_commit bigint NOT NULL,
    last_used   timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);
)sql";

// No reference to accounts: a repeat is recognised also when its account was removed and made again.
// Each partial index serves one statement, which repeats its condition word for word.
constexpr const char* kMessages = R"sql(
CREATE TABLE messages (
    sequence      bigint PRIMARY KEY CHECK (sequence > 0),
    network       text COLLATE "C" NOT NULL,
    account       text COLLATE "C" NOT NULL,
    direction     bigint NOT NULL CHECK (direction BETWEEN 0 AND 1),
    endpoint      text COLLATE "C" NOT NULL,
    conversation  text COLLATE "C" NOT NULL,
    key           text COLLATE "C" NOT NULL,
    state         bigint NOT NULL CHECK (state BETWEEN 1 AND 10),
    notice        bigint NOT NULL CHECK (notice BETWEEN 0 AND 7),
    attempts      bigint NOT NULL,
    losses        bigint NOT NULL,
    accepted_ms   bigint NOT NULL,
    next_ms       bigint NOT NULL,
    kind          bigint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    wants_receipt boolean NOT NULL,
    wants_marker  boolean NOT NULL,
    body          text NOT NULL,
    sender        text NOT NULL,
    recipient     text NOT NULL,
    stanza_id     text COLLATE "C" NOT NULL,
    reply_to      text NOT NULL,
    network_ids   text COLLATE "C" NOT NULL,
    reason        text NOT NULL,
    steps         text NOT NULL,
    UNIQUE (account, direction, key)
);

CREATE INDEX messages_open ON messages (network, sequence) WHERE state IN (1, 2, 6, 7) OR notice <> 0;
CREATE INDEX messages_done ON messages (accepted_ms) WHERE state IN (3, 4, 5, 8, 9, 10) AND notice = 0;

-- The greatest sequence among those that were purged, or that a process has set aside for itself.
CREATE TABLE message_numbers (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last     bigint NOT NULL
);
INSERT INTO message_numbers (last) VALUES (0);
)sql";

// Taking a lease over changes `fence`, which is in a unique index: that waits for everyone who has the row
// FOR KEY SHARE, as every transaction that writes has. Renewing changes `expires` only, and waits for no one.
constexpr const char* kLeases = R"sql(
CREATE TABLE IF NOT EXISTS leases (
    component text COLLATE "C" PRIMARY KEY,
    holder    text COLLATE "C" NOT NULL,
    fence     bigint NOT NULL,
    expires   timestamptz NOT NULL,
    UNIQUE (component, fence)
) WITH (fillfactor = 20);
)sql";

constexpr std::array kMigrations{
    Migration{1, kSessionMap},
    Migration{2, kMessages},
};

constexpr Statement kBegin{nullptr, "BEGIN"};
constexpr Statement kCommit{nullptr, "COMMIT"};
constexpr Statement kRollback{nullptr, "ROLLBACK"};
/// "causeway" in hexadecimal, as far as it goes: one at a time in this database.
constexpr Statement kLock{nullptr, "SELECT pg_advisory_xact_lock(x'63617573657761'::bigint)"};
constexpr Statement kVersion{nullptr, "SELECT coalesce(max(version), 0) FROM schema_version"};
constexpr Statement kNote{nullptr, "INSERT INTO schema_version (version) VALUES ($1)"};

/// Runs `work` in one transaction that nobody else's runs beside.
template <class Work>
[[nodiscard]] Result<> alone(Connection& connection, const Work& work) {
    if (auto begun = connection.ask(kBegin); !begun) return fail(std::move(begun.error()));
    Result<> done;
    if (auto locked = connection.ask(kLock); !locked) {
        done = fail(std::move(locked.error()));
    } else {
        done = work();
    }
    auto ended = connection.ask(done ? kCommit : kRollback);
    if (done && !ended) return fail(std::move(ended.error()));
    return done;
}

[[nodiscard]] Result<> apply(Connection& connection, const Migration& step) {
    return alone(connection, [&]() -> Result<> {
        const auto found = connection.ask(kVersion);
        if (!found) return fail(found.error());
        if (found->number(0, 0) >= step.version) return {};  // another instance was quicker
        if (auto ran = connection.run_script(step.sql); !ran) return ran;
        if (auto noted = connection.ask(kNote, step.version); !noted) return fail(std::move(noted.error()));
        return {};
    });
}

}  // namespace

std::span<const Migration> migrations() noexcept {
    return kMigrations;
}

Result<> make_leases(Connection& connection) {
    return alone(connection, [&] { return connection.run_script(kLeases); });
}

Result<std::int64_t> schema_version(Connection& connection) {
    const auto made = alone(connection, [&] {
        return connection.run_script(
            "CREATE TABLE IF NOT EXISTS schema_version (version bigint PRIMARY KEY)");
    });
    if (!made) return fail(made.error());
    auto version = connection.ask(kVersion);
    if (!version) return fail(std::move(version.error()));
    return version->number(0, 0);
}

Result<> migrate(Connection& connection, std::span<const Migration> steps) {
    const auto found = schema_version(connection);
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
        if (auto applied = apply(connection, step); !applied) {
            applied.error().detail =
                "migration to schema version " + std::to_string(step.version) + ": " + applied.error().detail;
            return applied;
        }
    }
    return {};
}

}  // namespace causeway::store::postgres
