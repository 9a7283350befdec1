#include "gateway/commands/command_service.hpp"

#include <algorithm>

#include "component/xep/xep0030_disco.hpp"
#include "gateway/base/async.hpp"

namespace causeway::commands {
namespace {

namespace adhoc = xmpp::xep0050;
namespace forms = xmpp::xep0004;
namespace disco = xmpp::xep0030;
using adhoc::Action;
using adhoc::Refusal;
using xmpp::Condition;

forms::FieldType type_of(adapter::Field::Kind kind) {
    using Kind = adapter::Field::Kind;
    switch (kind) {
        case Kind::secret:
            return forms::FieldType::text_private;
        case Kind::choice:
            return forms::FieldType::list_single;
        case Kind::boolean:
            return forms::FieldType::boolean;
        case Kind::lines:
            return forms::FieldType::text_multi;
        case Kind::text:
            break;
    }
    return forms::FieldType::text_single;
}

forms::Form to_form(const Form& form, std::string title) {
    forms::Form out;
    out.title = std::move(title);
    out.instructions = form.instructions;
    for (const auto& field : form.fields) {
        forms::Field to;
        to.var = field.id;
        to.label = field.label;
        to.type = type_of(field.kind);
        to.required = field.required;
        to.options = field.choices;
        if (field.kind != adapter::Field::Kind::secret && !field.value.empty()) to.values = {field.value};
        out.fields.push_back(std::move(to));
    }
    return out;
}

forms::Form to_form(const Table& table, std::string title) {
    forms::Form out;
    out.type = forms::FormType::result;
    out.title = std::move(title);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        forms::Field column;
        column.var = "column" + std::to_string(i + 1);
        column.label = table.columns[i];
        out.reported.push_back(std::move(column));
    }
    out.items = table.rows;
    return out;
}

std::string joined(const std::vector<std::string>& values) {
    std::string all;
    for (const auto& value : values) {
        if (&value != &values.front()) all += '\n';
        all += value;
    }
    return all;
}

}  // namespace

bool CommandService::on_iq(const xmpp::Stanza& stanza, const Asker& asker) {
    if (stanza.head.type == "get") return list(stanza, asker) || describe(stanza, asker);
    const auto request = adhoc::read(stanza);
    if (!request) return false;
    if (!request->action) {
        refuse(stanza, Refusal::malformed_action);
    } else if (request->bad_payload) {
        refuse(stanza, Refusal::bad_payload);
    } else if (request->sessionid.empty()) {
        begin(stanza, *request, asker);
    } else {
        proceed(stanza, *request, asker);
    }
    return true;
}

bool CommandService::list(const xmpp::Stanza& stanza, const Asker& asker) {
    if (!stanza.payload(disco::kItemsNs)) return false;
    const auto node = disco::requested_node(stanza);
    if (node != adhoc::kNs && registry_.by_node(node) == nullptr) return false;
    std::vector<disco::Item> items;
    for (const auto& command : registry_.all()) {
        if (node != adhoc::kNs || !may_run(command, asker)) continue;
        items.push_back({face_.component().str(), command.node, asker.say(command.title)});
    }
    static_cast<void>(face_.outlet.send(disco::make_items_result(stanza, items)));
    return true;
}

bool CommandService::describe(const xmpp::Stanza& stanza, const Asker& asker) {
    if (!stanza.payload(disco::kInfoNs)) return false;
    const auto node = disco::requested_node(stanza);
    disco::Info info;
    if (node == adhoc::kNs) {
        info.identities.push_back({"automation", "command-list", asker.say("Commands")});
        info.features.emplace_back(adhoc::kNs);
    } else {
        const auto* command = registry_.by_node(node);
        if (command == nullptr || !may_run(*command, asker)) return false;
        info.identities.push_back({"automation", "command-node", asker.say(command->title)});
        info.features = {std::string(adhoc::kNs), std::string(forms::kNs)};
    }
    static_cast<void>(face_.outlet.send(disco::make_info_result(stanza, info)));
    return true;
}

void CommandService::begin(const xmpp::Stanza& stanza, const adhoc::Request& request, const Asker& asker) {
    const auto* command = registry_.by_node(request.node);
    if (command == nullptr) return face_.refuse(stanza.head, xmpp::make_condition(Condition::item_not_found));
    if (!may_run(*command, asker))
        return face_.refuse(stanza.head,
                            xmpp::make_condition(Condition::forbidden, asker.say("You may not do this.")));
    if (request.action != Action::execute) return refuse(stanza, Refusal::bad_action);
    start(stanza, make_session(*command, asker), asker);
}

