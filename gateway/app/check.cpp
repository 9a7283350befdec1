#include "gateway/app/check.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/app/daemon.hpp"

namespace causeway::app {
namespace {

/// A directory that the configuration is right about but that is not there yet; "" if all are.
std::string missing_directory(const config::Config& config) {
    std::vector<std::string> files{config.admin.control_socket};
    if (config.store.driver == config::StoreDriver::sqlite) files.insert(files.begin(), config.store.path);
    for (const std::string& file : files) {
        std::error_code error;
        const auto directory = std::filesystem::path(file).parent_path();
        if (!directory.empty() && !std::filesystem::is_directory(directory, error)) return directory.string();
    }
    return {};
}

}  // namespace

int check(const CheckOptions& options, std::span<const config::Protocol> protocols, std::ostream& out) {
    const auto loaded = config::load(options.config_path, protocols, options.surroundings);
    out << config::render(loaded.problems);
    if (!loaded.config) {
        const auto errors =
            std::ranges::count(loaded.problems, config::Severity::error, &config::Problem::severity);
        out << errors << (errors == 1 ? " error" : " errors") << " in " << options.config_path << "\n";
        return kBadConfig;
    }
    out << options.config_path << " is right.\n";
    for (const auto& network : loaded.config->networks) {
        out << "  " << network.name << ": " << network.protocol << " as " << network.jid << ", through "
            << network.server.host << ":" << network.server.port << "\n";
        const auto& access = network.effective_access(loaded.config->access);
        if (access.domains.empty() && access.users.empty() && access.admins.empty()) {
            out << "    nobody may use it: `access` is empty\n";
        }
    }
    if (const auto missing = missing_directory(*loaded.config); !missing.empty()) {
        out << "the directory " << missing
            << " does not exist: make it (mode 0700), owned by the user that runs causeway\n";
        return kFailed;
    }
    return options.connect ? options.connect(*loaded.config) : int{kOk};
}

}  // namespace causeway::app
