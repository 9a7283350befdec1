#include "component/xep/xep0092_version.hpp"

namespace causeway::xmpp::xep0092 {

xml::Element make_result(const Stanza& request, std::string_view name, std::string_view version,
                         std::string_view os) {
    auto result = xmpp::make_result(request.head);
    auto& query = result.add("query", kNs);
    query.add("name").add_text(name);
    query.add("version").add_text(version);
    if (!os.empty()) query.add("os").add_text(os);
    return result;
}

}  // namespace causeway::xmpp::xep0092
