#include "component/xep/xep0050_commands.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "component/stanza/stanza_error.hpp"

namespace causeway::xmpp::xep0050 {
namespace {

constexpr std::array<std::pair<std::string_view, Action>, 5> kActions{{
    {"execute", Action::execute},
    {"cancel", Action::cancel},
    {"prev", Action::prev},
    {"next", Action::next},
    {"complete", Action::complete},
}};

std::string name_of(Action action) {
    const auto found = std::ranges::find(kActions, action, &std::pair<std::string_view, Action>::second);
    return std::string(found->first);
}

std::string_view name_of(Status status) noexcept {
    switch (status) {
        case Status::executing:
            return "executing";
        case Status::canceled:
            return "canceled";
        case Status::completed:
            break;
    }
    return "completed";
}

std::string_view name_of(NoteType type) noexcept {
    switch (type) {
        case NoteType::warn:
            return "warn";
        case NoteType::error:
            return "error";
        case NoteType::info:
            break;
    }
    return "info";
}

struct RefusalRow {
    Condition general;
    ErrorType type;
    std::string_view name;
};

RefusalRow row_of(Refusal refusal) noexcept {
    switch (refusal) {
        case Refusal::session_expired:
            return {Condition::not_allowed, ErrorType::cancel, "session-expired"};
        case Refusal::bad_action:
            return {Condition::bad_request, ErrorType::modify, "bad-action"};
        case Refusal::malformed_action:
            return {Condition::bad_request, ErrorType::modify, "malformed-action"};
        case Refusal::bad_payload:
            return {Condition::bad_request, ErrorType::modify, "bad-payload"};
        case Refusal::bad_sessionid:
            break;
    }
    return {Condition::bad_request, ErrorType::modify, "bad-sessionid"};
}

}  // namespace

std::optional<Request> read(const Stanza& iq) {
    const auto* command = iq.element.child("command", kNs);
    if (command == nullptr || iq.head.kind != StanzaKind::iq || iq.head.type != "set") return std::nullopt;
    Request request;
    request.node = command->attr("node");
    request.sessionid = command->attr("sessionid");
    request.action = Action::execute;
    if (command->has_attr("action")) {
        const auto found =
            std::ranges::find(kActions, command->attr("action"), &std::pair<std::string_view, Action>::first);
        request.action =
            found == kActions.end() ? std::optional<Action>() : std::optional<Action>(found->second);
    }
    request.form = xep0004::read_form(*command);
    request.bad_payload = !request.form && command->child("x", xep0004::kNs) != nullptr;
    return request;
}

xml::Element make_reply(const Stanza& request, const Reply& reply) {
    auto result = make_result(request.head);
    auto& command = result.add("command", kNs);
    command.set_attr("node", reply.node);
    command.set_attr("sessionid", reply.sessionid);
    command.set_attr("status", std::string(name_of(reply.status)));
    if (reply.status == Status::executing && !reply.actions.empty()) {
        auto& actions = command.add("actions");
        actions.set_attr("execute", name_of(reply.actions.front()));
        for (const auto action : reply.actions) actions.add(name_of(action));
    }
    if (reply.form) command.add(xep0004::make_form(*reply.form));
    if (reply.note) {
        auto& note = command.add("note");
        note.set_attr("type", std::string(name_of(reply.note->type)));
        note.add_text(reply.note->text);
    }
    return result;
}

xml::Element make_refusal(const Stanza& request, Refusal refusal, std::string text) {
    const auto row = row_of(refusal);
    auto result = make_stanza(StanzaKind::iq, request.head.to, request.head.from, "error", request.head.id);
    auto& error = result.add("error");
    error.set_attr("type", std::string(to_string(row.type)));
    error.set_attr("code", std::to_string(legacy_code(row.general)));
    error.add(to_string(row.general), "urn:ietf:params:xml:ns:xmpp-stanzas");
    if (!text.empty()) error.add("text", "urn:ietf:params:xml:ns:xmpp-stanzas").add_text(text);
    error.add(row.name, kNs);
    return result;
}

}  // namespace causeway::xmpp::xep0050
