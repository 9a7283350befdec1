#include "component/xep/xep0421_occupant_id.hpp"

namespace causeway::xmpp::xep0421 {

xml::Element make_occupant_id(std::string_view id) {
    xml::Element element("occupant-id", std::string(kNs));
    element.set_attr("id", std::string(id));
    return element;
}

}  // namespace causeway::xmpp::xep0421
