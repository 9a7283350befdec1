#include "gateway/app/backup.hpp"

#include <filesystem>

#include "gateway/app/daemon.hpp"
#include "gateway/app/wiring.hpp"
#include "gateway/store/postgres/dump.hpp"
#include "gateway/store/sqlite/backup.hpp"

namespace causeway::app {
namespace {

Result<> copy_store(const config::StoreConfig& store, const std::string& to) {
    if (store.driver == config::StoreDriver::sqlite) return store::sqlite::copy_database(store.path, to);
    const auto settings = postgres_settings(store);
    if (!settings) return fail(settings.error());
    return store::postgres::dump(*settings, to);
}

bool is_store_itself(const config::StoreConfig& store, const std::string& file) {
    std::error_code ignored;
    return store.driver == config::StoreDriver::sqlite &&
           std::filesystem::equivalent(store.path, file, ignored);
}

Result<std::uintmax_t> make(const BackupOptions& options) {
    if (is_store_itself(options.config.store, options.file))
        return fail(Errc::conflict, options.file + " is the store itself: name another file");
    auto file = store::BackupFile::begin(options.file, options.replace);
    if (!file) return fail(std::move(file.error()));
    if (auto copied = copy_store(options.config.store, file->temporary()); !copied)
        return fail(std::move(copied.error()));
    return file->finish();
}

}  // namespace

int backup(const BackupOptions& options, std::ostream& out, std::ostream& errors) {
    const auto made = make(options);
    if (!made) {
        errors << "causeway backup: " << made.error().detail << "\n";
        return kFailed;
    }
    out << options.file << ": " << *made << " bytes\n";
    return kOk;
}

}  // namespace causeway::app
