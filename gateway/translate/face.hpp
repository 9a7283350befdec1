#pragma once
/// @file gateway/translate/face.hpp
/// NAME       Face: what presence, rooms, chat and commands of one network have in common.
#include "component/stanza/stanza_error.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"
#include "gateway/translate/address_book.hpp"
#include "gateway/translate/outlet.hpp"

namespace causeway::translate {

class Languages;

/// References that outlive every part. Copy it freely.
struct Face {
    Executor executor;
    const NetworkName& name;
    const adapter::Network& network;
    const AddressBook& addresses;
    Outlet& outlet;
    Context context;
    const Languages* languages = nullptr;  ///< without: English

    [[nodiscard]] const xmpp::Jid& component() const noexcept { return addresses.component(); }
    [[nodiscard]] SteadyTime in(Millis span) const noexcept { return context.clock.steady() + span; }
    /// The text in the language of the user, who is `to`.
    [[nodiscard]] std::string say(const xmpp::Jid& to, std::string_view english) const;
    /// Answers `original` with an error, unless it must not be answered (GW-COMP-013).
    void refuse(const xmpp::StanzaHead& original, const xmpp::StanzaError& error) const;
};

}  // namespace causeway::translate
