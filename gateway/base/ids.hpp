#pragma once
/// @file gateway/base/ids.hpp
/// NAME       Id<Tag>: a string that can only be compared with its own kind.
/// WHY        Every id of the gateway has its own type; two of them cannot be swapped in a call by accident.
#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& str() const noexcept { return value_; }
    [[nodiscard]] std::string_view view() const noexcept { return value_; }
    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

    friend auto operator<=>(const Id&, const Id&) = default;

private:
    std::string value_;
};

}  // namespace causeway

template <class Tag>
struct std::hash<causeway::Id<Tag>> {
    std::size_t operator()(const causeway::Id<Tag>& id) const noexcept {
        return std::hash<std::string_view>{}(id.view());
    }
};
