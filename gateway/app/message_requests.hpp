#pragma once
/// @file gateway/app/message_requests.hpp
/// NAME       MessageRequests: what the command line asks about kept messages, answered from the desk.
/// WHY        Arguments come as JSON over the control socket: whatever is wrong with them is told in a sentence.
/// INVARIANTS Nothing but names of the tables below is taken: a misspelt argument is an error, never ignored. No answer holds
///            the text of a message.
/// TESTS      tests/unit/app/message_requests_test.cpp, tests/e2e/test_message_commands.py
#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "gateway/admin/control_socket.hpp"
#include "gateway/delivery/desk.hpp"

namespace causeway::app {

/// `messages`, `trace`, `retry`, `release`, `cancel`. The desk outlives them; `networks` are those that are served.
[[nodiscard]] std::map<std::string, admin::Command> message_requests(delivery::Desk& desk,
                                                                     std::vector<std::string> networks);

/// @return bad_input, with what would have been right
[[nodiscard]] Result<store::MessageFilter> read_filter(const boost::json::object& arguments,
                                                       const std::vector<std::string>& networks);
[[nodiscard]] Result<std::string> read_id(const boost::json::object& arguments);
[[nodiscard]] boost::json::object to_json(const store::FoundMessage& message, WallTime now);

}  // namespace causeway::app
