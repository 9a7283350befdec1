#pragma once
/// @file gateway/app/wiring.hpp
/// NAME       Wiring: from the configuration's typed values to the constructors' arguments.
/// WHY        The configuration knows no gateway and the gateway no configuration; they meet here. The networks'
///            names appear here and nowhere else in gateway/.
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "gateway/app/bridge.hpp"
#include "gateway/security/vault.hpp"
#include "gateway/store/postgres/postgres_store.hpp"

namespace causeway::app {

/// The protocols that this program speaks.
[[nodiscard]] std::vector<config::Protocol> known_protocols();

/// $CREDENTIALS_DIRECTORY and the file checks, as the running process has them.
[[nodiscard]] config::Surroundings real_surroundings();

[[nodiscard]] std::unique_ptr<adapter::Network> make_network(const config::NetworkConfig& network,
                                                             Executor executor, Context context);

/// Reads the component secret. @return bad_input: the secret cannot be read
[[nodiscard]] Result<BridgeSettings> bridge_settings(const config::Config& config,
                                                     const config::NetworkConfig& network);

/// Reads the password. @return bad_input: it cannot be read
[[nodiscard]] Result<store::PostgresSettings> postgres_settings(const config::StoreConfig& store);

[[nodiscard]] Result<security::Vault> open_vault(const config::VaultConfig& vault, Random& random);

}  // namespace causeway::app
