#include "legacy-adapters/irc/codec/ctcp.hpp"

namespace causeway::irc {

std::optional<Ctcp> parse_ctcp(std::string_view body) {
    if (!body.starts_with('\x01')) return std::nullopt;
    body.remove_prefix(1);
    if (const auto end = body.find('\x01'); end != std::string_view::npos) body = body.substr(0, end);
    const auto space = body.find(' ');
    Ctcp ctcp{.command = body.substr(0, space), .text = {}};
    if (space != std::string_view::npos) ctcp.text = body.substr(space + 1);
    return ctcp;
}

std::string make_ctcp(std::string_view command, std::string_view text) {
    std::string body = "\x01";
    body += command;
    if (!text.empty()) {
        body += ' ';
        body += text;
    }
    body += '\x01';
    return body;
}

}  // namespace causeway::irc
