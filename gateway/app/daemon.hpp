#pragma once
/// @file gateway/app/daemon.hpp
/// NAME       Daemon: `causeway serve`: builds everything from the configuration, runs it, and ends it in order.
/// INVARIANTS Nothing is started before everything that can be wrong has been checked: vault key, store, sealed
///            credentials, admin port. SIGTERM and SIGINT end it cleanly within the deadline; SIGHUP reloads.
#include <string>

namespace causeway::app {

/// Exit codes, as README documents them.
enum ExitCode : int {
    kOk = 0,
    kFailed = 1,     ///< it ran, and failed
    kBadConfig = 2,  ///< the configuration is wrong; nothing was started
    kNotDone = 3,    ///< the daemon answered: there is no such message, or it cannot be moved like this
    kDamaged = 4,    ///< `fsck` has found something
};

/// Runs until told to stop. @return an ExitCode
[[nodiscard]] int serve(const std::string& config_path);

}  // namespace causeway::app
