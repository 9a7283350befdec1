#include "gateway/commands/search.hpp"

#include "component/xep/xep0055_search.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::commands {
namespace {

namespace search = xmpp::xep0055;
using model::Availability;
using xmpp::Condition;

std::string_view name_of(Availability show) noexcept {
    switch (show) {
        case Availability::offline:
            return "offline";
        case Availability::away:
        case Availability::extended_away:
            return "away";
        case Availability::busy:
            return "busy";
        case Availability::online:
        case Availability::chat:
            break;
    }
    return "online";
}

}  // namespace

bool Search::on_iq(const xmpp::Stanza& stanza, const accounts::AccountPtr& account) {
    if (!stanza.head.is_request() || !stanza.payload(search::kNs)) return false;
    const auto& network = face_.network.info();
    const auto say = [&](std::string_view english) { return face_.say(stanza.head.from, english); };
    if (network.login_required && !(account && account->row.registered)) {
        face_.refuse(stanza.head, xmpp::make_condition(Condition::registration_required,
                                                       "Register with the gateway first."));
        return true;
    }
    const search::Labels labels{say("Type the address of the person to find."), say(network.contact_noun),
                                say("State")};
    const auto question = search::read(stanza);
    if (!question) {
        static_cast<void>(face_.outlet.send(search::make_form_result(stanza, labels)));
        return true;
    }
    const auto user = translate::user_id(stanza.head.from);
    if (const auto taken = limiter_.take(user, face_.context.clock.steady()); !taken) {
        face_.refuse(stanza.head, translate::to_stanza_error(taken.error()));
        return true;
    }
    std::vector<search::Item> items;
    const auto address = face_.network.parse_address(question->nick);
    const auto* contact = address ? std::get_if<ContactId>(&address->target) : nullptr;
    const auto jid = contact ? face_.addresses.jid(*address) : fail(Errc::bad_recipient);
    if (jid) {
        search::Item found{std::string(jid->str()), face_.network.format_address(*address), {}};
        const auto known = account ? presence_.watched(*account, *contact) : std::nullopt;
        if (known) found.state = say(name_of(known->show));
        items.push_back(std::move(found));
    }
    static_cast<void>(face_.outlet.send(search::make_result(stanza, question->by_form, labels, items)));
    return true;
}

}  // namespace causeway::commands
