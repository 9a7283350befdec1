#include "gateway/translate/messages.hpp"

#include <algorithm>

#include "component/xep/xep0203_delay.hpp"
#include "component/xep/xep0380_encryption.hpp"
#include "gateway/base/text.hpp"

namespace causeway::translate {
namespace {

constexpr std::string_view kMe = "/me ";

/// NFC, with the control characters that XML lets through but networks do not expect taken out.
std::string clean(std::string_view body) {
    auto text = text::nfc(body);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
    if (std::ranges::none_of(text, is_control)) return text;
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            if (i + 1 >= text.size() || text[i + 1] != '\n') kept.push_back('\n');
        } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
            if (c != '\x7f') kept.push_back(c);
        }
    }
    return kept;
}

model::Availability availability_of(std::string_view show) {
    if (show == "chat") return model::Availability::chat;
    if (show == "away") return model::Availability::away;
    if (show == "xa") return model::Availability::extended_away;
    if (show == "dnd") return model::Availability::busy;
    return model::Availability::online;
}

}  // namespace

model::Presence read_presence(const xml::Element& element) {
    model::Presence presence;
    presence.show = availability_of(element.child_text("show").value_or(""));
    presence.status = element.child_text("status").value_or("");
    // Networks show a status as one line.
    std::ranges::replace_if(presence.status, [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
    return presence;
}

ReadMessage read_message(const xmpp::Stanza& stanza, model::Conversation to, MessageKey key) {
    const auto body = stanza.body();
    if (const auto scheme = xmpp::xep0380::detect(stanza.element)) {
        return xmpp::make_condition(
            xmpp::Condition::not_acceptable,
            "Encrypted messages cannot pass this gateway. Turn encryption off for this conversation. (" +
                *scheme + ")");
    }
    if (!body || body->empty()) return Nothing{};

    model::OutgoingMessage message;
    message.key = std::move(key);
    message.to = std::move(to);
    message.text = clean(*body);
    if (message.text.starts_with(kMe)) {
        message.kind = model::MessageKind::action;
        message.text.erase(0, kMe.size());
    }
    if (message.text.find_first_not_of(" \t\n") == std::string::npos) {
        return xmpp::make_condition(xmpp::Condition::not_acceptable, "There are no words in this message.");
    }
    return message;
}

std::string body_of(const adapter::EventMessage& event) {
    if (event.kind == model::MessageKind::action) return std::string(kMe) + event.text;
    return event.text;
}

xml::Element chat_message(const adapter::EventMessage& event, const xmpp::Jid& from, const xmpp::Jid& to,
                          const std::string& id, WallTime now) {
    auto message = xmpp::make_stanza(xmpp::StanzaKind::message, from, to, "chat", id);
    message.add("body").add_text(body_of(event));
    if (event.sent_at && now - *event.sent_at > kDelayFrom) {
        message.add(xmpp::xep0203::make_delay(*event.sent_at, from.bare_view()));
    }
    return message;
}

}  // namespace causeway::translate
