#include "gateway/store/sqlite/check.hpp"

#include <utility>

#include "gateway/store/sqlite/migrations.hpp"
#include "gateway/store/sqlite/query.hpp"
#include "gateway/store/sqlite/rows.hpp"

namespace causeway::store::sqlite {

namespace {

class CheckedDatabase final : public Checked {
public:
    explicit CheckedDatabase(Database database) : database_(std::move(database)) {}

    std::vector<std::string> damage() override {
        std::vector<std::string> found;
        const auto checked = each_row(database_, "PRAGMA integrity_check", [&found](const Statement& row) {
            if (row.text(0) != "ok") found.push_back(row.text(0));
        });
        if (!checked) found.push_back(checked.error().detail);
        const auto related = each_row(database_, "PRAGMA foreign_key_check", [&found](const Statement& row) {
            found.push_back("a row of " + row.text(0) + " belongs to no row of " + row.text(2));
        });
        if (!related) found.push_back(related.error().detail);
        return found;
    }

    Result<std::int64_t> version() override {
        std::int64_t version = 0;
        auto read = each_row(database_, "SELECT coalesce(max(version), 0) FROM schema_version",
                             [&version](const Statement& row) { version = row.number(0); });
        if (!read) return fail(std::move(read.error()));
        return version;
    }
    std::int64_t newest_version() const noexcept override { return migrations().back().version; }

    Result<> each_message(const Show& show) override {
        return each_row(database_,
                        "SELECT sequence, state, steps, text <> '' FROM messages ORDER BY sequence",
                        [&show](const Statement& row) {
                            show(row.number(0), static_cast<model::State>(row.number(1)), row.text(2),
                                 row.number(3) != 0);
                        });
    }
    Result<std::vector<SealedValue>> sealed() override { return find_sealed(database_); }

private:
    Database database_;
};

}  // namespace

Result<std::unique_ptr<Checked>> open_to_check(const std::string& path) {
    auto database = Database::open_to_read(path);
    if (!database) return fail(std::move(database.error()));
    // The moment is that of the first read.
    if (auto begun = database->execute("BEGIN; SELECT count(*) FROM sqlite_schema"); !begun)
        return fail(database->found_damage() ? Errc::bad_input : Errc::storage, begun.error().detail);
    return std::make_unique<CheckedDatabase>(std::move(*database));
}

}  // namespace causeway::store::sqlite
