#include "legacy-adapters/irc/codec/isupport.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxPrefixes = 8;

std::size_t number(std::string_view text, std::size_t fallback, std::size_t low, std::size_t high) {
    std::size_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc{} ? std::clamp(value, low, high) : fallback;
}

PrefixSet bit_in(const std::string& list, char c) noexcept {
    const auto at = list.find(c);
    return at == std::string::npos ? PrefixSet{0} : static_cast<PrefixSet>(1U << at);
}

}  // namespace

void Isupport::apply(std::string_view token) {
    if (token.starts_with('-')) return unset(token.substr(1));
    const auto equals = token.find('=');
    set(token.substr(0, equals),
        equals == std::string_view::npos ? std::string_view{} : token.substr(equals + 1));
}

void Isupport::set(std::string_view name, std::string_view value) {
    if (name == "CASEMAPPING")
        casemapping = casemapping_of(value);
    else if (name == "CHANTYPES")
        chantypes = value;
    else if (name == "PREFIX")
        set_prefix(value);
    else if (name == "CHANMODES")
        set_chanmodes(value);
    else if (name == "STATUSMSG")
        statusmsg = value;
    else if (name == "NICKLEN")
        nicklen = number(value, nicklen, 1, 256);
    else if (name == "TOPICLEN")
        topiclen = number(value, topiclen, 1, 8192);
    else if (name == "LINELEN")
        linelen = number(value, linelen, 512, 8192);
    else if (name == "MODES")
        modes = number(value, 1, 1, 20);
    else if (name == "MONITOR")
        monitor = number(value, 0, 0, 10'000);
}

void Isupport::unset(std::string_view name) {
    const Isupport defaults;
    if (name == "CASEMAPPING")
        casemapping = defaults.casemapping;
    else if (name == "CHANTYPES")
        chantypes = defaults.chantypes;
    else if (name == "STATUSMSG")
        statusmsg.clear();
    else if (name == "NICKLEN")
        nicklen = 0;
    else if (name == "TOPICLEN")
        topiclen = 0;
    else if (name == "LINELEN")
        linelen = defaults.linelen;
    else if (name == "MONITOR")
        monitor.reset();
}

void Isupport::set_prefix(std::string_view value) {
    const auto close = value.find(')');
    if (value.empty()) {  // PREFIX= : the server has no ranks
        prefix_modes.clear();
        prefix_symbols.clear();
        return;
    }
    if (!value.starts_with('(') || close == std::string_view::npos) return;
    const auto letters = value.substr(1, close - 1);
    const auto symbols = value.substr(close + 1);
    const auto count = std::min({letters.size(), symbols.size(), kMaxPrefixes});
    prefix_modes = letters.substr(0, count);
    prefix_symbols = symbols.substr(0, count);
}

void Isupport::set_chanmodes(std::string_view value) {
    for (std::string* group : {&list_modes_, &key_modes_, &limit_modes_}) {
        const auto comma = value.find(',');
        *group = value.substr(0, comma);
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
    flag_modes_ = value.substr(0, value.find(','));  // what future versions add stands behind a comma
}

PrefixSet Isupport::bit_of_mode(char mode) const noexcept {
    return bit_in(prefix_modes, mode);
}
PrefixSet Isupport::bit_of_symbol(char symbol) const noexcept {
    return bit_in(prefix_symbols, symbol);
}

model::Rank Isupport::rank_of(PrefixSet prefixes) const noexcept {
    const auto op = prefix_modes.find('o');
    for (std::size_t i = 0; i < prefix_modes.size(); ++i) {
        if ((prefixes & (1U << i)) == 0) continue;
        switch (prefix_modes[i]) {
            case 'q':
                return model::Rank::owner;
            case 'a':
                return model::Rank::admin;
            case 'o':
                return model::Rank::moderator;
            case 'h':
                return model::Rank::half_moderator;
            case 'v':
                return model::Rank::voiced;
            default:  // a mode of the server's own: what stands above `o` can do at least what `o` can
                if (op != std::string::npos && i < op) return model::Rank::admin;
        }
    }
    return model::Rank::none;
}

char Isupport::mode_of(model::Rank wanted) const noexcept {
    using enum model::Rank;
    constexpr std::array<std::pair<model::Rank, char>, 5> kModes{
        {{owner, 'q'}, {admin, 'a'}, {moderator, 'o'}, {half_moderator, 'h'}, {voiced, 'v'}}};
    for (const auto& [rank, mode] : kModes) {
        if (rank <= wanted && bit_of_mode(mode) != 0) return mode;
    }
    return '\0';
}

bool Isupport::takes_parameter(char mode, bool adding) const noexcept {
    const auto in = [mode](const std::string& group) { return group.find(mode) != std::string::npos; };
    return bit_of_mode(mode) != 0 || in(list_modes_) || in(key_modes_) || (adding && in(limit_modes_));
}

}  // namespace causeway::irc
