#pragma once
/// @file gateway/app/message_client.hpp
/// NAME       `causeway messages`, `trace`, `retry`, `release`, `cancel`: asks the running daemon, and shows what it says.
/// TRUST      The daemon's answer holds ids and reasons that networks have given: no control character of theirs reaches a
///            terminal.
/// TESTS      tests/unit/app/message_requests_test.cpp, tests/e2e/test_message_commands.py
#include <ostream>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace causeway::app {

enum class MessageFormat { text, json };

struct MessageQuestion {
    std::string control_socket;
    std::string command;
    boost::json::object arguments;
    MessageFormat format = MessageFormat::text;
};

/// @return the exit code: 0 done; 1 no daemon, or it could not be asked that; 3 there is no such message, or it cannot be done
[[nodiscard]] int ask_about_messages(const MessageQuestion& question, std::ostream& out,
                                     std::ostream& errors);

/// What the daemon said, for people. Strangers' bytes: what is not as expected is left out.
[[nodiscard]] std::string messages_table(const boost::json::value& answer);
[[nodiscard]] std::string trace_text(const boost::json::value& answer);

}  // namespace causeway::app
