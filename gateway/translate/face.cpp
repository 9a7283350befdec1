#include "gateway/translate/face.hpp"

#include "component/stanza/stanza_error.hpp"
#include "gateway/translate/languages.hpp"

namespace causeway::translate {

std::string Face::say(const xmpp::Jid& to, std::string_view english) const {
    if (languages == nullptr || english.empty()) return std::string(english);
    return languages->say(languages->of(user_id(to)), english);
}

void Face::refuse(const xmpp::StanzaHead& original, const xmpp::StanzaError& error) const {
    auto told = error;
    told.text = say(original.from, error.text);
    if (const auto reply = xmpp::make_error_reply(original, told)) static_cast<void>(outlet.send(*reply));
}

}  // namespace causeway::translate
