#include "component/xep/xep0319_idle.hpp"

namespace causeway::xmpp::xep0319 {

xml::Element make_idle(WallTime since) {
    xml::Element idle("idle", std::string(kNs));
    idle.set_attr("since", format_utc(since));
    return idle;
}

}  // namespace causeway::xmpp::xep0319
