#include "component/xep/xep0333_markers.hpp"

#include <string>

namespace causeway::xmpp::xep0333 {

bool is_markable(const xml::Element& message) {
    return message.child("markable", kNs) != nullptr;
}

xml::Element make_displayed(std::string_view id) {
    xml::Element displayed("displayed", std::string(kNs));
    displayed.set_attr("id", std::string(id));
    return displayed;
}

}  // namespace causeway::xmpp::xep0333
