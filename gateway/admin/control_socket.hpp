#pragma once
/// @file gateway/admin/control_socket.hpp
/// NAME       ControlSocket: a UNIX socket over which the operator asks the running daemon (`causeway status`).
/// WHY        One line of JSON in, one line of JSON out: {"command":"status"} -> {"ok":true,"result":{…}}.
/// INVARIANTS Mode 0600, and SO_PEERCRED must be our own user or root (threat T23). Lines and time are bounded.
/// TESTS      tests/unit/admin/control_socket_test.cpp
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/json/value.hpp>

#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"

namespace causeway::admin {

using Command = std::function<Result<boost::json::value>()>;

class ControlSocket {
public:
    ControlSocket(Executor loop, std::map<std::string, Command> commands, Context context);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    /// Binds; a socket that a dead process left is replaced. @return conflict: another process answers there
    [[nodiscard]] Result<> start(const std::string& path);
    /// Closes, and removes the socket file.
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// Asks a running daemon; blocks at most `within`. For command-line programs.
/// @return not_connected: nobody listens; refused: it is not ours to ask; timed_out; the daemon's own error
[[nodiscard]] Result<boost::json::value> ask_control(const std::string& path, const std::string& command,
                                                     Millis within);

}  // namespace causeway::admin
