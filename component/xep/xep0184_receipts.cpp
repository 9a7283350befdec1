#include "component/xep/xep0184_receipts.hpp"

namespace causeway::xmpp::xep0184 {

bool wants_receipt(const xml::Element& message) {
    return message.child("request", kNs) != nullptr;
}

xml::Element make_received(std::string_view id) {
    xml::Element received("received", std::string(kNs));
    received.set_attr("id", std::string(id));
    return received;
}

}  // namespace causeway::xmpp::xep0184
