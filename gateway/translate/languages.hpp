#pragma once
/// @file gateway/translate/languages.hpp
/// NAME       Languages: which language a user is spoken to in, and how a text is said in it.
/// WHY        Errors, status lines and forms leave from many places; each says English, and it is translated where it
///            is written for somebody.
/// INVARIANTS What the user prefers goes before what the client says. Nobody is remembered without end.
/// TESTS      tests/unit/gateway/languages_test.cpp
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "component/stanza/stanza.hpp"
#include "gateway/accounts/accounts.hpp"
#include "gateway/translate/texts.hpp"

namespace causeway::translate {

class Languages {
public:
    static constexpr std::size_t kMostHeard = 10'000;

    Languages(const accounts::Accounts& accounts, const adapter::Network& network);

    /// What a stanza says of its sender's language (xml:lang).
    void hear(const xmpp::Stanza& stanza);
    [[nodiscard]] Language of(const UserId& user) const;
    /// The network's own words count as well as the gateway's.
    [[nodiscard]] std::string say(Language language, std::string_view english) const;
    [[nodiscard]] std::span<const Translation> of_network() const noexcept { return of_network_; }

private:
    const accounts::Accounts& accounts_;
    std::span<const Translation> of_network_;
    std::unordered_map<UserId, Language> heard_;  ///< of those who do not speak English
};

}  // namespace causeway::translate
