#include "component/xep/xep0153_avatar.hpp"

namespace causeway::xmpp::xep0153 {

xml::Element make_no_photo() {
    xml::Element update("x", std::string(kNs));
    update.add("photo");
    return update;
}

}  // namespace causeway::xmpp::xep0153
