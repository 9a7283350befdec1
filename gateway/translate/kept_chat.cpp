#include "gateway/translate/kept_chat.hpp"

#include <array>
#include <charconv>

#include "component/xep/xep0085_chat_states.hpp"
#include "component/xep/xep0184_receipts.hpp"
#include "component/xep/xep0203_delay.hpp"
#include "component/xep/xep0333_markers.hpp"
#include "component/xml/writer.hpp"
#include "gateway/delivery/limits.hpp"
#include "gateway/security/keyed_hash.hpp"
#include "gateway/translate/chat.hpp"
#include "gateway/translate/errors.hpp"
#include "gateway/translate/languages.hpp"

namespace causeway::translate {
namespace {

constexpr log::Message kUnnamable{
    "CAUSEWAY_KEPT_CONTACT_UNNAMABLE", log::Level::warning,
    "a contact's name cannot be written as a JID; its message was given back to the network"};
constexpr std::size_t kHashDigits = 20;
constexpr std::size_t kLongestKey = 512;  ///< of a network, as it is: databases do not index what is long

/// The code that a reason begins with ("refused: …").
Errc code_of(std::string_view reason) {
    const auto name = reason.substr(0, reason.find(':'));
    for (auto code = 0; code <= static_cast<int>(Errc::internal); ++code) {
        if (to_string(static_cast<Errc>(code)) == name) return static_cast<Errc>(code);
    }
    return Errc::cancelled;
}

/// Whether a server may take later what it refused now. @source RFC 6120 §8.3.3; facts: servers say these of themselves
bool is_passing(const xmpp::StanzaError& error) {
    using enum xmpp::Condition;
    return error.type == xmpp::ErrorType::wait || error.condition == remote_server_not_found ||
           error.condition == remote_server_timeout || error.condition == resource_constraint;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

KeptChat::KeptChat(Face face, accounts::Accounts& accounts, accounts::Supervisor& supervisor,
                   delivery::Ledger& ledger, Typing& typing)
    : face_(face), accounts_(accounts), supervisor_(supervisor), ledger_(ledger), typing_(typing) {}

// ------------------------------------------------------------------------------------------------ from users

void KeptChat::on_message(const xmpp::Stanza& stanza, const accounts::AccountPtr& account,
                          const EndpointId& endpoint, const ContactId& contact, std::function<void()> taken) {
    const auto& head = stanza.head;
    if (head.type == "groupchat") {
        face_.refuse(head,
                     xmpp::make_condition(xmpp::Condition::bad_request, "This is a person, not a room."));
        return taken();
    }
    auto read = read_message(stanza, contact, message_key(stanza, face_.context.random));
    if (const auto* refusal = std::get_if<xmpp::StanzaError>(&read)) {
        face_.refuse(head, *refusal);
        return taken();
    }
    const auto slot = supervisor_.slot(account, endpoint);
    typing_.on_message(stanza, *slot, contact);
    if (std::holds_alternative<Nothing>(read)) return taken();
    auto& message = std::get<model::OutgoingMessage>(read);
    if (const auto allowed = delivery::within_limits(face_.network.info().limits, message.text); !allowed) {
        face_.refuse(head, to_stanza_error(allowed.error()));
        return taken();
    }
    slot->touch();
    store::MessageRow row;
    row.account = account->row.id;
    row.endpoint = endpoint;
    row.conversation = contact.str();
    row.key = std::move(message.key);
    row.kind = message.kind;
    row.text = std::move(message.text);
    row.from = head.from.str();
    row.to = head.to.str();
    row.stanza_id = head.id;
    row.wants_receipt = !head.id.empty() && xmpp::xep0184::wants_receipt(stanza.element);
    row.wants_marker = !head.id.empty() && xmpp::xep0333::is_markable(stanza.element);
    ledger_.accept(std::move(row), [this, head, taken = std::move(taken)](const Result<>& kept) {
        // A repeat is no failure: its sender is told once more what was told.
        if (!kept && kept.error().code != Errc::conflict) {
            auto error = to_stanza_error(make_error(Errc::storage));
            error.type = xmpp::ErrorType::wait;
            face_.refuse(head, error);
        }
        taken();
    });
}

void KeptChat::on_error(const xmpp::Stanza& stanza) {
    const auto ours = read_id(stanza.head.id);
    if (!ours) return;
    const auto error = xmpp::read_error(stanza.element);
    const bool passing = error && is_passing(*error);
    std::string reason = "the user's server refused it: ";
    reason += error ? xmpp::to_string(error->condition) : "without a condition";
    ledger_.on_bounce(ours->sequence, ours->notice, passing, std::move(reason));
}

// ------------------------------------------------------------------------------------------------ from the network

Task<Result<>> KeptChat::keep(std::shared_ptr<accounts::Slot> slot, adapter::EventMessage event, EventKey key,
                              store::Batch along) {
    const auto from = face_.addresses.jid(slot->endpoint(), event.from);
    if (!from) {
        face_.context.log.event(kUnnamable, {{"network", face_.name.str()}});
        co_return fail(Errc::bad_recipient, "a name that cannot be written as a JID");
    }
    if (slot->session()) slot->touch();
    typing_.said(*slot, event.in, event.from);
    store::MessageRow row;
    row.sequence = ledger_.next();
    row.account = slot->account()->row.id;
    row.endpoint = slot->endpoint();
    row.conversation = event.from.str();
    // What has no id is never taken for a repeat.
    if (key.empty()) {
        row.key = MessageKey(face_.context.random.token());
    } else {
        row.key = MessageKey(key.view().size() <= kLongestKey ? key.str() : security::hash_of(key.view()));
    }
    row.kind = event.kind;
    row.from = from->str();
    const auto user = user_jid(slot->account()->row.user);
    row.to = user.str();
    row.network_ids = event.id.str();
    row.stanza_id = id_of(row.sequence, model::Notice::none);
    auto message = chat_message(event, *from, user, row.stanza_id, face_.context.clock.wall());
    if (face_.network.info().capabilities.has(adapter::Capability::typing))
        message.add("active", xmpp::xep0085::kNs);
    row.text = xml::to_string(message, xmpp::kComponentNs);
    co_return co_await ledger_.accept_event(std::move(row), std::move(along));
}

// ------------------------------------------------------------------------------------------------ towards users

Result<> KeptChat::write(const store::MessageRow& row, bool again) {
    if (!again || row.text.find(xmpp::xep0203::kNs) != std::string::npos)
        return face_.outlet.send_written(row.text);
    // It may be late, and may have been seen: the time it was said at goes with it.
    constexpr std::string_view kEnd = "</message>";
    if (!row.text.ends_with(kEnd)) return fail(Errc::internal, "the kept stanza is not whole");
    std::string late = row.text.substr(0, row.text.size() - kEnd.size());
    late +=
        xml::to_string(xmpp::xep0203::make_delay(row.accepted, face_.component().str()), xmpp::kComponentNs);
    late += kEnd;
    return face_.outlet.send_written(late);
}

Result<> KeptChat::write_notice(const store::MessageRow& row, model::Notice notice) {
    const auto sender = xmpp::Jid::parse(row.from);
    const auto contact = xmpp::Jid::parse(row.to);
    if (!sender || !contact) return fail(Errc::bad_input, "the sender's address cannot be read any more");
    using enum model::Notice;
    if (notice == receipt || notice == displayed) {
        auto message = xmpp::make_stanza(xmpp::StanzaKind::message, *contact, *sender, "chat",
                                         id_of(row.sequence, notice));
        if (row.wants_receipt) message.add(xmpp::xep0184::make_received(row.stanza_id));
        if (notice == displayed && row.wants_marker)
            message.add(xmpp::xep0333::make_displayed(row.stanza_id));
        return face_.outlet.send(message);
    }
    if (notice == still_trying) {
        const auto text = fill(
            face_.say(*sender, "Your message to {} has not been delivered yet. It is still being tried."),
            {std::string(contact->bare_view())});
        auto message = xmpp::make_stanza(xmpp::StanzaKind::message, face_.component(), *sender, "chat",
                                         id_of(row.sequence, notice));
        message.add("body").add_text(text);
        return face_.outlet.send(message);
    }
    xmpp::StanzaHead original;
    original.from = *sender;
    original.to = *contact;
    original.id = row.stanza_id;
    original.type = "chat";
    auto error = error_of(row, notice);
    error.text = face_.say(*sender, error.text);
    const auto reply = xmpp::make_error_reply(original, error);
    return reply ? face_.outlet.send(*reply) : Result<>{};
}

xmpp::StanzaError KeptChat::error_of(const store::MessageRow& row, model::Notice notice) const {
    using enum model::Notice;
    switch (notice) {
        case expired:
            return xmpp::make_condition(xmpp::Condition::remote_server_timeout,
                                        "This could not be delivered in time and has been given up.");
        case ambiguous:
            return xmpp::make_condition(
                xmpp::Condition::remote_server_timeout,
                "It is not known whether this arrived. It is not sent again by itself.");
        case quarantined:
            return xmpp::make_condition(xmpp::Condition::internal_server_error,
                                        "This was set aside, because the gateway failed while it was being "
                                        "sent. The operator can look into it.");
        default:
            break;
    }
    auto error = to_stanza_error(make_error(code_of(row.reason)));
    error.type = xmpp::ErrorType::cancel;  // given up: it is not tried again
    return error;
}

Task<Result<>> KeptChat::barrier(SteadyTime deadline) {
    return face_.outlet.barrier(deadline);
}

// ------------------------------------------------------------------------------------------------ ids

std::string KeptChat::id_of(std::int64_t sequence, model::Notice notice) const {
    auto name = std::to_string(sequence);
    if (notice != model::Notice::none) name += "-" + std::to_string(static_cast<int>(notice));
    return security::keyed_hash(accounts_.network_secret(), "message:" + name).substr(0, kHashDigits) + "-" +
           name;
}

std::optional<KeptChat::OurId> KeptChat::read_id(const std::string& id) const {
    std::string_view rest(id);
    if (rest.size() <= kHashDigits + 1 || rest[kHashDigits] != '-') return std::nullopt;
    rest.remove_prefix(kHashDigits + 1);
    OurId ours;
    const auto dash = rest.find('-');
    unsigned notice = 0;
    if (!read_number(rest.substr(0, dash), ours.sequence)) return std::nullopt;
    if (dash != std::string_view::npos && !read_number(rest.substr(dash + 1), notice)) return std::nullopt;
    if (notice >= model::kNotices) return std::nullopt;
    ours.notice = static_cast<model::Notice>(notice);
    if (id_of(ours.sequence, ours.notice) != id) return std::nullopt;
    return ours;
}

}  // namespace causeway::translate
