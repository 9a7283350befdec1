#include "gateway/store/postgres/dump.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace causeway::store::postgres {

namespace {

constexpr std::string_view kPassword = "PGPASSWORD=";

/// The environment of pg_dump: ours, and the password if there is one.
[[nodiscard]] std::vector<char*> environment(std::string& password) {
    std::vector<char*> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (password.empty() || !std::string_view(*entry).starts_with(kPassword)) all.push_back(*entry);
    }
    if (!password.empty()) all.push_back(password.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

Result<> dump(const PostgresSettings& settings, const std::string& to) {
    Secret<> password;
    if (!settings.password.empty()) password = Secret<>(std::string(kPassword) + settings.password.reveal());
    std::string variable = password.reveal();
    const auto variables = environment(variable);
    std::string program = "pg_dump";
    std::string format = "--format=custom";
    std::string file = "--file=" + to;
    std::string owner = "--no-owner";
    std::string database = "--dbname=" + settings.uri;
    const std::array arguments{program.data(), format.data(),   owner.data(),
                               file.data(),    database.data(), static_cast<char*>(nullptr)};
    pid_t child = 0;
    const int spawned =
        ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), variables.data());
    wipe(variable.data(), variable.size());
    if (spawned == ENOENT) {
        return fail(Errc::storage,
                    "pg_dump is not installed: it comes with the package postgresql-client, of the server's "
                    "version or a newer one");
    }
    if (spawned != 0)
        return fail(Errc::storage, std::string("cannot run pg_dump: ") + std::strerror(spawned));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail(Errc::storage, "pg_dump failed; what it said is above");
}

}  // namespace causeway::store::postgres
