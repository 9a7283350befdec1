#include "gateway/translate/errors.hpp"

namespace causeway::translate {
namespace {

using xmpp::Condition;

Condition condition_of(Errc code) {
    switch (code) {
        case Errc::not_connected:
        case Errc::timed_out:
            return Condition::remote_server_timeout;
        case Errc::refused:
            return Condition::forbidden;
        case Errc::unsupported:
            return Condition::feature_not_implemented;
        case Errc::too_large:
            return Condition::policy_violation;
        case Errc::rate_limited:
            return Condition::resource_constraint;
        case Errc::bad_recipient:
            return Condition::item_not_found;
        case Errc::bad_credentials:
            return Condition::not_authorized;
        case Errc::bad_input:
            return Condition::not_acceptable;
        case Errc::conflict:
            return Condition::conflict;
        case Errc::storage:
            return Condition::internal_server_error;
        case Errc::cancelled:
            return Condition::recipient_unavailable;
        case Errc::internal:
            return Condition::internal_server_error;
    }
    return Condition::undefined_condition;
}

struct RefusalWords {
    Condition condition;
    std::string_view sentence;
};

RefusalWords words_of(model::RoomRefusal refusal) {
    using model::RoomRefusal;
    switch (refusal) {
        case RoomRefusal::password:
            return {Condition::not_authorized, "The room needs a password, or this one is wrong."};
        case RoomRefusal::banned:
            return {Condition::forbidden, "You are banned from the room."};
        case RoomRefusal::full:
            return {Condition::service_unavailable, "The room is full."};
        case RoomRefusal::invite_only:
            return {Condition::registration_required, "The room is open to invited people only."};
        case RoomRefusal::registered_only:
            return {Condition::registration_required,
                    "The room is open only to people who are logged in to the network."};
        case RoomRefusal::nick_in_use:
            return {Condition::conflict, "Somebody else has this nickname."};
        case RoomRefusal::bad_nick:
            return {Condition::not_acceptable, "The network does not take this nickname."};
        case RoomRefusal::no_such_room:
            return {Condition::item_not_found, "There is no such room."};
        case RoomRefusal::too_many_rooms:
            return {Condition::resource_constraint, "You are in too many rooms."};
        case RoomRefusal::not_permitted:
            return {Condition::forbidden, "You may not do this in the room."};
        case RoomRefusal::no_such_member:
            return {Condition::item_not_found, "There is nobody of that name in the room."};
        case RoomRefusal::other:
            break;
    }
    return {Condition::undefined_condition, ""};
}

}  // namespace

std::string sentence(Errc code) {
    switch (code) {
        case Errc::not_connected:
            return "The network cannot be reached at the moment.";
        case Errc::timed_out:
            return "The network did not answer in time.";
        case Errc::refused:
            return "The network refused this.";
        case Errc::unsupported:
            return "This is not possible on this network.";
        case Errc::too_large:
            return "This is too long for this network.";
        case Errc::rate_limited:
            return "Too much at once. Wait a little and try again.";
        case Errc::bad_recipient:
            return "There is nobody of that name on the network now.";
        case Errc::bad_credentials:
            return "The login was not accepted. Register again with the right data.";
        case Errc::bad_input:
            return "The network cannot take this text.";
        case Errc::conflict:
            return "The name is taken.";
        case Errc::storage:
            return "The gateway cannot store anything at the moment. Try again later.";
        case Errc::cancelled:
            return "The session was closed before this could be sent.";
        case Errc::internal:
            return "The gateway failed. Its operator finds the reason in the log.";
    }
    return "This did not work.";
}

xmpp::StanzaError to_stanza_error(const Error& error) {
    auto text = sentence(error.code);
    if (error.ambiguous == Ambiguous::yes) {
        text = "The connection was lost before the network confirmed this message. It may have arrived.";
    }
    auto stanza_error = xmpp::make_condition(condition_of(error.code), std::move(text));
    if (error.retry != Retry::never || error.code == Errc::rate_limited)
        stanza_error.type = xmpp::ErrorType::wait;
    return stanza_error;
}

xmpp::StanzaError to_stanza_error(const adapter::RoomError& error) {
    const auto words = words_of(error.refusal);
    if (words.sentence.empty()) {
        auto stanza_error = to_stanza_error(error.error);
        if (!error.reason.empty()) stanza_error.text = error.reason;
        return stanza_error;
    }
    std::string text(words.sentence);
    if (!error.reason.empty()) text += " (" + error.reason + ")";
    auto stanza_error = xmpp::make_condition(words.condition, std::move(text));
    // Somebody may go (XEP-0045 §7.2.9): clients try again then.
    if (error.refusal == model::RoomRefusal::full) stanza_error.type = xmpp::ErrorType::wait;
    return stanza_error;
}

}  // namespace causeway::translate
