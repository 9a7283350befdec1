#pragma once
/// @file config/values.hpp
/// NAME       Words of the configuration as values: durations, sizes, addresses; and the nearest known word.
/// TESTS      tests/unit/config/values_test.cpp
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace causeway::config {

/// `250ms`, `30s`, `5m`, `1h`. A number without unit is refused: nobody should have to guess it.
[[nodiscard]] std::optional<Millis> parse_duration(std::string_view text);
/// `65536`, `64KiB`, `4MiB`, `1GiB`.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// A domain in ASCII or UTF-8 by its outer form: labels of 1-63 bytes without spaces, `@` or `/`, 253 in all.
[[nodiscard]] bool is_domain(std::string_view text);
/// `local@domain`, without resource.
[[nodiscard]] bool is_bare_jid(std::string_view text);
/// An IPv4 or IPv6 loopback address, or `localhost`.
[[nodiscard]] bool is_loopback(std::string_view host);

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const HostPort&, const HostPort&) = default;
};
/// `127.0.0.1:9477`, `[::1]:9477`.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text);

/// What matters of `postgresql://user@host:port/database?key=value&…`.
struct DatabaseUri {
    bool has_password = false;
    bool local = false;  ///< all of its hosts are this machine, or a socket's directory
    bool says_sslmode = false;
};
[[nodiscard]] std::optional<DatabaseUri> parse_database_uri(std::string_view text);

/// The known word that is a slip of the finger away from `word`; "" if none is.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace causeway::config
