#include "gateway/store/postgres/check.hpp"

#include <utility>

#include "gateway/store/postgres/connection.hpp"
#include "gateway/store/postgres/migrations.hpp"
#include "gateway/store/postgres/rows.hpp"

namespace causeway::store::postgres {

namespace {

constexpr Statement kBegin{nullptr, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr Statement kVersion{nullptr, "SELECT coalesce(max(version), 0)::bigint FROM schema_version"};
constexpr std::int64_t kPage = 10'000;
constexpr Statement kMessages{nullptr,
                              "SELECT sequence, state, steps, body <> '' FROM messages WHERE sequence > $1"
                              " ORDER BY sequence LIMIT $2"};

class CheckedDatabase final : public Checked {
public:
    explicit CheckedDatabase(Connection connection) : connection_(std::move(connection)) {}

    std::vector<std::string> damage() override {
        if (connection_.durable()) return {};
        return {
            "the server runs with fsync or full_page_writes off: after a power cut it may have lost what it "
            "confirmed"};
    }

    Result<std::int64_t> version() override {
        const auto found = connection_.ask(kVersion);
        if (!found) return fail(found.error());
        return found->number(0, 0);
    }
    std::int64_t newest_version() const noexcept override { return migrations().back().version; }

    Result<> each_message(const Show& show) override {
        for (std::int64_t after = 0;;) {
            const auto page = connection_.ask(kMessages, after, kPage);
            if (!page) return fail(page.error());
            for (int row = 0; row < page->count(); ++row) {
                after = page->number(row, 0);
                show(after, static_cast<model::State>(page->number(row, 1)), page->text(row, 2),
                     page->flag(row, 3));
            }
            if (page->count() < kPage) return {};
        }
    }
    Result<std::vector<SealedValue>> sealed() override {
        if (auto prepared = connection_.prepare(row_statements()); !prepared)
            return fail(std::move(prepared.error()));
        return find_sealed(connection_);
    }

private:
    Connection connection_;
};

}  // namespace

Result<std::unique_ptr<Checked>> open_to_check(const PostgresSettings& settings, const Clock& clock) {
    ConnectionSettings connection;
    connection.uri = settings.uri;
    connection.password = settings.password;
    connection.application = "causeway fsck";
    auto opened = Connection::open(connection, clock);
    if (!opened) return fail(std::move(opened.error()));
    // The moment is that of the first read.
    if (auto begun = opened->ask(kBegin); !begun) return fail(begun.error());
    return std::make_unique<CheckedDatabase>(std::move(*opened));
}

}  // namespace causeway::store::postgres
