#include "component/xep/xep0172_nick.hpp"

namespace causeway::xmpp::xep0172 {

xml::Element make_nick(std::string_view nick) {
    xml::Element element("nick", std::string(kNs));
    element.add_text(nick);
    return element;
}

std::optional<std::string> read_nick(const xml::Element& stanza) {
    return stanza.child_text("nick", kNs);
}

}  // namespace causeway::xmpp::xep0172
