// The configuration loader takes any bytes, ends, and gives a configuration exactly when nothing is an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/irc_options.hpp"
#include "config/loopback_options.hpp"
#include "gateway/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace causeway::config;
    static const std::vector<Protocol> kProtocols{irc_protocol(), loopback_protocol()};
    const Surroundings surroundings{.credentials_directory = "", .check_files = false};
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto loaded = load_text(text, "fuzz", kProtocols, surroundings);
    CAUSEWAY_ASSERT(loaded.config.has_value() != has_errors(loaded.problems));
    CAUSEWAY_ASSERT(render(loaded.problems).size() >= loaded.problems.size());
    if (loaded.config) CAUSEWAY_ASSERT(plan_reload(*loaded.config, *loaded.config).empty());
    return 0;
}
