#pragma once
/// @file legacy-adapters/irc/codec/isupport.hpp
/// NAME       Isupport: what a server says of itself in 005.
/// INVARIANTS Numbers are clamped to what we can use; PREFIX has at most 8 modes.
/// TRUST      A server's words. Anything malformed keeps the default.
/// TESTS      tests/unit/irc/names_test.cpp
/// @source    modern.ircdocs.horse §RPL_ISUPPORT
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/model/room.hpp"
#include "legacy-adapters/irc/codec/casemap.hpp"

namespace causeway::irc {

/// The prefix modes that somebody has, bit i = i-th mode of PREFIX (0 is the highest).
using PrefixSet = std::uint8_t;

class Isupport {
public:
    CaseMapping casemapping = CaseMapping::rfc1459;  ///< the RFC's default when nothing is said
    std::string chantypes = "#&";
    std::string prefix_modes = "ov";    ///< highest first
    std::string prefix_symbols = "@+";  ///< same order
    std::string statusmsg;
    std::size_t nicklen = 0;             ///< 0 = not told
    std::size_t topiclen = 0;            ///< 0 = not told
    std::size_t linelen = 512;           ///< with CRLF
    std::size_t modes = 3;               ///< mode changes with a parameter in one MODE
    std::optional<std::size_t> monitor;  ///< entries allowed; 0 = no limit told; absent = no MONITOR

    /// One token of 005: `NAME`, `NAME=value` or `-NAME`.
    void apply(std::string_view token);

    [[nodiscard]] bool is_channel(std::string_view name) const noexcept {
        return !name.empty() && chantypes.find(name.front()) != std::string::npos;
    }
    [[nodiscard]] std::string fold(std::string_view name) const { return irc::fold(name, casemapping); }
    [[nodiscard]] bool same(std::string_view a, std::string_view b) const noexcept {
        return same_name(a, b, casemapping);
    }
    /// Bit of a prefix mode's letter or symbol; 0 if it is none.
    [[nodiscard]] PrefixSet bit_of_mode(char mode) const noexcept;
    [[nodiscard]] PrefixSet bit_of_symbol(char symbol) const noexcept;
    [[nodiscard]] model::Rank rank_of(PrefixSet prefixes) const noexcept;
    /// Does this channel mode come with a parameter when it is set (or unset)?
    [[nodiscard]] bool takes_parameter(char mode, bool adding) const noexcept;
    /// Is it a channel mode that is just on or off?
    [[nodiscard]] bool has_flag(char mode) const noexcept {
        return flag_modes_.find(mode) != std::string::npos;
    }
    [[nodiscard]] bool has_key() const noexcept { return key_modes_.find('k') != std::string::npos; }
    [[nodiscard]] bool has_limit() const noexcept { return limit_modes_.find('l') != std::string::npos; }
    /// The flag that keeps out who has no account; 0 if there is none. Where there are both, `r` marks a channel
    /// that is itself registered.
    [[nodiscard]] char registered_mode() const noexcept {
        return has_flag('R') ? 'R' : has_flag('r') ? 'r' : '\0';
    }
    /// Letter of the prefix mode for `wanted`, or of the next lower one that there is; 0 = no prefix at all.
    [[nodiscard]] char mode_of(model::Rank wanted) const noexcept;

private:
    void set(std::string_view name, std::string_view value);
    void unset(std::string_view name);
    void set_prefix(std::string_view value);
    void set_chanmodes(std::string_view value);

    std::string list_modes_ = "beI";     ///< CHANMODES A: always a parameter
    std::string key_modes_ = "k";        ///< B: always a parameter
    std::string limit_modes_ = "l";      ///< C: a parameter only when set
    std::string flag_modes_ = "imnpst";  ///< D: never one
};

}  // namespace causeway::irc
