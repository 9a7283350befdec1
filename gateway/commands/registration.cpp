#include "gateway/commands/registration.hpp"

#include "component/xep/xep0077_register.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::commands {
namespace {

namespace ibr = xmpp::xep0077;
using xmpp::Condition;

constexpr Millis kFormWithin{10'000};
constexpr Millis kLoginWithin{60'000};
constexpr Millis kLogoutWithin{5'000};

constexpr log::Message kRegistered{"CAUSEWAY_USER_REGISTERED", log::Level::info, "a user registered"};
constexpr log::Message kRemoved{"CAUSEWAY_USER_REMOVED", log::Level::info,
                                "a user unregistered; all data is deleted"};
constexpr log::Message kRefused{"CAUSEWAY_REGISTRATION_REFUSED", log::Level::info,
                                "a registration was not accepted by the network"};

std::vector<ibr::Field> to_fields(const std::vector<adapter::Field>& fields, const translate::Face& face,
                                  const xmpp::Jid& to) {
    std::vector<ibr::Field> result;
    for (const auto& field : fields) {
        ibr::Field out;
        out.var = field.id;
        out.label = face.say(to, field.label);
        out.secret = field.kind == adapter::Field::Kind::secret;
        out.required = field.required;
        out.choices = field.choices;
        if (!out.secret) out.value = field.value;
        result.push_back(std::move(out));
    }
    return result;
}

/// Required fields must be there and not empty; a secret that is on file may stay as it is (GW-REG-005, -019).
bool complete(const std::vector<adapter::Field>& fields, const adapter::Answers& answers, bool on_file) {
    return std::ranges::all_of(fields, [&](const adapter::Field& field) {
        if (!field.required) return true;
        if (on_file && field.kind == adapter::Field::Kind::secret) return true;
        const auto found = std::ranges::find(answers, field.id, &adapter::Answers::value_type::first);
        return found != answers.end() && !found->second.empty();
    });
}

}  // namespace

xmpp::StanzaError registration_error(const Error& error) {
    switch (error.code) {
        case Errc::bad_credentials:
        case Errc::bad_input:
        case Errc::bad_recipient: {
            auto refusal = xmpp::make_condition(Condition::not_acceptable, translate::sentence(error.code));
            refusal.type = xmpp::ErrorType::modify;
            if (error.code == Errc::bad_input)
                refusal.text = "Something in the form is missing or not valid.";
            return refusal;
        }
        case Errc::conflict:
            return xmpp::make_condition(Condition::conflict, "Another user has registered this account.");
        default:
            return translate::to_stanza_error(error);
    }
}

Registration::Registration(translate::Face face, adapter::Network& network, accounts::Accounts& accounts,
                           accounts::Supervisor& supervisor, presence::PresenceService& presence,
                           rooms::RoomService& rooms)
    : face_(face),
      network_(network),
      accounts_(accounts),
      supervisor_(supervisor),
      presence_(presence),
      rooms_(rooms) {}

bool Registration::on_iq(const xmpp::Stanza& stanza) {
    auto request = ibr::read(stanza);
    if (!request) return false;
    if (std::holds_alternative<ibr::BadRequest>(*request)) {
        face_.refuse(stanza.head, xmpp::make_condition(Condition::bad_request));
        return true;
    }
    if (std::holds_alternative<ibr::CancelRequest>(*request)) {
        static_cast<void>(face_.outlet.send(xmpp::make_result(stanza.head)));
        return true;
    }
    if (std::holds_alternative<ibr::FormRequest>(*request)) {
        spawn(face_.executor, show_form(stanza));
        return true;
    }
    if (const auto admitted = admit(translate::user_id(stanza.head.from)); !admitted) {
        face_.refuse(stanza.head, translate::to_stanza_error(admitted.error()));
        return true;
    }
    if (auto* answers = std::get_if<ibr::SubmitRequest>(&*request)) {
        spawn(face_.executor, submit(stanza.head, std::move(answers->answers)));
    } else {
        spawn(face_.executor, remove(stanza.head));
    }
    return true;
}

Result<> Registration::admit(const UserId& user) {
    if (const auto taken = attempts_.take(user, face_.context.clock.steady()); !taken) return taken;
    if (busy_.insert(user).second) return {};
    auto error = make_error(Errc::rate_limited, "an earlier request is still under way");
    error.retry = Retry::later;
    return fail(std::move(error));
}

Secret<std::string> Registration::on_file(const UserId& user) const {
    const auto account = accounts_.find(user);
    if (!account || !account->row.registered) return {};
    auto credentials = accounts_.credentials(*account);
    return credentials ? std::move(*credentials) : Secret<std::string>{};
}

Task<> Registration::show_form(xmpp::Stanza request) {
    const auto user = translate::user_id(request.head.from);
    const auto account = accounts_.find(user);
    const auto login = network_.begin_login(on_file(user));
    const auto step = co_await login->start(face_.in(kFormWithin));
    if (!step) {
        face_.refuse(request.head, translate::to_stanza_error(step.error()));
        co_return;
    }
    const auto* form = std::get_if<adapter::StepForm>(&*step);
    const auto fields = form ? to_fields(form->fields, face_, request.head.from) : std::vector<ibr::Field>{};
    static_cast<void>(face_.outlet.send(
        ibr::make_form_result(request, form ? face_.say(request.head.from, form->instructions) : "", fields,
                              account && account->row.registered)));
}

Task<> Registration::submit(xmpp::StanzaHead head, Answers answers) {
    const auto user = translate::user_id(head.from);
    const auto done = co_await enrol(user, std::move(answers));
    busy_.erase(user);
    if (!done) {
        face_.refuse(head, registration_error(done.error()));
        co_return;
    }
    static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
    (*done)();
}

Task<Result<adapter::StepForm>> Registration::form_for(UserId user) {
    const auto before = on_file(user);
    const auto login = network_.begin_login(before);
    auto step = co_await login->start(face_.in(kFormWithin));
    if (!step) co_return fail(step.error());
    auto* form = std::get_if<adapter::StepForm>(&*step);
    if (!form) co_return fail(make_error(Errc::unsupported, "the login asks nothing"));
    for (auto& field : form->fields) {
        if (field.kind == adapter::Field::Kind::secret && !before.empty()) field.required = false;
    }
    co_return std::move(*form);
}

Task<Result<Registration::Afterwards>> Registration::enrol_user(UserId user, Answers answers) {
    if (const auto admitted = admit(user); !admitted) co_return fail(admitted.error());
    auto done = co_await enrol(user, std::move(answers));
    busy_.erase(user);
    co_return done;
}

Task<Result<Registration::Afterwards>> Registration::remove_user(UserId user) {
    if (const auto admitted = admit(user); !admitted) co_return fail(admitted.error());
    auto done = co_await erase(user);
    busy_.erase(user);
    co_return done;
}

Task<Result<Registration::Afterwards>> Registration::enrol(UserId user, Answers answers) {
    const auto before = on_file(user);
    const auto login = network_.begin_login(before);
    auto step = co_await login->start(face_.in(kFormWithin));
    if (step) {
        const auto* form = std::get_if<adapter::StepForm>(&*step);
        if (form && !complete(form->fields, answers, !before.empty())) co_return fail(Errc::bad_input);
        if (form) step = co_await login->submit(std::move(answers), face_.in(kLoginWithin));
    }
    auto* done = step ? std::get_if<adapter::StepDone>(&*step) : nullptr;
    if (!done) {
        const auto error =
            step ? make_error(Errc::unsupported, "the login has more steps than a form") : step.error();
        face_.context.log.event(kRefused, {{"network", face_.name.str()},
                                           {"user", face_.context.log.person(user.view())},
                                           {"error", to_string(error.code)},
                                           {"detail", error.detail}});
        co_return fail(error);
    }
    const bool changed = done->credentials.reveal() != before.reveal();
    auto account = co_await accounts_.enrol(user, std::move(done->remote_name), std::move(done->credentials));
    if (!account) co_return fail(account.error());
    face_.context.log.event(kRegistered,
                            {{"network", face_.name.str()}, {"user", face_.context.log.person(user.view())}});
    co_return Afterwards([this, account = *account, changed] {
        if (changed) {
            for (const auto& [endpoint, slot] : account->slots) slot->restart();
        }
        presence_.on_registered(account);
    });
}

Task<Result<Registration::Afterwards>> Registration::erase(UserId user) {
    const auto account = accounts_.find(user);
    if (!account) co_return fail(Errc::bad_recipient);
    rooms_.forget(account);
    co_await supervisor_.shut(account, "", face_.in(kLogoutWithin));
    if (const auto gone = co_await accounts_.forget(account); !gone) co_return fail(gone.error());
    face_.context.log.event(kRemoved,
                            {{"network", face_.name.str()}, {"user", face_.context.log.person(user.view())}});
    co_return Afterwards([this, account] { presence_.forget(account); });
}

Task<> Registration::remove(xmpp::StanzaHead head) {
    const auto user = translate::user_id(head.from);
    const auto done = co_await erase(user);
    if (done) {
        static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
        (*done)();
    } else if (done.error().code == Errc::bad_recipient) {
        face_.refuse(head, xmpp::make_condition(Condition::registration_required, "You are not registered."));
    } else {
        face_.refuse(head, translate::to_stanza_error(done.error()));
    }
    busy_.erase(user);
}

}  // namespace causeway::commands
