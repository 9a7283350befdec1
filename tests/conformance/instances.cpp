#include "tests/conformance/adapter_under_test.hpp"

namespace causeway::conformance {

std::vector<Instance> instances() {
    return {{"loopback", &make_loopback},
            {"durable_loopback", &make_durable_loopback},
            {"submitting_loopback", &make_submitting_loopback},
            {"irc", &make_irc}};
}

}  // namespace causeway::conformance
