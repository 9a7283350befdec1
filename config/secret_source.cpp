#include "config/secret_source.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace causeway::config {

namespace {

constexpr std::size_t kMaxSecretBytes = 4096;

void check_file(Section& section, const std::string& key, const std::string& path, Readers readers) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        section.problem(key,
                        "cannot find " + path + " of " + section.path_of(key) + ": " + std::strerror(errno));
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        section.problem(key, path + " of " + section.path_of(key) + " is not a file");
        return;
    }
    const bool strict = readers == Readers::owner;
    if ((status.st_mode & (strict ? 0077U : 0007U)) != 0) {
        auto& problem = section.problem(key, path + " of " + section.path_of(key) + " can be read by others",
                                        "mode 0600");
        problem.example = "chmod 600 " + path;
    } else if ((status.st_mode & 0070U) != 0) {
        auto& problem =
            section.problem(key, path + " of " + section.path_of(key) + " can be read by its group");
        problem.severity = Severity::warning;
        problem.example = "chmod 600 " + path;
    }
}

[[nodiscard]] bool is_credential_name(const std::string& name) {
    return !name.empty() && name.find('/') == std::string::npos && !name.starts_with('.');
}

void check_credential(Section& section, const std::string& key, const SecretSource& source,
                      const Surroundings& surroundings) {
    if (!is_credential_name(source.place)) {
        section.problem(key, section.path_of(key) + " is not a credential's name", "a name without '/'");
    } else if (surroundings.check_files && surroundings.credentials_directory.empty()) {
        auto& problem = section.problem(
            key, section.path_of(key) + " needs a systemd credential, but CREDENTIALS_DIRECTORY is not set");
        problem.example =
            "LoadCredential=" + source.place + ":/etc/causeway/" + source.place + " in the unit";
    } else if (surroundings.check_files) {
        struct stat status{};
        const auto path = path_of(source, surroundings.credentials_directory);
        if (::stat(path.c_str(), &status) != 0) {
            section.problem(key,
                            "systemd gave no credential '" + source.place + "' for " + section.path_of(key));
        }
    }
}

}  // namespace

std::string path_of(const SecretSource& source, const std::string& credentials_directory) {
    if (source.kind == SecretSource::Kind::file) return source.place;
    return credentials_directory + "/" + source.place;
}

Result<Secret<>> read_secret(const SecretSource& source, const std::string& credentials_directory) {
    const auto path = path_of(source, credentials_directory);
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        return fail(Errc::bad_input, "cannot read the secret file " + path + ": " + std::strerror(errno));
    std::string content(kMaxSecretBytes + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    std::size_t size = static_cast<std::size_t>(stream.gcount());
    const bool too_long = size > kMaxSecretBytes;
    while (size > 0 && (content[size - 1] == '\n' || content[size - 1] == '\r')) --size;
    Secret<> secret(content.substr(0, size));
    wipe(content.data(), content.size());
    if (too_long) return fail(Errc::too_large, "the secret file " + path + " is larger than 4 KiB");
    if (secret.empty()) return fail(Errc::bad_input, "the secret file " + path + " is empty");
    return secret;
}

SecretSource read_secret_source(Section& section, const std::string& prefix, Readers readers,
                                const Surroundings& surroundings) {
    const std::string file_key = prefix + "_file";
    const std::string credential_key = prefix + "_credential";
    const auto file = section.text(file_key);
    const auto credential = section.text(credential_key);
    const std::string example = file_key + ": /etc/causeway/" + prefix;
    if (section.has(prefix)) {
        // Never repeats the value.
        auto& problem = section.problem(prefix, "secrets are not written into the configuration (" +
                                                    section.path_of(prefix) +
                                                    "): it is read, copied and shown too often");
        problem.example = example;
        return {};
    }
    if (file && credential) {
        section.problem(credential_key,
                        "both '" + file_key + "' and '" + credential_key + "' in " + section.path(),
                        "one of them");
        return {};
    }
    if (credential) {
        const SecretSource source{SecretSource::Kind::credential, *credential};
        check_credential(section, credential_key, source, surroundings);
        return source;
    }
    const auto path = section.required(file_key, example);
    if (!path.empty() && surroundings.check_files) check_file(section, file_key, path, readers);
    return {SecretSource::Kind::file, path};
}

}  // namespace causeway::config