void CommandService::proceed(const xmpp::Stanza& stanza, const adhoc::Request& request, const Asker& asker) {
    const auto found = sessions_.find(request.sessionid);
    if (found == sessions_.end() || found->second->command->node != request.node)
        return refuse(stanza, Refusal::bad_sessionid);
    const auto session = found->second;
    if (session->owner != asker.from || !may_run(*session->command, asker))
        return face_.refuse(stanza.head, xmpp::make_condition(Condition::forbidden));
    if (face_.context.clock.steady() - session->used > kLifetime) {
        sessions_.erase(found);
        return refuse(stanza, Refusal::session_expired);
    }
    if (session->busy) return face_.refuse(stanza.head, xmpp::make_condition(Condition::unexpected_request));
    session->used = face_.context.clock.steady();
    const bool form_says_cancel = request.form && request.form->type == forms::FormType::cancel;
    if (request.action == Action::cancel || form_says_cancel) return cancel(stanza, session);
    // Whether a form is the last is seen when it is filled in: only `complete` is offered, and is what execute means.
    if (request.action == Action::next) return refuse(stanza, Refusal::bad_action);
    if (request.action == Action::prev) {
        if (session->stages.empty()) return refuse(stanza, Refusal::bad_action);
        session->stages.pop_back();
    } else if (!take_answers(stanza, request, asker, *session)) {
        return;
    }
    start(stanza, session, asker);
}

void CommandService::start(const xmpp::Stanza& stanza, const SessionPtr& session, const Asker& asker) {
    session->busy =
        true;  // not only when the coroutine begins: the same step may come twice in one read of the socket
    spawn(face_.executor, run(stanza, session, asker));
}

void CommandService::cancel(const xmpp::Stanza& stanza, const SessionPtr& session) {
    sessions_.erase(session->id);
    adhoc::Reply reply;
    reply.node = session->command->node;
    reply.sessionid = session->id;
    reply.status = adhoc::Status::canceled;
    static_cast<void>(face_.outlet.send(adhoc::make_reply(stanza, reply)));
}

bool CommandService::take_answers(const xmpp::Stanza& stanza, const adhoc::Request& request,
                                  const Asker& asker, Session& session) {
    if (!request.form || request.form->type != forms::FormType::submit) {
        refuse(stanza, Refusal::bad_payload);
        return false;
    }
    Answers answers;
    for (const auto& field : session.form.fields) {
        const auto* given = request.form->field(field.id);
        // What is left out of the form stays as the form showed it.
        auto value = checked(field, given ? joined(given->values) : field.value, asker);
        if (!value) {
            refuse(stanza, Refusal::bad_payload, field.label + ": " + asker.say(value.error()));
            return false;
        }
        answers.emplace_back(field.id, std::move(*value));
    }
    session.stages.push_back(std::move(answers));
    return true;
}

Task<> CommandService::run(xmpp::Stanza stanza, SessionPtr session, Asker asker) {
    Answers answers;
    for (const auto& stage : session->stages) answers.insert(answers.end(), stage.begin(), stage.end());
    auto step = co_await session->command->run(asker, std::move(answers));
    session->busy = false;
    if (auto* form = std::get_if<Form>(&step)) {
        session->form = std::move(*form);
        show(stanza, *session, asker);
        co_return;
    }
    sessions_.erase(session->id);
    finish(stanza, *session, step);
}

void CommandService::show(const xmpp::Stanza& stanza, const Session& session, const Asker& asker) {
    adhoc::Reply reply;
    reply.node = session.command->node;
    reply.sessionid = session.id;
    reply.status = adhoc::Status::executing;
    reply.actions = {Action::complete};
    if (!session.stages.empty()) reply.actions.push_back(Action::prev);
    reply.form = to_form(session.form, asker.say(session.command->title));
    static_cast<void>(face_.outlet.send(adhoc::make_reply(stanza, reply)));
}

void CommandService::finish(const xmpp::Stanza& stanza, const Session& session, const Step& step) {
    adhoc::Reply reply;
    reply.node = session.command->node;
    reply.sessionid = session.id;
    const auto* done = std::get_if<Done>(&step);
    if (const auto* failed = std::get_if<Failed>(&step))
        reply.note = adhoc::Note{adhoc::NoteType::error, failed->text};
    if (done && !done->text.empty()) reply.note = adhoc::Note{adhoc::NoteType::info, done->text};
    if (done && !done->table.columns.empty()) reply.form = to_form(done->table, "");
    static_cast<void>(face_.outlet.send(adhoc::make_reply(stanza, reply)));
    if (done && done->afterwards) done->afterwards();
}

CommandService::SessionPtr CommandService::make_session(const Command& command, const Asker& asker) {
    const auto now = face_.context.clock.steady();
    // An expired one is remembered for a while, so that it is told apart from one that never was.
    std::erase_if(sessions_, [&](const auto& entry) { return now - entry.second->used > 2 * kLifetime; });
    const auto is_theirs = [&](const auto& entry) { return entry.second->user == asker.user; };
    if (static_cast<std::size_t>(std::ranges::count_if(sessions_, is_theirs)) >= kMostPerUser) {
        auto oldest = sessions_.end();
        for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
            if (!is_theirs(*it)) continue;
            if (oldest == sessions_.end() || it->second->used < oldest->second->used) oldest = it;
        }
        sessions_.erase(oldest);
    }
    auto session = std::make_shared<Session>();
    session->id = face_.context.random.token();
    session->command = &command;
    session->owner = asker.from;
    session->user = asker.user;
    session->used = now;
    sessions_.emplace(session->id, session);
    return session;
}

void CommandService::refuse(const xmpp::Stanza& stanza, Refusal refusal, std::string text) {
    static_cast<void>(face_.outlet.send(adhoc::make_refusal(stanza, refusal, std::move(text))));
}

}  // namespace causeway::commands
