#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace causeway::config {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

/// A whole number followed by one of `units`; nothing on overflow.
template <std::size_t Count>
[[nodiscard]] std::optional<std::uint64_t> parse_with_unit(std::string_view text,
                                                           const std::array<Unit, Count>& units) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view name(rest, static_cast<std::size_t>(end - rest));
    for (const auto& unit : units) {
        if (unit.name != name) continue;
        if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

/// Edits (insert, remove, replace, swap neighbours) that lead from `a` to `b`.
[[nodiscard]] std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

[[nodiscard]] bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return std::ranges::all_of(label, [](char c) {
        const bool ascii_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return ascii_word || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
    });
}

}  // namespace

std::optional<Millis> parse_duration(std::string_view text) {
    if (text == "0") return Millis{0};  // nothing needs no unit
    static constexpr std::array kUnits{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000},
                                       Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
    const auto millis = parse_with_unit(text, kUnits);
    if (!millis) return std::nullopt;
    return Millis(static_cast<Millis::rep>(*millis));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    static constexpr std::array kUnits{Unit{"", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024 * 1024},
                                       Unit{"GiB", 1024ULL * 1024 * 1024}};
    return parse_with_unit(text, kUnits);
}

bool is_domain(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    for (std::size_t start = 0; start <= text.size();) {
        const auto dot = std::min(text.find('.', start), text.size());
        if (!is_label(text.substr(start, dot - start))) return false;
        start = dot + 1;
    }
    return true;
}

bool is_bare_jid(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 1023) return false;
    if (text.substr(0, at).find_first_of(" \"&'/:<>\t\r\n") != std::string_view::npos) return false;
    return is_domain(text.substr(at + 1));
}

bool is_loopback(std::string_view host) {
    const bool dotted = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || host == "::1" || (dotted && host.starts_with("127."));
}

std::optional<HostPort> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return std::nullopt;  // an IPv6 address needs its brackets
    }
    HostPort result{std::string(host), 0};
    const auto digits = text.substr(colon + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
    if (error != std::errc{} || rest != digits.data() + digits.size() || result.port == 0)
        return std::nullopt;
    return result;
}

namespace {

/// `text` up to `end`, which it loses with the end itself; all of it if there is no end.
[[nodiscard]] std::string_view take_until(std::string_view& text, char end) {
    const auto at = text.find(end);
    const auto taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

/// A host of a database's address, or several with commas between them: a path is a socket's directory.
[[nodiscard]] bool all_local(std::string_view hosts) {
    while (!hosts.empty()) {
        auto host = take_until(hosts, ',');
        if (host.starts_with('[')) {
            host = host.substr(1, host.find(']') - 1);
        } else if (const auto colon = host.find(':'); host.find(':', colon + 1) == std::string_view::npos) {
            host = host.substr(0, colon);
        }
        const bool socket = host.empty() || host.starts_with('/') || host.starts_with('@') ||
                            host.starts_with("%2F") || host.starts_with("%2f");
        if (!socket && !is_loopback(host)) return false;
    }
    return true;
}

}  // namespace

std::optional<DatabaseUri> parse_database_uri(std::string_view text) {
    if (text.starts_with("postgresql://")) {
        text.remove_prefix(13);
    } else if (text.starts_with("postgres://")) {
        text.remove_prefix(11);
    } else {
        return std::nullopt;
    }
    DatabaseUri parts;
    auto place = take_until(text, '?');
    auto hosts = take_until(place, '/');
    if (const auto at = hosts.rfind('@'); at != std::string_view::npos) {
        parts.has_password = hosts.substr(0, at).find(':') != std::string_view::npos;
        hosts.remove_prefix(at + 1);
    }
    parts.local = all_local(hosts);
    while (!text.empty()) {
        auto value = take_until(text, '&');
        const auto key = take_until(value, '=');
        if (key == "password" || key == "sslpassword") parts.has_password = true;
        if (key == "sslmode") parts.says_sslmode = true;
        if (key == "host" || key == "hostaddr") parts.local = all_local(value);
    }
    return parts;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t kLongestWord = 64;  // the distance is quadratic, and no key is that long
    if (word.size() > kLongestWord) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : known) {
        const auto edits = distance(word, candidate);
        if (edits >= best_distance) continue;
        best_distance = edits;
        best = candidate;
    }
    return best;
}

}  // namespace causeway::config
