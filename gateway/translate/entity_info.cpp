#include "gateway/translate/entity_info.hpp"

#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0050_commands.hpp"
#include "component/xep/xep0054_vcard.hpp"
#include "component/xep/xep0055_search.hpp"
#include "component/xep/xep0059_rsm.hpp"
#include "component/xep/xep0077_register.hpp"
#include "component/xep/xep0085_chat_states.hpp"
#include "component/xep/xep0092_version.hpp"
#include "component/xep/xep0100_gateway.hpp"
#include "component/xep/xep0115_caps.hpp"
#include "component/xep/xep0184_receipts.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0292_vcard4.hpp"
#include "gateway/translate/room_info.hpp"

namespace causeway::translate {
namespace {

using adapter::Capability;
using xmpp::xep0030::Info;

constexpr std::string_view kEscapingFeature = "jid\\20escaping";

Info gateway_info(const adapter::NetworkInfo& network) {
    Info info;
    info.identities.push_back({"gateway", network.protocol, network.display_name});
    info.features = {std::string(xmpp::xep0077::kNs),      std::string(xmpp::xep0100::kNs),
                     std::string(kEscapingFeature),        std::string(xmpp::xep0199::kNs),
                     std::string(xmpp::xep0092::kNs),      std::string(xmpp::xep0054::kNs),
                     std::string(xmpp::xep0030::kItemsNs), std::string(xmpp::xep0115::kNs),
                     std::string(xmpp::xep0050::kNs),      std::string(xmpp::xep0004::kNs)};
    info.features.emplace_back(xmpp::xep0055::kNs);
    info.features.emplace_back(xmpp::xep0292::kNs);
    if (network.capabilities.has(Capability::directory) && !network.many_endpoints)
        info.features.emplace_back(xmpp::xep0059::kNs);
    if (network.capabilities.has(Capability::rooms)) {
        info.identities.push_back({"conference", network.protocol, network.display_name});
        info.features.emplace_back(xmpp::xep0045::kNs);
    }
    return info;
}

Info endpoint_info(const adapter::NetworkInfo& network, std::string name) {
    Info info;
    info.identities.push_back({"conference", network.protocol, std::move(name)});
    info.features = {std::string(xmpp::xep0045::kNs), std::string(xmpp::xep0199::kNs),
                     std::string(xmpp::xep0092::kNs), std::string(xmpp::xep0030::kItemsNs)};
    if (network.capabilities.has(Capability::directory)) info.features.emplace_back(xmpp::xep0059::kNs);
    return info;
}

Info contact_info(const adapter::NetworkInfo& network) {
    Info info;
    info.identities.push_back({"account", "registered", ""});
    info.features = {std::string(xmpp::xep0199::kNs), std::string(xmpp::xep0054::kNs),
                     std::string(xmpp::xep0115::kNs), std::string(xmpp::xep0292::kNs)};
    if (network.capabilities.has(Capability::typing)) info.features.emplace_back(xmpp::xep0085::kNs);
    if (network.capabilities.has(Capability::accept_ack)) info.features.emplace_back(xmpp::xep0184::kNs);
    if (network.capabilities.has(Capability::queries)) info.features.emplace_back(xmpp::xep0092::kNs);
    return info;
}

}  // namespace

Info entity_info(const Face& face, const Entity& entity) {
    const auto& network = face.network.info();
    switch (entity.kind) {
        case Entity::Kind::endpoint:
            return endpoint_info(network, face.network.format_address(entity.address));
        case Entity::Kind::contact:
            return contact_info(network);
        case Entity::Kind::room:
            return entity.resource.empty()
                       ? room_info(network, face.network.format_address(entity.address), nullptr)
                       : contact_info(network);
        case Entity::Kind::gateway:
            break;
    }
    return gateway_info(network);
}

}  // namespace causeway::translate
