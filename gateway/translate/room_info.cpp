#include "gateway/translate/room_info.hpp"

#include "component/xep/xep0004_forms.hpp"
#include "component/xep/xep0045_muc.hpp"
#include "component/xep/xep0045_owner.hpp"
#include "component/xep/xep0199_ping.hpp"
#include "component/xep/xep0359_ids.hpp"
#include "component/xep/xep0410_self_ping.hpp"
#include "component/xep/xep0421_occupant_id.hpp"

namespace causeway::translate {
namespace {

xmpp::xep0004::Field field(std::string var, xmpp::xep0004::FieldType type, std::string value) {
    xmpp::xep0004::Field field;
    field.var = std::move(var);
    field.type = type;
    field.values = {std::move(value)};
    return field;
}

xml::Element info_form(const RoomView& view) {
    using xmpp::xep0004::FieldType;
    xmpp::xep0004::Form form;
    form.type = xmpp::xep0004::FormType::result;
    form.fields = {
        field("FORM_TYPE", FieldType::hidden, std::string(xmpp::xep0045::kRoomInfo)),
        field("muc#roominfo_occupants", FieldType::text_single, std::to_string(view.occupants)),
        field("muc#roominfo_subject", FieldType::text_single, view.subject),
    };
    return xmpp::xep0004::make_form(form);
}

}  // namespace

xmpp::xep0030::Info room_info(const adapter::NetworkInfo& network, std::string name, const RoomView* inside) {
    const auto settings = inside ? inside->settings : model::RoomSettings{};
    const bool by_invitation =
        settings.invite_only.value_or(false) || settings.registered_only.value_or(false);
    const bool locked = settings.password && !settings.password->empty();
    xmpp::xep0030::Info info;
    info.identities.push_back({"conference", network.protocol, std::move(name)});
    info.features = {std::string(xmpp::xep0045::kNs),
                     std::string(xmpp::xep0045::kNs) + "#stable_id",
                     std::string(xmpp::xep0359::kNs),
                     std::string(xmpp::xep0421::kNs),
                     std::string(xmpp::xep0410::kOptimizationFeature),
                     std::string(xmpp::xep0199::kNs),
                     settings.hidden.value_or(false) ? "muc_hidden" : "muc_public",
                     by_invitation ? "muc_membersonly" : "muc_open",
                     settings.moderated.value_or(false) ? "muc_moderated" : "muc_unmoderated",
                     "muc_semianonymous",
                     locked ? "muc_passwordprotected" : "muc_unsecured",
                     "muc_persistent"};
    if (inside) info.forms.push_back(info_form(*inside));
    return info;
}

}  // namespace causeway::translate
