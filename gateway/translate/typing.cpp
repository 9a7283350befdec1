#include "gateway/translate/typing.hpp"

#include "component/xep/xep0085_chat_states.hpp"
#include "gateway/base/async.hpp"

namespace causeway::translate {
namespace {

using xmpp::xep0085::ChatState;

constexpr std::string_view kHints = "urn:xmpp:hints";
constexpr std::size_t kMostUsersTyping = 10'000;  // more than ever write at once

}  // namespace

Typing::Key Typing::key_of(const accounts::Slot& slot, const model::Conversation& in, const ContactId& from) {
    const auto* room = std::get_if<RoomId>(&in);
    const auto* contact = std::get_if<ContactId>(&in);
    return {slot.account()->row.id, slot.endpoint().str() + '\n' + (room ? room->str() : contact->str()) +
                                        (room ? "\nroom\n" : "\n\n") + from.str()};
}

xml::Element Typing::make(const xmpp::Jid& from, const xmpp::Jid& to, std::string_view type, bool typing) {
    auto message = xmpp::make_stanza(xmpp::StanzaKind::message, from, to, type);
    message.add(typing ? "composing" : "paused", xmpp::xep0085::kNs);
    message.add("no-store", kHints);
    return message;
}

void Typing::on_message(const xmpp::Stanza& stanza, const accounts::Slot& slot,
                        const model::Conversation& in) {
    const auto session = slot.session();
    if (!session || !session->capabilities(in).has(adapter::Capability::typing)) return;
    const auto state = xmpp::xep0085::read(stanza.element);
    const bool words = stanza.has_body();
    if (!state && !words) return;
    const bool typing = !words && state == ChatState::composing && wanted(*slot.account());
    const auto key = key_of(slot, in, ContactId{});
    if (typing && users_typing_.size() >= kMostUsersTyping) users_typing_.clear();
    const bool changed = typing ? users_typing_.insert(key).second : users_typing_.erase(key) != 0;
    if (changed && !words) session->set_typing(in, typing);  // words say it themselves
}

void Typing::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventTyping& event,
                  const std::function<void(bool)>& tell) {
    if (!wanted(*slot->account())) return;
    const auto key = key_of(*slot, event.in, event.from);
    const auto found = typing_.find(key);
    if (!event.typing) {
        if (found == typing_.end()) return;
        found->second->ended = true;
        typing_.erase(found);
        return tell(false);
    }
    const auto until = face_.in(ends_after_);
    if (found != typing_.end()) {
        found->second->until = until;
        return;
    }
    auto spell = std::make_shared<Spell>();
    spell->until = until;
    spell->tell = tell;
    typing_.emplace(key, spell);
    tell(true);
    spawn(face_.executor, end_later(key, std::move(spell)));
}

Task<> Typing::end_later(Key key, std::shared_ptr<Spell> spell) {
    SteadyTime waited_for{};
    while (!spell->ended && waited_for != spell->until) {
        waited_for = spell->until;
        co_await sleep_until(waited_for);
    }
    if (spell->ended) co_return;
    typing_.erase(key);
    spell->tell(false);
}

void Typing::show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventTyping& event) {
    const auto from = face_.addresses.jid(slot->endpoint(), event.from);
    if (!from) return;
    show(slot, event, [this, from = *from, to = user_jid(slot->account()->row.user)](bool typing) {
        static_cast<void>(face_.outlet.send(make(from, to, "chat", typing)));
    });
}

void Typing::said(const accounts::Slot& slot, const model::Conversation& in, const ContactId& from) {
    if (typing_.empty()) return;
    const auto found = typing_.find(key_of(slot, in, from));
    if (found == typing_.end()) return;
    found->second->ended = true;
    typing_.erase(found);
}

}  // namespace causeway::translate
