#pragma once
/// @file gateway/store/sqlite/query.hpp
/// NAME       run, each_row: one statement from its text to its end, for the files that speak SQL.
#include <functional>
#include <string_view>
#include <utility>

#include "gateway/store/sqlite/database.hpp"

namespace causeway::store::sqlite {

/// Prepares, binds in order and runs.
template <class... Values>
[[nodiscard]] Result<> run(Database& database, std::string_view sql, const Values&... values) {
    auto statement = database.statement(sql);
    if (!statement) return fail(std::move(statement.error()));
    (statement->bind(values), ...);
    return statement->run();
}

/// Calls `take` for each row of a query with these parameters.
template <class... Values>
[[nodiscard]] Result<> each_row(Database& database, std::string_view sql,
                                const std::function<void(const Statement&)>& take, const Values&... values) {
    auto statement = database.statement(sql);
    if (!statement) return fail(std::move(statement.error()));
    (statement->bind(values), ...);
    for (;;) {
        auto row = statement->step();
        if (!row) return fail(std::move(row.error()));
        if (!*row) return {};
        take(*statement);
    }
}

}  // namespace causeway::store::sqlite
