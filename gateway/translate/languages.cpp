#include "gateway/translate/languages.hpp"

#include "gateway/adapter/wording.hpp"
#include "gateway/translate/address_book.hpp"

namespace causeway::translate {
namespace {

std::span<const Translation> words_of(const adapter::Network& network) {
    const auto* wording = dynamic_cast<const adapter::Wording*>(&network);
    return wording == nullptr ? std::span<const Translation>{} : wording->wording();
}

}  // namespace

Languages::Languages(const accounts::Accounts& accounts, const adapter::Network& network)
    : accounts_(accounts), of_network_(words_of(network)) {}

void Languages::hear(const xmpp::Stanza& stanza) {
    const auto lang = stanza.element.attr("xml:lang");
    if (lang.empty()) return;
    const auto language = language_of(lang);
    if (language == Language::english && heard_.empty()) return;
    auto user = user_id(stanza.head.from);
    if (language == Language::english) {
        heard_.erase(user);
        return;
    }
    if (heard_.size() >= kMostHeard && !heard_.contains(user)) heard_.clear();
    heard_.insert_or_assign(std::move(user), language);
}

Language Languages::of(const UserId& user) const {
    const auto account = accounts_.find(user);
    if (account && !account->row.preferences.language.empty())
        return language_of(account->row.preferences.language);
    const auto heard = heard_.find(user);
    return heard == heard_.end() ? Language::english : heard->second;
}

std::string Languages::say(Language language, std::string_view english) const {
    return in_language(language, english, of_network_);
}

}  // namespace causeway::translate
