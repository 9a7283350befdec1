#include "component/xep/xep0054_vcard.hpp"

namespace causeway::xmpp::xep0054 {

xml::Element make_result(const Stanza& request, std::string_view name) {
    auto result = xmpp::make_result(request.head);
    auto& card = result.add("vCard", kNs);
    if (!name.empty()) card.add("FN").add_text(name);
    return result;
}

}  // namespace causeway::xmpp::xep0054
