#pragma once
/// @file gateway/translate/typing.hpp
/// NAME       Typing: who is writing, told both ways (XEP-0085), where the network knows of it.
/// INVARIANTS Only changes are told. One who never says that they stopped has stopped after a while (GW-STATE-002).
///            A state alone is not kept by servers (`no-store`); nothing is told of users who do not want it.
/// TESTS      tests/unit/gateway/typing_test.cpp
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "gateway/accounts/slot.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::translate {

class Typing {
public:
    static constexpr Millis kEndsAfter{30'000};

    explicit Typing(Face face) : face_(face) {}

    /// What a message says of the user: a state alone, or words, which end the typing.
    void on_message(const xmpp::Stanza& stanza, const accounts::Slot& slot, const model::Conversation& in);
    /// Somebody on the network. `tell` is called now, and when it ends by itself.
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventTyping& event,
              const std::function<void(bool)>& tell);
    /// A contact, in the contact's own name.
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventTyping& event);
    /// The words that typing was about have come: they say it themselves.
    void said(const accounts::Slot& slot, const model::Conversation& in, const ContactId& from);
    void set_ends_after(Millis span) noexcept { ends_after_ = span; }

    /// `<composing/>` or `<paused/>` from somebody.
    [[nodiscard]] static xml::Element make(const xmpp::Jid& from, const xmpp::Jid& to, std::string_view type,
                                           bool typing);
    [[nodiscard]] static bool wanted(const accounts::Account& account) noexcept {
        return account.row.preferences.show_typing;
    }

private:
    struct Spell {
        SteadyTime until{};
        bool ended = false;
        std::function<void(bool)> tell;
    };
    using Key = std::pair<AccountId, std::string>;
    [[nodiscard]] static Key key_of(const accounts::Slot& slot, const model::Conversation& in,
                                    const ContactId& from);
    [[nodiscard]] Task<> end_later(Key key, std::shared_ptr<Spell> spell);

    Face face_;
    Millis ends_after_ = kEndsAfter;
    std::map<Key, std::shared_ptr<Spell>> typing_;  ///< people on networks who are
    std::set<Key> users_typing_;                    ///< of whom networks were told that they are
};

}  // namespace causeway::translate
