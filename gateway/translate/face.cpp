#include "gateway/translate/face.hpp"

#include "component/stanza/stanza_error.hpp"

namespace causeway::translate {

void Face::refuse(const xmpp::StanzaHead& original, const xmpp::StanzaError& error) const {
    if (const auto reply = xmpp::make_error_reply(original, error)) static_cast<void>(outlet.send(*reply));
}

}  // namespace causeway::translate
