#include "legacy-adapters/irc/codec/message.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void skip_spaces(std::string_view& rest) {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

/// Cuts the text before the next space off `rest`.
std::string_view take_word(std::string_view& rest) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    skip_spaces(rest);
    return word;
}

Source parse_source(std::string_view text) {
    Source source;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        source.host = text.substr(at + 1);
        text = text.substr(0, at);
    }
    if (const auto bang = text.find('!'); bang != std::string_view::npos) {
        source.user = text.substr(bang + 1);
        text = text.substr(0, bang);
    }
    source.nick = text;
    return source;
}

int numeric_of(std::string_view command) {
    if (command.size() != 3 || !is_digit(command[0]) || !is_digit(command[1]) || !is_digit(command[2]))
        return 0;
    return (command[0] - '0') * 100 + (command[1] - '0') * 10 + (command[2] - '0');
}

}  // namespace

bool Message::is(std::string_view name) const noexcept {
    if (command.size() != name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (upper(command[i]) != upper(name[i])) return false;
    }
    return true;
}

std::optional<std::string> Message::tag(std::string_view key) const {
    std::optional<std::string_view> found;
    std::string_view rest = tags_;
    while (!rest.empty()) {
        const auto item = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(item.size() + 1, rest.size()));
        const auto equals = item.find('=');
        if (item.substr(0, equals) != key) continue;
        found = equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1);
    }
    if (!found) return std::nullopt;
    return unescape_tag(*found);
}

std::optional<Message> Message::parse(std::string_view line) {
    Message message;
    skip_spaces(line);
    if (line.starts_with('@')) {
        line.remove_prefix(1);
        message.tags_ = take_word(line);
    }
    if (line.starts_with(':')) {
        line.remove_prefix(1);
        message.source = parse_source(take_word(line));
    }
    if (!message.parse_command(line)) return std::nullopt;
    message.parse_params(line);
    return message;
}

bool Message::parse_command(std::string_view& rest) {
    command = take_word(rest);
    if (command.empty()) return false;
    for (const char c : command) {
        if (!is_letter(c) && !is_digit(c)) return false;
    }
    numeric = numeric_of(command);
    return true;
}

void Message::parse_params(std::string_view rest) {
    while (!rest.empty()) {
        if (rest.front() == ':' || count_ == kMaxParams - 1) {
            if (rest.front() == ':') rest.remove_prefix(1);
            params_[count_++] = rest;
            return;
        }
        params_[count_++] = take_word(rest);
    }
}

std::string unescape_tag(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\') {
            text += value[i];
            continue;
        }
        if (++i == value.size()) break;
        switch (value[i]) {
            case ':':
                text += ';';
                break;
            case 's':
                text += ' ';
                break;
            case 'r':
                text += '\r';
                break;
            case 'n':
                text += '\n';
                break;
            default:
                text += value[i];
        }
    }
    return text;
}

Result<std::string> encode(std::string_view command, std::span<const std::string_view> params) {
    if (command.empty() || params.size() > Message::kMaxParams)
        return fail(Errc::bad_input, "malformed IRC command");
    for (const char c : command) {
        if (!is_letter(c) && !is_digit(c)) return fail(Errc::bad_input, "malformed IRC command");
    }
    std::size_t size = command.size() + 2;
    for (const auto value : params) size += value.size() + 2;
    std::string line;  // it may wait in an outbox: no more room than it needs
    line.reserve(std::min(size, kMaxBody + 2));
    line = command;
    for (std::size_t i = 0; i < params.size(); ++i) {
        const auto value = params[i];
        if (text::has_line_break(value)) return fail(Errc::bad_input, "line break in an IRC parameter");
        const bool plain =
            !value.empty() && value.front() != ':' && value.find(' ') == std::string_view::npos;
        if (!plain && i + 1 != params.size()) return fail(Errc::bad_input, "space in an IRC parameter");
        line += plain ? " " : " :";
        line += value;
    }
    if (line.size() > kMaxBody) return fail(Errc::too_large, "IRC line over 512 bytes");
    line += "\r\n";
    return line;
}

}  // namespace causeway::irc
