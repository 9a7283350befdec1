#include "component/xep/xep0199_ping.hpp"

namespace causeway::xmpp::xep0199 {

xml::Element make_ping() {
    return xml::Element("ping", std::string(kNs));
}

}  // namespace causeway::xmpp::xep0199
