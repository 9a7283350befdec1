#include "component/xep/xep0203_delay.hpp"

namespace causeway::xmpp::xep0203 {

xml::Element make_delay(WallTime stamp, std::string_view from) {
    xml::Element delay("delay", std::string(kNs));
    if (!from.empty()) delay.set_attr("from", std::string(from));
    delay.set_attr("stamp", format_utc(stamp));
    return delay;
}

}  // namespace causeway::xmpp::xep0203
