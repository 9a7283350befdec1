#pragma once
/// @file gateway/base/secret.hpp
/// NAME       Secret<T>: a value that cannot be printed by accident.
/// INVARIANTS No stream operator, no formatter, no comparison; memory of strings is wiped on destruction.
#include <string>
#include <utility>

namespace causeway {

/// Overwrites memory in a way that the optimiser may not remove.
void wipe(void* memory, std::size_t bytes) noexcept;

template <class T = std::string>
class Secret {
public:
    Secret() = default;
    explicit Secret(T value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret() {
        if constexpr (requires {
                          value_.data();
                          value_.size();
                      })
            wipe(value_.data(), value_.size());
    }

    /// The one way in. Call it where the secret is used, and never keep the result.
    [[nodiscard]] const T& reveal() const noexcept { return value_; }
    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

private:
    T value_;
};

}  // namespace causeway
