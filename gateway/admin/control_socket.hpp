#pragma once
/// @file gateway/admin/control_socket.hpp
/// NAME       ControlSocket: a UNIX socket over which the operator asks the running daemon (`causeway status`, `causeway trace 7`).
/// WHY        One line of JSON in, one line of JSON out: {"command":"trace","arguments":{"id":"7"}} -> {"ok":true,"result":…}
///            or {"ok":false,"error":"what to do about it"}.
/// INVARIANTS Mode 0600, and SO_PEERCRED must be our own user or root (threat T23). Lines and time are bounded; whatever a
///            line holds, it is answered, and nobody else notices.
/// TESTS      tests/unit/admin/control_socket_test.cpp
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"

namespace causeway::admin {

/// Does what is asked, with the arguments as they came: of a stranger's making, but an object. The error's detail is the answer.
using Command = std::function<Task<Result<boost::json::value>>(boost::json::object arguments)>;

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
                                                     Millis within, boost::json::object arguments = {});

}  // namespace causeway::admin
