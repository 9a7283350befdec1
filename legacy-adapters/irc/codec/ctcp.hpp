#pragma once
/// @file legacy-adapters/irc/codec/ctcp.hpp
/// NAME       Ctcp: requests and replies inside PRIVMSG and NOTICE.
/// TESTS      tests/unit/irc/text_test.cpp
/// @source    https://rawgit.com/DanielOaks/irc-rfcs/master/dist/draft-oakley-irc-ctcp-02.txt
#include <optional>
#include <string>
#include <string_view>

namespace causeway::irc {

struct Ctcp {
    std::string_view command;  ///< as sent: "ACTION"
    std::string_view text;
};

/// Nothing if the body is no CTCP. The closing \x01 may be missing (a server cut the line).
[[nodiscard]] std::optional<Ctcp> parse_ctcp(std::string_view body);

/// `\x01COMMAND text\x01`
[[nodiscard]] std::string make_ctcp(std::string_view command, std::string_view text = {});

}  // namespace causeway::irc
