#include "gateway/rooms/room_config.hpp"

#include <charconv>

#include "component/xep/xep0045_owner.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::rooms {
namespace {

using xmpp::Condition;
using xmpp::xep0004::Field;
using xmpp::xep0004::FieldType;
using xmpp::xep0004::Form;
using Settings = model::RoomSettings;

constexpr std::string_view kMembersOnly = "muc#roomconfig_membersonly";
constexpr std::string_view kModerated = "muc#roomconfig_moderatedroom";
constexpr std::string_view kPublic = "muc#roomconfig_publicroom";
constexpr std::string_view kChangeSubject = "muc#roomconfig_changesubject";
constexpr std::string_view kProtected = "muc#roomconfig_passwordprotectedroom";
constexpr std::string_view kSecret = "muc#roomconfig_roomsecret";
constexpr std::string_view kMaxUsers = "muc#roomconfig_maxusers";

/// A setting that is yes or no. `reversed`: the form asks for the opposite of what the network keeps.
struct Switch {
    std::string_view var;
    std::string_view label;
    std::optional<bool> Settings::* setting;
    bool reversed;
};
constexpr std::array<Switch, 4> kSwitches{{
    {kMembersOnly, "Only invited people may enter", &Settings::invite_only, false},
    {kModerated, "Only people with a voice may speak", &Settings::moderated, false},
    {kPublic, "The room is listed", &Settings::hidden, true},
    {kChangeSubject, "Everybody may change the subject", &Settings::topic_protected, true},
}};

Field boolean(std::string_view var, std::string_view label, bool value) {
    Field field;
    field.var = var;
    field.type = FieldType::boolean;
    field.label = label;
    field.values = {value ? "1" : "0"};
    return field;
}

std::unexpected<xmpp::StanzaError> unacceptable(std::string_view var) {
    return std::unexpected(xmpp::make_condition(Condition::not_acceptable,
                                                "This value cannot be set. (" + std::string(var) + ")"));
}

/// nullopt: neither yes nor no.
std::optional<bool> read_boolean(std::string_view value) {
    if (value == "1" || value == "true") return true;
    if (value == "0" || value == "false") return false;
    return std::nullopt;
}

std::optional<std::uint32_t> read_limit(const std::string& value) {
    if (value.empty() || value == "none") return 0U;
    std::uint32_t number = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

/// The password that the form's two fields ask for; "" takes it away. nullopt: a password is wanted, and none is given.
std::optional<std::string> read_password(const Form& form, const std::string& now, bool is_protected) {
    if (!is_protected) return std::string();
    auto secret = form.value(kSecret);
    if (secret.empty()) secret = now;
    return secret.empty() ? std::nullopt : std::optional(std::move(secret));
}

}  // namespace

Form config_form(const Settings& settings) {
    Form form;
    form.title = "Room settings";
    Field type;
    type.var = "FORM_TYPE";
    type.type = FieldType::hidden;
    type.values = {std::string(xmpp::xep0045::kRoomConfig)};
    form.fields.push_back(std::move(type));
    for (const auto& each : kSwitches) {
        if (const auto& value = settings.*each.setting) {
            form.fields.push_back(boolean(each.var, each.label, *value != each.reversed));
        }
    }
    if (settings.password) {
        form.fields.push_back(boolean(kProtected, "A password is needed", !settings.password->empty()));
        Field secret;
        secret.var = kSecret;
        secret.type = FieldType::text_private;
        secret.label = "Password";
        secret.values = {*settings.password};
        form.fields.push_back(std::move(secret));
    }
    if (settings.max_members) {
        Field limit;
        limit.var = kMaxUsers;
        limit.label = "Most people at once (none: no limit)";
        limit.values = {*settings.max_members == 0 ? "none" : std::to_string(*settings.max_members)};
        form.fields.push_back(std::move(limit));
    }
    return form;
}

std::expected<Settings, xmpp::StanzaError> read_config(const Form& form, const Settings& now) {
    Settings changes;
    for (const auto& each : kSwitches) {
        const auto& before = now.*each.setting;
        if (!before || !form.field(each.var)) continue;
        const auto wanted = read_boolean(form.value(each.var));
        if (!wanted) return unacceptable(each.var);
        if ((*wanted != each.reversed) != *before) changes.*each.setting = *wanted != each.reversed;
    }
    if (now.password && (form.field(kProtected) || form.field(kSecret))) {
        const auto given = form.field(kProtected) ? read_boolean(form.value(kProtected))
                                                  : std::optional(!form.value(kSecret).empty());
        if (!given) return unacceptable(kProtected);
        const auto password = read_password(form, *now.password, *given);
        if (!password) return unacceptable(kSecret);
        if (*password != *now.password) changes.password = *password;
    }
    if (now.max_members && form.field(kMaxUsers)) {
        const auto limit = read_limit(form.value(kMaxUsers));
        if (!limit) return unacceptable(kMaxUsers);
        if (*limit != *now.max_members) changes.max_members = limit;
    }
    return changes;
}

void RoomConfig::on_iq(const xmpp::Stanza& stanza, const RoomPtr& room) {
    using Kind = xmpp::xep0045::OwnerRequest::Kind;
    const auto& head = stanza.head;
    const auto request = xmpp::xep0045::read_owner(stanza.element);
    switch (request.kind) {
        case Kind::bad:
            return face_.refuse(head, xmpp::make_condition(Condition::bad_request));
        case Kind::destroy:
            return face_.refuse(head, xmpp::make_condition(Condition::not_allowed,
                                                           "Rooms of this network cannot be destroyed."));
        case Kind::cancel:
            return static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
        case Kind::read:
        case Kind::submit:
            break;
    }
    const auto* self = room->self();
    if (!self || self->member.rank < model::Rank::half_moderator) {
        return face_.refuse(
            head, xmpp::make_condition(Condition::forbidden, "Only moderators see and change the settings."));
    }
    if (request.kind == Kind::read) {
        auto form = config_form(room->settings);
        form.title = face_.say(head.from, form.title);
        for (auto& field : form.fields) field.label = face_.say(head.from, field.label);
        return static_cast<void>(face_.outlet.send(xmpp::xep0045::make_owner_result(head, form)));
    }
    auto changes = read_config(request.form, room->settings);
    if (!changes) return face_.refuse(head, changes.error());
    if (*changes == Settings{}) return static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
    spawn(face_.executor, configure(room, head, std::move(*changes)));
}

Task<> RoomConfig::configure(RoomPtr room, xmpp::StanzaHead head, Settings changes) {
    const auto session = room->slot()->session();
    if (!session || !session->rooms() || room->state != Room::State::joined) {
        face_.refuse(head, translate::to_stanza_error(make_error(Errc::not_connected)));
        co_return;
    }
    const auto password = changes.password;
    const auto done = co_await session->rooms()->configure(room->id(), std::move(changes), face_.in(within_));
    if (!done) {
        face_.refuse(head, translate::to_stanza_error(done.error()));
        co_return;
    }
    if (password) room->password = Secret<>(*password);  // to enter again after a lost connection
    static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
}

}  // namespace causeway::rooms
