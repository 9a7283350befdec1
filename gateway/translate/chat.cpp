#include "gateway/translate/chat.hpp"

#include "component/xep/xep0085_chat_states.hpp"
#include "component/xep/xep0184_receipts.hpp"
#include "gateway/security/keyed_hash.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::translate {
namespace {

constexpr log::Message kUnnamable{"CAUSEWAY_CONTACT_UNNAMABLE", log::Level::warning,
                                  "a contact's name cannot be written as a JID; its message was not shown"};

Counter& shown_counter(const Face& face, const char* outcome) {
    return face.context.metrics.counter(
        "causeway_messages_total", "Messages by network, direction and outcome",
        {{"network", face.name.str()}, {"direction", "to_xmpp"}, {"outcome", outcome}});
}

}  // namespace

Chat::Chat(Face face, accounts::Supervisor& supervisor, delivery::LiveSender& sender)
    : face_(face),
      supervisor_(supervisor),
      sender_(sender),
      typing_(face),
      shown_(shown_counter(face_, "accepted")),
      not_shown_(shown_counter(face_, "not_connected")) {}

void Chat::on_message(const xmpp::Stanza& stanza, const accounts::AccountPtr& account,
                      const EndpointId& endpoint, const ContactId& contact) {
    if (stanza.head.is_error()) return;
    if (stanza.head.type == "groupchat") {
        return face_.refuse(
            stanza.head, xmpp::make_condition(xmpp::Condition::bad_request, "This is a person, not a room."));
    }
    const auto slot = supervisor_.slot(account, endpoint);
    auto read = read_message(stanza, contact, message_key(stanza, face_.context.random));
    if (const auto* refusal = std::get_if<xmpp::StanzaError>(&read))
        return face_.refuse(stanza.head, *refusal);
    typing_.on_message(stanza, *slot, contact);
    if (std::holds_alternative<Nothing>(read)) return;
    slot->touch();
    sender_.send(slot, std::move(std::get<model::OutgoingMessage>(read)),
                 [this, head = stanza.head, wanted = xmpp::xep0184::wants_receipt(stanza.element)](
                     Result<adapter::SendOutcome> result) { settled(head, wanted, std::move(result)); });
}

void Chat::settled(const xmpp::StanzaHead& head, bool receipt_wanted,
                   Result<adapter::SendOutcome> result) const {
    if (!result) return face_.refuse(head, to_stanza_error(result.error()));
    const auto& capabilities = face_.network.info().capabilities;
    const bool accepted = std::holds_alternative<adapter::Accepted>(*result);
    // Where the network reports delivery, the receipt waits for that report.
    if (!receipt_wanted || !accepted || head.id.empty() ||
        !capabilities.has(adapter::Capability::accept_ack) ||
        capabilities.has(adapter::Capability::delivery_report)) {
        return;
    }
    auto receipt = xmpp::make_stanza(xmpp::StanzaKind::message, head.to, head.from, head.type,
                                     face_.context.random.token());
    receipt.add(xmpp::xep0184::make_received(head.id));
    static_cast<void>(face_.outlet.send(receipt));
}

void Chat::show(const adapter::EventMessage& event, const xmpp::Jid& from, const xmpp::Jid& to,
                const std::vector<xml::Element>& marks) {
    auto message = chat_message(event, from, to, id_for(event), face_.context.clock.wall());
    for (const auto& mark : marks) message.add(mark);
    // Who speaks is not writing any more; and clients tell of typing to those alone who speak of it (XEP-0085 §5.1).
    if (face_.network.info().capabilities.has(adapter::Capability::typing))
        message.add("active", xmpp::xep0085::kNs);
    (face_.outlet.send(message) ? shown_ : not_shown_).Increment();
}

void Chat::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventMessage& event) {
    const auto from = face_.addresses.jid(slot->endpoint(), event.from);
    if (!from) {
        face_.context.log.event(kUnnamable, {{"network", face_.name.str()}});
        return not_shown_.Increment();
    }
    if (slot->session()) slot->touch();  // words that come while it closes do not open it again
    typing_.said(*slot, event.in, event.from);
    show(event, *from, user_jid(slot->account()->row.user), {});
}

void Chat::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventServerNotice& notice) {
    model::Address address;
    address.endpoint = notice.endpoint;
    const auto from = face_.addresses.jid(address);
    if (!from) return not_shown_.Increment();
    adapter::EventMessage event;
    event.kind = model::MessageKind::notice;
    event.text = notice.text;
    show(event, *from, user_jid(slot->account()->row.user), {});
}

std::string Chat::id_for(const adapter::EventMessage& event) const {
    return event.id.empty() ? face_.context.random.token() : event.id.str();
}

MessageKey message_key(const xmpp::Stanza& stanza, Random& random) {
    if (stanza.head.id.empty()) return MessageKey{random.token()};
    // Of fixed length: ids may be long, and databases do not index what is.
    const auto to = stanza.head.to.bare().str();
    std::string what;
    for (const std::string_view part :
         {std::string_view(stanza.head.from.str()), std::string_view(to), std::string_view(stanza.head.id)}) {
        what.append(part).append(1, '\0');
    }
    what += stanza.body().value_or("");
    return MessageKey{security::hash_of(what)};
}

}  // namespace causeway::translate
