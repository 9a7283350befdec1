#include "tests/power/stage.hpp"

#include <algorithm>
#include <utility>

#include "gateway/store/sqlite/migrations.hpp"

namespace causeway::power {

namespace {

using store::sqlite::Database;

std::string first_difference(const Contents& found, const Contents& expected) {
    for (const auto& [sequence, line] : expected) {
        const auto there = found.find(sequence);
        if (there == found.end()) return "message " + std::to_string(sequence) + " is lost";
        if (there->second != line) return "message " + std::to_string(sequence) + " is another";
    }
    for (const auto& [sequence, line] : found) {
        if (!expected.contains(sequence)) return "message " + std::to_string(sequence) + " is too many";
    }
    return {};
}

std::string integrity_of(Database& database) {
    auto check = database.statement("PRAGMA integrity_check");
    if (!check) return check.error().detail;
    auto row = check->step();
    if (!row) return row.error().detail;
    return check->text(0) == "ok" ? "" : "integrity_check: " + check->text(0);
}

}  // namespace

std::vector<Moment> commit_groups(SimulatedDisk& disk, Traffic& traffic, std::size_t groups,
                                  const Commit& commit) {
    std::vector<Moment> moments;
    while (moments.size() < groups) {
        const auto group = traffic.next_group();
        std::vector<const store::Batch*> left;
        left.reserve(group.size());
        for (const auto& batch : group) left.push_back(&batch);
        while (!left.empty()) {
            Moment moment{disk.journal().size(), 0, traffic.now(), {}};
            const auto results = commit(left);
            moment.ended = disk.journal().size();
            for (std::size_t i = 0; i < results.size(); ++i) traffic.ended(*left[i], results[i].has_value());
            moment.after = traffic.now();
            moments.push_back(std::move(moment));
            left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(results.size()));
        }
    }
    return moments;
}

Commit driver_on(const std::string& path, Context context) {
    auto opened = store::sqlite::SqliteDriver::open(path, context);
    if (!opened) {
        ADD_FAILURE() << opened.error().detail;
        return {};
    }
    const std::shared_ptr<store::sqlite::SqliteDriver> driver = std::move(*opened);
    return [driver](std::span<const store::Batch* const> offered) { return driver->commit(offered); };
}

std::string wrong_with(const std::string& path, const std::vector<const Contents*>& allowed) {
    auto database = Database::open(path);
    if (!database) return database.error().detail;
    if (auto migrated = store::sqlite::migrate(*database); !migrated) return migrated.error().detail;
    if (auto why = integrity_of(*database); !why.empty()) return why;
    const auto found = contents_of(*database);
    std::string why;
    for (const auto* contents : allowed) {
        why = first_difference(found, *contents);
        if (why.empty()) return {};
    }
    return why;
}

}  // namespace causeway::power
