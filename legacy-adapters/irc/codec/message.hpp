#pragma once
/// @file legacy-adapters/irc/codec/message.hpp
/// NAME       Message: one IRC line as views. encode(): the only way to make a line.
/// INVARIANTS What encode() gives is exactly one line of at most kMaxBody bytes, whatever the arguments hold.
/// TRUST      parse() takes a stranger's bytes; encode() takes texts of XMPP users.
/// TESTS      tests/unit/irc/message_test.cpp, tests/fuzz/fuzz_irc_line.cpp
/// @source    RFC 1459 §2.3, modern.ircdocs.horse, IRCv3 message-tags
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace causeway::irc {

/// Who sent a line: a server ("irc.example.net") or a person ("nick!user@host").
struct Source {
    std::string_view nick;  ///< or the server's name
    std::string_view user;
    std::string_view host;

    /// Servers have no user and a dot in their name, which no nick may have.
    [[nodiscard]] bool is_server() const noexcept {
        return user.empty() && host.empty() && (nick.empty() || nick.find('.') != std::string_view::npos);
    }
};

/// Views into the line that was parsed; do not keep them.
class Message {
public:
    static constexpr std::size_t kMaxParams = 15;

    Source source;
    std::string_view command;  ///< as sent; compare with is()
    int numeric = 0;           ///< 1…999 for numeric replies, else 0

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    /// A missing parameter reads as empty.
    [[nodiscard]] std::string_view param(std::size_t index) const noexcept {
        return index < count_ ? params_[index] : std::string_view{};
    }
    [[nodiscard]] std::string_view last() const noexcept {
        return count_ == 0 ? std::string_view{} : params_[count_ - 1];
    }
    [[nodiscard]] std::span<const std::string_view> params() const noexcept {
        return {params_.data(), count_};
    }
    /// Command names are compared without regard to case.
    [[nodiscard]] bool is(std::string_view name) const noexcept;
    /// Value of an IRCv3 tag, unescaped; nothing if the tag is not there. The last of equal keys wins.
    [[nodiscard]] std::optional<std::string> tag(std::string_view key) const;
    [[nodiscard]] bool has_tags() const noexcept { return !tags_.empty(); }

    /// Nothing if there is no command.
    [[nodiscard]] static std::optional<Message> parse(std::string_view line);

private:
    [[nodiscard]] bool parse_command(std::string_view& rest);
    void parse_params(std::string_view rest);

    std::string_view tags_;
    std::array<std::string_view, kMaxParams> params_{};
    std::size_t count_ = 0;
};

/// Undoes `\:` `\s` `\\` `\r` `\n`; a lone backslash at the end falls away.
[[nodiscard]] std::string unescape_tag(std::string_view value);

inline constexpr std::size_t kMaxBody = 510;  ///< bytes of a line without CRLF that every server takes

/// One line with its CRLF. The last parameter may hold anything but CR, LF and NUL; the ones before also no
/// space, no `:` at the start, and may not be empty. @return bad_input, too_large
[[nodiscard]] Result<std::string> encode(std::string_view command, std::span<const std::string_view> params);
[[nodiscard]] inline Result<std::string> encode(std::string_view command,
                                                std::initializer_list<std::string_view> params = {}) {
    return encode(command, std::span<const std::string_view>(params.begin(), params.size()));
}

}  // namespace causeway::irc
